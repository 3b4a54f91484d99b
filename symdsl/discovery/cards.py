"""A contender as a card: back from white coordinates to those of the data."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import Certificate, GroupCard
from symdsl.discovery.contender import Contender
from symdsl.discovery.coordinates import Coordinates
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.identification.identify import identify

Array = NDArray[np.float64]


def card_of(
    problem: Problem, contender: Contender, certificate: Certificate, coordinates: Coordinates, options: Options,
    ranges: Array | None = None,
) -> GroupCard:  # fmt: skip
    """The card of a contender that was found in white coordinates; its generators are orthonormal there.

    Those of a part of a group are as its `ranges` (r, 2) want them.
    """
    generators = coordinates.back(contender.generators)
    found = identify(generators)
    outputs = None if contender.outputs is None else coordinates.output_back(contender.outputs)
    return GroupCard(
        name=found.name, text=found.text, space="linear" if problem.motions == "linear" else "affine",
        generators=generators, discrete=np.zeros((0, *generators.shape[1:])), constants=found.constants,
        forms=found.forms, algebra={} if found.algebra is None else found.algebra.describe(),
        representation=found.representation, certificate=certificate,
        canonical=None if found.canonical is None else found.canonical.name, frame=found.frame, outputs=outputs,
        discrete_outputs=None if outputs is None else np.zeros((0, *outputs.shape[1:])),
        ranges=ranges,
        fields=moved_fields(problem, "defining"), provenance=provenance(problem, options),
    )  # fmt: skip


def moved_fields(problem: Problem, inputs: str) -> dict[str, str]:
    """How each field moves, in the words of a spec's action lines; `inputs` is how x does."""
    x, y = problem.names
    moved = {"equivariance": "output", "dynamics": "defining", "views": "defining"}.get(problem.law, "trivial")
    return {x: inputs, **({y: moved} if problem.y is not None else {})}


def provenance(problem: Problem, options: Options) -> dict[str, Any]:
    """Where the card comes from, as JSON data."""
    return {
        "source": problem.source,
        "law": problem.law,
        "samples": problem.samples,
        "estimator": options.by,
        "settings": dict(options.settings),
        "seed": options.seed,
        "backend": options.backend,
        "symdsl": version("symdsl"),
    }
