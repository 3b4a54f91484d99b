"""Invariant tensors by sparse equations: unknowns that no equation joins are solved apart.

Nilpotent generators have no weights, but the equations that they make are sparse: those of the Heisenberg group, say,
join only tensor entries with equally many indices of each value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.orbits import connected_labels

Entries = tuple[np.ndarray, np.ndarray, np.ndarray]
Axes = tuple[Array, ...]


def equations(axes: Axes, discrete: bool) -> Entries:
    """Rows, columns and values of (A_1 + ... + A_r), or of (h_1 x ... x h_r) - 1, on flattened tensors.

    An h that is unipotent on every axis stands for its logarithm, which has the same null space and fewer entries.
    Raises SymdslError SYM0704 over the limit.
    """
    if not discrete:
        return _summed(axes)
    logarithms = [_logarithm(matrix) for matrix in axes]
    unipotent = tuple(logarithm for logarithm in logarithms if logarithm is not None)
    return _summed(unipotent) if len(unipotent) == len(axes) else _multiplied(axes)


def components(systems: Sequence[Entries], size: int) -> Iterator[tuple[np.ndarray, list[Array]]]:
    """The unknowns of each component (c,), and its equations in each system (m, c)."""
    edges = []
    for rows, columns, _ in systems:
        order = np.argsort(rows, kind="stable")
        same = np.diff(rows[order]) == 0
        edges.append((columns[order][:-1][same], columns[order][1:][same]))
    labels = connected_labels(edges, size)
    count = int(labels.max(initial=-1)) + 1
    unknowns = np.split(np.argsort(labels, kind="stable"), np.cumsum(np.bincount(labels, minlength=count))[:-1])
    place = np.zeros(size, dtype=np.int64)
    for each in unknowns:
        place[each] = np.arange(len(each))
    parts = [_by_component(system, labels, count) for system in systems]
    for component, each in enumerate(unknowns):
        blocks = []
        for system, chosen in zip(systems, parts, strict=True):
            rows, columns, values = (entry[chosen[component]] for entry in system)
            names, number = np.unique(rows, return_inverse=True)
            block = np.zeros((len(names), len(each)))
            np.add.at(block, (number, place[columns]), values)
            blocks.append(block)
        yield each, blocks


def _by_component(system: Entries, labels: np.ndarray, count: int) -> list[np.ndarray]:
    owner = labels[system[1]]
    stops = np.cumsum(np.bincount(owner, minlength=count))[:-1]
    return np.split(np.argsort(owner, kind="stable"), stops)


def _logarithm(matrix: Array) -> Array | None:
    """log h = sum (-1)^(k + 1) (h - 1)^k / k of a unipotent matrix; None for any other."""
    if np.any(np.tril(matrix, -1)) and np.any(np.triu(matrix, 1)):
        return None
    if np.any(np.diagonal(matrix) != 1.0):
        return None
    step = matrix - np.eye(len(matrix))
    total, power = np.zeros_like(step), np.eye(len(step))
    for k in range(1, len(step)):
        power = power @ step
        total += power / k if k % 2 else -power / k
    return total


def _summed(axes: Axes) -> Entries:
    shape = [len(matrix) for matrix in axes]
    size = math.prod(shape)
    check_entries(sum(int(np.count_nonzero(matrix)) * size // len(matrix) for matrix in axes), "sparse equations")
    rows, columns, values = [], [], []
    for axis, matrix in enumerate(axes):
        after = math.prod(shape[axis + 1 :])
        before = np.arange(math.prod(shape[:axis])) * shape[axis] * after
        rest = np.add.outer(before, np.arange(after))
        into, out_of = np.nonzero(matrix)
        rows.append(np.add.outer(rest, into * after).ravel())
        columns.append(np.add.outer(rest, out_of * after).ravel())
        values.append(np.broadcast_to(matrix[into, out_of], (*rest.shape, len(into))).ravel())
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def _multiplied(axes: Axes) -> Entries:
    size = math.prod(len(matrix) for matrix in axes)
    check_entries(math.prod(int(np.count_nonzero(matrix)) for matrix in axes) + size, "sparse equations")
    rows, columns, values = np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1)
    for matrix in axes:
        into, out_of = np.nonzero(matrix)
        rows = np.add.outer(rows * len(matrix), into).ravel()
        columns = np.add.outer(columns * len(matrix), out_of).ravel()
        values = np.multiply.outer(values, matrix[into, out_of]).ravel()
    points = np.arange(size)
    return np.concatenate([rows, points]), np.concatenate([columns, points]), np.concatenate([values, -np.ones(size)])
