"""Systems whose matrix couples places of a ring up to a distance: found by few products, solved by cyclic reduction.

Places are put into blocks as large as the distance, so that the matrix is block tridiagonal around the ring; every
other block is eliminated at once, and half as many are left (Heller 1976, SIAM J. Numer. Anal. 13, 484). An odd number
of blocks is solved as one system.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.value import Value

SMALLEST = 3
"""Blocks that are solved as one dense system."""


def colours(size: int, half: int) -> NDArray[np.int64]:
    """The colour of each place (size,), counted from 0 in each of size // (2 half + 1) arcs of nearly one length.

    Places of one colour are further apart than 2 `half` around the ring, so that no place is within `half` of two.
    """
    rounds = max(1, size // (2 * half + 1))
    edges = np.arange(rounds + 1) * size // rounds
    return np.concatenate([np.arange(stop - start) for start, stop in pairwise(edges)])


def block_size(size: int, half: int) -> int | None:
    """The smallest divisor of `size` from `half` up that leaves more than two blocks, None where there is none."""
    fitting = [each for each in range(max(half, 1), size // 3 + 1) if size % each == 0]
    return fitting[0] if fitting else None


def probes(size: int, half: int) -> NDArray[Any]:
    """The indicator of each colour: (colours, size)."""
    kinds = colours(size, half)
    return np.eye(int(kinds.max()) + 1)[:, kinds]


def block_places(size: int, half: int, block: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Where the entries of the blocks (k, k), (k, k + 1), (k, k - 1) lie in the products of M with the `probes`.

    Indices into products (size, colours), flat, and 1 for entries within the band, else 0: both (3, N, b, b).
    """
    kinds = colours(size, half)
    rows = np.arange(size).reshape(-1, block)
    columns = np.stack([np.roll(rows, -step, axis=0) for step in (0, 1, -1)])
    first, second = rows[:, :, None], columns[:, :, None, :]
    distance = (second - first) % size
    near = np.minimum(distance, size - distance) <= half
    return first * (int(kinds.max()) + 1) + kinds[second], near.astype(np.float64)


@dataclass(frozen=True)
class Ring:
    """A block tridiagonal matrix around a ring of N blocks (N, b, b): `after` couples k to k + 1, `before` to k - 1."""

    diagonal: Value
    after: Value
    before: Value

    def solve(self, right: Value) -> Value:
        """x (N, b) of M x = right: halved while N is even and above `SMALLEST`, then as one system."""
        count, size = right.shape
        if count <= SMALLEST or count % 2:
            return self._dense(right)
        even, odd = self._every_other(0), self._every_other(1)
        eliminated = _every_other(right, 1).apply("expand", axis=2)
        columns = right.builder.add("concatenate", odd.after, odd.before, eliminated, axis=2)
        solved = odd.diagonal.apply("solve", columns)
        last = solved.apply("roll", axis=0, shift=1)
        forward, backward = _product(even.after, solved), _product(even.before, last)
        kept = Ring(
            even.diagonal - _columns(forward, size, 2 * size) - _columns(backward, 0, size),
            -_columns(forward, 0, size),
            -_columns(backward, size, 2 * size),
        )
        changed = _columns(forward + backward, 2 * size, 2 * size + 1).apply("squeeze", axis=2)
        found = kept.solve(_every_other(right, 0) - changed)
        following = found.apply("roll", axis=0, shift=-1)
        neighbours = right.builder.add("concatenate", following, found, axis=1).apply("expand", axis=2)
        rest = _columns(solved, 2 * size, 2 * size + 1) - _product(_columns(solved, 0, 2 * size), neighbours)
        between = rest.apply("transpose", permutation=(0, 2, 1))
        pairs = right.builder.add("concatenate", found.apply("expand", axis=1), between, axis=1)
        return pairs.apply("merge", axis=0, count=2)

    def _every_other(self, first: int) -> Ring:
        return Ring(*(_every_other(each, first) for each in (self.diagonal, self.after, self.before)))

    def _dense(self, right: Value) -> Value:
        count, size = right.shape
        same = right.builder.unit_matrix(count)
        following = same.apply("roll", axis=1, shift=1)
        parts = [
            place.apply("einsum", blocks, subscripts="kl,kac->kalc")
            for place, blocks in (
                (same, self.diagonal), (following, self.after),
                (following.apply("transpose", permutation=(1, 0)), self.before),
            )
        ]  # fmt: skip
        whole = (parts[0] + parts[1] + parts[2]).apply("merge", axis=2, count=2).apply("merge", axis=0, count=2)
        column = right.apply("merge", axis=0, count=2).apply("expand", axis=1)
        return whole.apply("solve", column).apply("squeeze", axis=1).apply("split", axis=0, sizes=(count, size))


def _every_other(value: Value, first: int) -> Value:
    return value.apply("slice", axis=0, start=first, stop=value.shape[0], step=2)


def _columns(value: Value, start: int, stop: int) -> Value:
    return value.apply("slice", axis=2, start=start, stop=stop)


def _product(left: Value, right: Value) -> Value:
    return left.apply("einsum", right, subscripts="kab,kbc->kac")
