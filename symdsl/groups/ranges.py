"""A part of a group: the motions whose parameters lie within ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from symdsl.groups.arrays.matrices import Array, Matrices, exponential

_CLOSE: Final = 1e-4
"""How far ratios of frequencies may be from whole numbers, where motions have a period."""
_PERIODIC: Final = 1e-2
"""How far a motion over that period may be from the identity: one that drifts has none."""


@dataclass(frozen=True)
class Ranges:
    """exp(t_1 A_1 + .. + t_D A_D) h_1^f_1 .. h_M^f_M, with t_i between `low` and `high` (D,) and f_j 0 or 1.

    `generators` (D, d, d) are the A_i, in the order of the ends, which may be infinite; `discrete` (M, d, d) the h_j.
    """

    generators: Matrices
    low: tuple[float, ...]
    high: tuple[float, ...]
    discrete: Matrices

    @classmethod
    def of(cls, generators: Array, ends: Array, discrete: Array | None = None) -> Ranges:
        """Those of generators (D, d, d) with ends (D, 2)."""
        size = generators.shape[-1]
        low, high = (tuple(float(each) for each in ends[:, side]) for side in (0, 1))
        components = Matrices.none(size) if discrete is None else Matrices.of(discrete)
        return cls(Matrices.of(generators), low, high, components)

    @property
    def count(self) -> int:
        """The numbers that one motion is made of, D + M."""
        return self.generators.count + self.discrete.count

    def ends(self, bound: float) -> Array:
        """The ends (D, 2), all finite.

        Without an end is the whole of a period, where the generator has one; else what adds a norm of `bound` to 0, or
        to the other end.
        """
        found = np.stack([self.low, self.high], axis=1)
        for row, generator in zip(found, self.generators.array(), strict=True):
            if np.all(np.isfinite(row)):
                continue
            turn, reach = period(generator), bound / max(float(np.linalg.norm(generator)), 1e-300)
            if np.isfinite(turn):
                row[:] = -turn / 2.0, turn / 2.0
                continue
            low, high = row
            row[0] = low if np.isfinite(low) else min(0.0, high if np.isfinite(high) else 0.0) - reach
            row[1] = high if np.isfinite(high) else max(0.0, low if np.isfinite(low) else 0.0) + reach
        return found

    def sample(self, generator: np.random.Generator, count: int, bound: float = 2.0) -> Array:
        """Parameters (count, D + M): t_i uniform, f_j with equal odds."""
        ends = self.ends(bound)
        drawn = generator.uniform(ends[:, 0], ends[:, 1], size=(count, len(ends)))
        flips = generator.integers(0, 2, size=(count, self.discrete.count))
        return np.concatenate([drawn, flips.astype(np.float64)], axis=1)

    def elements(self, parameters: Array) -> Array:
        """The motions (count, d, d) with parameters (count, D + M)."""
        return motions(self.generators.array(), self.discrete.array(), parameters)


def motions(generators: Array, discrete: Array, parameters: Array) -> Array:
    """exp(t_1 A_1 + ..) h_1^f_1 .. (count, d, d) of parameters (count, D + M)."""
    size = generators.shape[0]
    found = exponential(np.tensordot(parameters[:, :size], generators, axes=1))
    for place, matrix in enumerate(discrete):
        chosen = parameters[:, size + place] > 0.5
        found[chosen] = found[chosen] @ matrix
    return found


def period(generator: Any) -> float:
    """The least t > 0 with exp(t A) = 1; infinite where eigenvalues are not whole multiples of one i w."""
    values = np.linalg.eigvals(generator)
    sizes = np.abs(values.imag)
    largest = float(np.max(np.abs(values)))
    if largest <= 1e-6 * np.linalg.norm(generator) or np.max(np.abs(values.real)) > 1e-6 * largest:
        return np.inf
    least = float(np.min(sizes[sizes > 1e-6 * largest]))
    if np.max(np.abs(sizes / least - np.round(sizes / least))) > _CLOSE:
        return np.inf
    turn = 2.0 * np.pi / least
    whole = exponential(turn * np.asarray(generator, np.float64)[None])[0]
    return turn if np.max(np.abs(whole - np.eye(len(whole)))) <= _PERIODIC else np.inf
