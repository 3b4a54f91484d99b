"""Invariant tensors of O(p, q) and SO(p, q) by the first fundamental theorem: products of metrics, and one epsilon.

Weyl, The Classical Groups (1939), chapter II: every invariant of O(p, q) is a sum of products of metrics over pairings
of the axes; SO(p, q) has in addition those with the Levi-Civita tensor on p + q axes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array

Pairing = tuple[tuple[int, int], ...]


def pairings(axes: tuple[int, ...]) -> Iterator[Pairing]:
    """All ways to pair an even number of axes, in lexicographic order; none for an odd number."""
    if not axes:
        yield ()
    elif len(axes) % 2 == 0:
        first, *rest = axes
        for position, partner in enumerate(rest):
            for others in pairings((*rest[:position], *rest[position + 1 :])):
                yield ((first, partner), *others)


def levi_civita(dimension: int) -> tuple[np.ndarray, Array]:
    """The permutations (n!, n) and their signs (n!,)."""
    permutations = np.array(list(itertools.permutations(range(dimension))))
    inversions = sum(
        (permutations[:, i] > permutations[:, j]).astype(int) for i in range(dimension) for j in range(i + 1, dimension)
    )
    return permutations, 1.0 - 2.0 * (np.asarray(inversions) % 2)


def spanning_count(dimension: int, rank: int, special: bool) -> int:
    """How many products span the invariants of tensors of `rank`."""
    count = _double_factorial(rank - 1) if rank % 2 == 0 else 0
    if special and rank >= dimension and (rank - dimension) % 2 == 0:
        count += math.comb(rank, dimension) * _double_factorial(rank - dimension - 1)
    return count


def _double_factorial(number: int) -> int:
    return math.prod(range(number, 0, -2))


def paired_invariants(metric: Array, rank: int, special: bool) -> Array:
    """Independent invariants (k, d ** rank) of the group that keeps diag(metric) (d,), d = len(metric).

    Raises SymdslError SYM0704 where the spanning set is over the limit.
    """
    dimension = len(metric)
    count = spanning_count(dimension, rank, special)
    check_entries(count * dimension**rank, "the pairings of a tensor")
    spanning = np.zeros((count, dimension**rank))
    row = 0
    for pairing in pairings(tuple(range(rank))):
        _add_products(spanning[row], metric, rank, pairing)
        row += 1
    if special and row < count:
        for chosen in itertools.combinations(range(rank), dimension):
            rest = tuple(axis for axis in range(rank) if axis not in chosen)
            for pairing in pairings(rest):
                _add_products(spanning[row], metric, rank, pairing, chosen)
                row += 1
    values, vectors = np.linalg.eigh(spanning @ spanning.T)
    kept = values > 1e-9 * np.max(values, initial=0.0)
    return vectors[:, kept].T @ spanning


def _add_products(row: Array, metric: Array, rank: int, pairing: Pairing, epsilon: tuple[int, ...] = ()) -> None:
    """Writes the product of metrics over `pairing`, times epsilon on the axes `epsilon`, into a flat tensor."""
    dimension = len(metric)
    strides = dimension ** np.arange(rank - 1, -1, -1)
    indices, values = np.zeros(1, dtype=np.int64), np.ones(1)
    for left, right in pairing:
        indices = np.add.outer(indices, np.arange(dimension) * (strides[left] + strides[right])).ravel()
        values = np.multiply.outer(values, metric).ravel()
    if epsilon:
        permutations, signs = levi_civita(dimension)
        indices = np.add.outer(indices, permutations @ strides[list(epsilon)]).ravel()
        values = np.multiply.outer(values, signs).ravel()
    row[indices] = values
