"""The coefficients that carry one view to the other, of operators that are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.estimators.lie_operator.chain import Operator, backward, chain

Array = NDArray[np.float64]
POINTS: Final = 81
MOST_POINTS: Final = 721
PER_PERIOD: Final = 8
"""Points of a grid in a period of the fastest eigenvector, whose errors have one minimum in it."""
SWEEPS: Final = 2
POLISH: Final = 6


def infer(matrices: Array, x: Array, y: Array, reach: Array) -> Array:
    """The coefficients (r, N) of the chain that takes `x` nearest to `y` (N, d), within +-`reach` (r,).

    Each is looked for on a grid with the others kept, as errors have many minima; then by Gauss & Newton.
    """
    operators = [Operator.of(matrix) for matrix in matrices]
    rank, count = len(matrices), len(x)
    found = np.zeros((rank, count))
    for _ in range(SWEEPS if rank > 1 else 1):
        for place, operator in enumerate(operators):
            found[place] = _on_grid(operators, found, place, x, y, grid_of(operator, float(reach[place])))
    for _ in range(POLISH):
        found = _polished(operators, found, x, y)
    return found


def grid_of(operator: Operator, reach: float) -> Array:
    """Points from -reach to reach, near enough for the fastest eigenvalue."""
    turns = float(np.abs(operator.values.imag).max(initial=0.0)) * reach / np.pi
    return np.linspace(-reach, reach, int(np.clip(PER_PERIOD * turns, POINTS, MOST_POINTS)) | 1)


def errors(operators: Sequence[Operator], coefficients: Array, x: Array, y: Array) -> Array:
    """The squared distance of each image from y: (N,)."""
    return np.sum((chain(operators, coefficients, np.zeros_like(coefficients), x)[-1] - y) ** 2, axis=1)


def _on_grid(operators: Sequence[Operator], found: Array, place: int, x: Array, y: Array, grid: Array) -> Array:
    best, chosen = np.full(len(x), np.inf), np.zeros(len(x))
    trial = found.copy()
    for point in grid:
        trial[place] = point
        error = errors(operators, trial, x, y)
        better = error < best
        best[better], chosen[better] = error[better], point
    return chosen


def _polished(operators: Sequence[Operator], found: Array, x: Array, y: Array) -> Array:
    """One step of Gauss & Newton in every coefficient in turn, taken where it helps."""
    none = np.zeros_like(found)
    for place, operator in enumerate(operators):
        images = chain(operators, found, none, x)
        gradient = images[-1] - y
        for later in range(len(operators) - 1, place, -1):
            gradient = backward(operators[later], found[later], none[later], images[later], gradient).inputs
        slope = backward(operator, found[place], none[place], images[place], gradient).mu
        moved = np.real(((images[place + 1] @ operator.inverse.T) * operator.values) @ operator.vectors.T)
        trial = found.copy()
        trial[place] -= slope / np.maximum(np.sum(moved**2, axis=1), 1e-300)
        helps = errors(operators, trial, x, y) < errors(operators, found, x, y)
        found = np.where(helps, trial, found)
    return found
