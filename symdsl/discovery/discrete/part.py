"""The discrete part of a discovery: what is added to the card of a certified algebra, or a card of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symdsl.cards.card import Certificate, GroupCard
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.cards import moved_fields, provenance
from symdsl.discovery.certify import Trial
from symdsl.discovery.coordinates import Coordinates
from symdsl.discovery.discrete.enforced import certified
from symdsl.discovery.discrete.proposal import Array
from symdsl.discovery.discrete.search import DiscreteFinding, search
from symdsl.discovery.estimate import Watch
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.surrogate import Scale


def with_discrete_part(
    problem: Problem, parts: tuple[Problem, Problem], trial: Trial, coordinates: Coordinates, card: GroupCard | None,
    options: Options, watch: Watch,
) -> GroupCard | None:  # fmt: skip
    """The card with certified discrete elements beside its algebra; of them alone where no algebra is certified.

    `parts` are the samples that `trial` learned from and those that it judges by, in the coordinates of the data. Where
    no discrete element is certified, and of a part of a group, the card comes back as it is.
    """
    if card is not None and card.partial:
        return card
    if problem.motions != "linear" or problem.law == "views" or problem.y is None:
        return card
    learned, held = parts
    size = problem.dimension
    sure = card is not None and card.certificate.verdict == "certified"
    algebra = card.generators if card is not None and sure else np.zeros((0, size, size))

    def free(x: Array) -> Array:
        return surrogate_outputs(trial, coordinates, replace(held, x=x, y=None))

    found = search(held, free, algebra, options, watch, known=learned)
    for finding in sorted(found, key=lambda finding: -finding.order):
        if sure and finding.on == "slots":
            continue
        try:
            certificate = certified(learned, held, free, finding, algebra, options, watch)
        except SymdslError:
            continue  # no network keeps it: the group is larger than what the data are made of
        if certificate.verdict == "certified":
            return _beside(card, finding, certificate) if card is not None and sure else _alone(
                problem, finding, certificate, options
            )  # fmt: skip
    return card


def surrogate_outputs(trial: Trial, coordinates: Coordinates, problem: Problem) -> Array:
    """What the free ensemble says of the samples of a problem (N, m), in the units of the data."""
    found = trial.free.predict(coordinates.white(problem).x)
    if trial.learned.classes is not None:
        return found
    scale = Scale.of(trial.learned)
    values = found * scale.unit + scale.centre
    if coordinates.outputs is not None:
        return np.asarray(np.linalg.solve(coordinates.outputs, values.T).T, np.float64)
    if trial.learned.law == "dynamics":
        rows = values.reshape(-1, problem.dimension)
        return np.asarray(np.linalg.solve(coordinates.inputs, rows.T), np.float64).T.reshape(values.shape)
    return values


def _beside(card: GroupCard, finding: DiscreteFinding, certificate: Certificate) -> GroupCard:
    """An algebra with components: SO(n) with a mirror is O(n), in the same frame; others lose their short name."""
    canonical = card.canonical or ""
    mirror = len(finding.matrices) == 1 and np.linalg.det(finding.matrices[0]) < 0.0
    whole = canonical.replace("SO(", "O(") if mirror and canonical.startswith("SO(") and "," not in canonical else None
    tests = (*card.certificate.tests, *certificate.tests)
    return replace(
        card, discrete=finding.matrices, discrete_outputs=finding.outputs, text=f"{card.text}; {finding.text}",
        certificate=replace(card.certificate, tests=tests), canonical=whole,
        frame=None if whole is None else card.frame,
    )  # fmt: skip


def _alone(problem: Problem, finding: DiscreteFinding, certificate: Certificate, options: Options) -> GroupCard:
    """A group without a continuous part; one of slots is of their permutation matrices."""
    size = finding.matrices.shape[-1]
    full = finding.on == "slots" and finding.name == f"S({size})"
    return GroupCard(
        name=finding.name, text=finding.text, space="linear", generators=np.zeros((0, size, size)),
        discrete=finding.matrices, constants=np.zeros((0, 0, 0)), forms=np.zeros((0, size, size)), algebra={},
        representation="permutation of the slots" if finding.on == "slots" else "on vectors",
        certificate=certificate, canonical=finding.name if full else None, frame=np.eye(size) if full else None,
        discrete_outputs=finding.outputs if problem.law == "equivariance" else None,
        fields=moved_fields(problem, "permutation" if finding.on == "slots" else "defining"),
        provenance=provenance(problem, options),
    )  # fmt: skip
