"""Turns by 2 pi / n of planes: of coordinates, and of the axes along which the law changes equally."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from symdsl.discovery.discrete.proposal import Array, Proposal
from symdsl.groups.arrays.matrices import rotation

LARGEST: Final = 24
"""The largest n of a rotation by 2 pi / n."""
GRID: Final = 96
"""Angles of a scan: twice as many as the largest n needs, for its dips to be seen."""
_MOST_PLANES: Final = 300


def planes(dimension: int) -> Iterator[tuple[int, int]]:
    """All pairs of axes, the first 300."""
    return itertools.islice(itertools.combinations(range(dimension), 2), _MOST_PLANES)


def turn(dimension: int, plane: tuple[int, int], parts: int, frame: Array | None = None) -> Array:
    """The rotation by 2 pi / parts of a plane of axes (d, d); with `frame` (d, d) of the axes that its columns are."""
    matrix = np.eye(dimension)
    matrix[np.ix_(plane, plane)] = rotation(1, parts)
    return matrix if frame is None else frame @ matrix @ np.linalg.inv(frame)


def dips(distances: Array) -> list[int]:
    """The n whose multiples of 2 pi / n are dips of d(t) (T,), T angles over a whole turn, deepest first.

    d has period 2 pi / n exactly where its harmonics are multiples of n; the mean of d over the multiples of 2 pi / n,
    interpolated, is then that of t = 0.
    """
    angles = np.arange(len(distances) + 1) / len(distances)
    closed = np.append(distances, distances[0])
    scores = [np.mean(np.interp(np.arange(1, n) / n, angles, closed)) for n in range(2, LARGEST + 1)]
    return [int(n) for n in 2 + np.argsort(scores, kind="stable")]


def scan(distance: Callable[[Array], float], dimension: int, plane: tuple[int, int], frame: Array | None) -> Array:
    """d(t) of a plane on the grid of angles (GRID,); d(-t) = d(t) where g keeps the law of x, so half is computed."""
    found = np.zeros(GRID)
    for step in range(1, GRID // 2 + 1):
        angle = 2.0 * np.pi * step / GRID
        matrix = np.eye(dimension)
        cosine, sine = np.cos(angle), np.sin(angle)
        matrix[np.ix_(plane, plane)] = [[cosine, -sine], [sine, cosine]]
        whole = matrix if frame is None else frame @ matrix @ np.linalg.inv(frame)
        found[step] = found[-step] = distance(whole)
    return found


def cyclic(dimension: int, plane: tuple[int, int], order: int, frame: Array | None = None) -> Proposal:
    """The proposal of a turn."""
    of = "axes" if frame is not None else "coordinates"
    text = f"turn by 1/{order} of {of} {plane[0] + 1}, {plane[1] + 1}"
    return Proposal("cyclic", text, turn(dimension, plane, order, frame), order)
