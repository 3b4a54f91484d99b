"""From a field to clouds of points: classes of one value each, and the parts of a class that hang together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
SMALLEST_PART = 0.05


def level_sets(values: Array, levels: int, width: float) -> list[Indices]:
    """The samples of each of `levels` classes of a field (N,), each of N width / levels samples next to one value.

    The values are evenly spaced among the samples, so that classes are equally large; what lies between is left out.
    Raises SymdslError (SYM1349) for a field that hardly varies.
    """
    order = np.argsort(values, kind="stable")
    low, high = values[order[len(order) // 20]], values[order[-(len(order) // 20) - 1]]
    if not high > low:
        message = "the field has one value at nearly all samples, and no level sets"
        raise SymdslError(Diagnostic("SYM1349", message, hint="look at another field"), exit_code=2)
    half = len(values) * width / levels / 2
    middles = (np.arange(levels) + 0.5) / levels * len(values)
    return [np.sort(order[round(middle - half) : round(middle + half)]) for middle in middles]


def connected_parts(points: Array, neighbours: int) -> list[Indices]:
    """The parts of a cloud (P, D) that near neighbours connect, largest first, without those of under 5% of it."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    count = len(points)
    _, near = KDTree(points).query(points, k=min(neighbours + 1, count))
    columns = np.reshape(near, -1)
    rows = np.repeat(np.arange(count), len(columns) // count)
    graph = csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    sizes = np.bincount(labels)
    kept = [part for part in np.argsort(-sizes, kind="stable") if sizes[part] >= SMALLEST_PART * count]
    return [np.flatnonzero(labels == part) for part in kept]
