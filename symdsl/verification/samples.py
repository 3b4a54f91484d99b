"""Random inputs, group elements and weights that a broken model cannot hide behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Exactness, Model, Symmetry
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.nodes import Module
from symdsl.verification.random_rows import random_rows

Arrays = dict[str, NDArray[Any]]
NO_UNITS: Mapping[str, tuple[Any, Any]] = MappingProxyType({})


def random_inputs(
    model: Model, generator: np.random.Generator, count: int, units: Mapping[str, tuple[Any, Any]] = NO_UNITS
) -> Arrays:
    """Normal inputs (count, *shape) for every input field, float64; those with a mean and scale in `units` in these.

    Rows, of which a sample has any number, are those of `count` samples.

    A trained model of data of another size would be as good as constant on numbers of order 1.
    """
    indices, rows = random_rows(model, generator, count)
    drawn: Arrays = {}
    for name in model.inputs:
        field = model.fields[name]
        if field.is_index:
            drawn[name] = indices[name]
            continue
        values = generator.standard_normal((rows[field.rows], *field.shape))
        drawn[name] = values * units[name][1] + units[name][0] if name in units else values
    return drawn


@dataclass(frozen=True)
class Elements:
    """Group elements (count, d, d) of one symmetry; `exact` marks those that move every array exactly."""

    symmetry: Symmetry
    matrices: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def exact_part(self) -> Elements:
        """Those that move every array exactly."""
        return Elements(self.symmetry, self.matrices[self.exact], self.exact[self.exact])


def random_elements(symmetry: Symmetry, generator: np.random.Generator, count: int, exactness: Exactness) -> Elements:
    """All elements of a finite group that has at most `count`, else `count` random ones (Haar where compact).

    Those of a symmetry that holds over a range of its parameters are drawn within that.
    Where only some elements of a finite group are promised to hold exactly, no other one is called exact, and up to
    `count` of those that are promised are among them: a promise that no element tests is not kept by that.
    """
    group = symmetry.group
    assert group is not None
    if symmetry.learned is not None and symmetry.learned.ranges is not None:
        within = symmetry.learned.ranges
        matrices = within.elements(within.sample(generator, count))
    elif group.order is not None and group.order <= count:
        matrices = group.elements()
    else:
        matrices = np.concatenate([_promised(symmetry, exactness, count), group.sample(generator, count)])
    exact = np.array([_moves_exactly(symmetry, matrix) for matrix in matrices], dtype=np.bool_)
    if exactness.kind == "subgroup" and exactness.elements:
        exact &= np.array([group.index_of(matrix) in exactness.elements for matrix in matrices], dtype=np.bool_)
    return Elements(symmetry, np.asarray(matrices), exact)


def _promised(symmetry: Symmetry, exactness: Exactness, count: int) -> NDArray[np.float64]:
    """At most `count` elements (k, d, d) of a finite group that hold exactly where others do not; no identity."""
    group = symmetry.group
    assert group is not None
    if exactness.kind != "subgroup" or group.order is None:
        return np.empty((0, group.dimension, group.dimension))
    everything = group.elements()
    named = exactness.elements or [index for index, matrix in enumerate(everything) if _moves_exactly(symmetry, matrix)]
    moving = [index for index in named if index != 0]
    places = np.linspace(0, len(moving) - 1, min(count, len(moving))).astype(int)
    return everything[[moving[place] for place in places]]


def _moves_exactly(symmetry: Symmetry, matrix: NDArray[np.float64]) -> bool:
    return all(action.exact_on(matrix) for action in symmetry.actions.values())


def random_weights(root: Module, seed: int) -> Arrays:
    """Weights off their starting point and statistics as after training: biases not zero, running means random,
    running variances between 1/2 and 2."""
    generator = np.random.default_rng([seed, 7])
    weights = {}
    for name, value in draw_parameters(root, seed).items():
        scale = float(np.std(value)) if value.size > 1 and np.std(value) > 0 else 0.3
        weights[name] = value + 0.3 * scale * generator.standard_normal(value.shape)
    for name, value in initial_state(root).items():
        positive = bool(np.all(value > 0))
        weights[name] = (
            generator.uniform(0.5, 2.0, value.shape) if positive else 0.3 * generator.standard_normal(value.shape)
        )
    return weights
