"""Windows that move over a pixel grid, and which lattice symmetries they keep.

A window of side k that moves in steps of s over n pixels with p pixels of padding on both sides has
(n + 2p - k) // s + 1 places. They lie symmetrically about the centre of the grid exactly when the remainder of that
division is 0; otherwise the last pixels are never reached, and the result is off centre.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.groups.group import Group

Grid = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A square window of side `kernel` moving in steps of `stride` over a grid with `padding` on all sides."""

    kernel: int
    stride: int = 1
    padding: int = 0

    def places(self, size: int) -> int:
        """How many places it has along `size` pixels; 0 where it does not fit."""
        free = size + 2 * self.padding - self.kernel
        return free // self.stride + 1 if free >= 0 else 0

    def remainder(self, size: int) -> int:
        """Pixels at the far end that no place reaches."""
        return (size + 2 * self.padding - self.kernel) % self.stride

    def output(self, grid: Grid) -> Grid:
        """The grid of its places, (rows, columns)."""
        return self.places(grid[0]), self.places(grid[1])


@dataclass(frozen=True)
class LatticeMove:
    """A symmetry of the square lattice: an optional exchange of rows and columns, then optional flips."""

    exchanges: bool
    flips_rows: bool
    flips_columns: bool


def lattice_move(element: NDArray[np.float64]) -> LatticeMove | None:
    """The move of the pixel lattice that a 2x2 matrix makes, or None where pixels do not land on pixels.

    The plane has x to the right and y up, so a row is -y.
    """
    rounded = np.rint(element).astype(np.int64)
    if np.abs(element - rounded).max() > 1e-9 or not np.array_equal(np.abs(rounded).sum(axis=0), [1, 1]):
        return None
    if rounded[0, 0]:
        return LatticeMove(False, flips_rows=bool(rounded[1, 1] < 0), flips_columns=bool(rounded[0, 0] < 0))
    return LatticeMove(True, flips_rows=bool(rounded[1, 0] > 0), flips_columns=bool(rounded[0, 1] > 0))


@functools.lru_cache(maxsize=64)
def lattice_moves(group: Group) -> tuple[LatticeMove | None, ...]:
    """The move of each element of a finite planar group, in the order of `group.elements()`."""
    return tuple(lattice_move(element) for element in group.elements())


def lattice_elements(group: Group) -> frozenset[int]:
    """Indices in `group.elements()` of the elements that move pixels to pixels on a square grid."""
    return frozenset(index for index, move in enumerate(lattice_moves(group)) if move is not None)


def kept_elements(group: Group, grid: Grid, window: Window | None = None) -> frozenset[int]:
    """Elements that map the grid to itself and, with a window, its places to its places."""
    rows = window is None or not window.remainder(grid[0])
    columns = window is None or not window.remainder(grid[1])
    return frozenset(
        index
        for index, move in enumerate(lattice_moves(group))
        if move is not None
        and (grid[0] == grid[1] or not move.exchanges)
        and (rows or not move.flips_rows)
        and (columns or not move.flips_columns)
    )


def planar_order(group: Group) -> tuple[int, bool] | None:
    """(n, False) for C(n), (n, True) for D(n) in the order of `Group.elements`; None for every other group."""
    if not group.planar or group.order is None or group.family not in ("cyclic", "dihedral"):
        return None
    mirrored = group.family == "dihedral"
    return (group.order // 2 if mirrored else group.order), mirrored


def subgroup_name(group: Group, kept: Iterable[int]) -> str:
    """C(m) or D(m) for the elements of a planar group with those indices (m rotations, with or without mirrors)."""
    determinants = np.linalg.det(group.elements()[sorted(kept)])
    rotations = int(np.count_nonzero(determinants > 0))
    return f"D({rotations})" if np.any(determinants < 0) else f"C({rotations})"
