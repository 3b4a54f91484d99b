"""Which points of a sample are joined: all pairs, those within a radius, the nearest ones. Time and memory are linear
in the number of edges for points of bounded density (a tree of cells: SciPy's k-d tree)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import EdgeRule
from symdsl.data.faults import bad_data
from symdsl.data.lazy import Array, Indices
from symdsl.data.rows import offsets_of

LARGEST_EDGES = 200_000_000
Edges = tuple[Indices, Indices]
"""Senders and receivers (E,), counted within their sample."""


def all_pairs(count: int, loops: bool = False) -> Edges:
    """Every ordered pair of different points, with `loops` of equal ones too, by receiver."""
    receivers, senders = np.nonzero(np.ones((count, count), dtype=bool) if loops else ~np.eye(count, dtype=bool))
    return senders, receivers


def within_radius(points: NDArray[np.float64], radius: float) -> Edges:
    """Both directions of every pair of points (n, d) at most `radius` apart, by receiver and then sender."""
    from scipy.spatial import KDTree

    pairs = KDTree(points).query_pairs(radius, output_type="ndarray").reshape(-1, 2)
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    return _sorted(ends[:, 0], ends[:, 1], len(points))


def nearest(points: NDArray[np.float64], count: int) -> Edges:
    """From the `count` nearest other points (fewer where there are fewer) to each point (n, d)."""
    from scipy.spatial import KDTree

    size = len(points)
    count = min(count, size - 1)
    if count < 1:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    _, found = KDTree(points).query(points, k=count + 1)
    receivers = np.repeat(np.arange(size), count + 1)
    senders = np.asarray(found, dtype=np.int64).reshape(-1)
    other = senders != receivers
    # Among points that coincide a point may not be among its own nearest: the farthest is left out instead.
    rank = np.cumsum(other.reshape(size, -1), axis=1).reshape(-1)
    kept = other & (rank <= count)
    return _sorted(senders[kept], receivers[kept], size)


def _sorted(senders: Indices, receivers: Indices, count: int) -> Edges:
    """Different edges by receiver and then sender, in time linear in their number: as the rows of a sparse matrix."""
    from scipy.sparse import csr_array

    rows = csr_array((np.ones(len(senders), dtype=bool), (receivers, senders)), shape=(count, count))
    rows.sort_indices()
    by_receiver = np.repeat(np.arange(count), np.diff(rows.indptr))
    return rows.indices.astype(np.int64), by_receiver


def edges_of_samples(
    rule: EdgeRule, counts: Indices, points: Array | None
) -> tuple[Indices, Indices, Indices]:
    """(senders, receivers, number of edges of each sample) of all samples, by a rule that the data do not give.

    `points` (sum of counts, d) are needed by all but all pairs. Raises SymdslError (SYM0815) for too many edges.
    """
    if rule.kind == "all":
        total = int((counts * (counts - 1)).sum())
        if total > LARGEST_EDGES:
            raise bad_data("SYM0815", f"all pairs of nodes are {total:,} edges, and the limit is {LARGEST_EDGES:,}",
                           hint="join those within a radius: edges = radius(1.5)")  # fmt: skip
        known = {int(count): all_pairs(int(count), rule.loops) for count in np.unique(counts)}
        found = [known[int(count)] for count in counts]
    else:
        assert points is not None
        starts = offsets_of(counts)
        parts = [points[starts[place] : starts[place + 1]] for place in range(len(counts))]
        found = [
            within_radius(part, rule.radius or 0.0) if rule.kind == "radius" else nearest(part, rule.count or 1)
            for part in parts
        ]
    numbers = np.array([len(senders) for senders, _ in found], dtype=np.int64)
    empty = [np.empty(0, dtype=np.int64)]
    return (
        np.concatenate([senders for senders, _ in found] or empty),
        np.concatenate([receivers for _, receivers in found] or empty),
        numbers,
    )
