"""Shortest paths in random geographic graphs (graph_nets, demo `shortest_path`).

P. W. Battaglia et al.: Relational inductive biases, deep learning, and graph networks (2018), arXiv:1806.01261.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from symdsl.data.dataset import Dataset
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


class ShortestPathOptions(SourceOptions):
    """How many graphs, their numbers of nodes, and the threshold theta: the larger, the fewer edges."""

    samples: int = Field(1000, ge=1)
    minimum: int = Field(8, ge=2, le=1000)
    maximum: int = Field(16, ge=2, le=1000)
    theta: float = Field(20.0, gt=0, le=1e6)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)

    @model_validator(mode="after")
    def _ordered(self) -> ShortestPathOptions:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum is above maximum = {self.maximum}")
        return self


class ShortestPath:
    """1,000 connected graphs of 8 to 16 nodes in the unit square, with a start, an end and the path between them."""

    name = "shortest_path"
    description = "random geographic graphs: which nodes and edges the shortest path between two nodes has (GN demo)"
    keys: Mapping[str, str] = MappingProxyType({
        "node": "(nodes, 5) x, y, weight, is the start, is the end",
        "distance": "(edges,) length of the edge",
        "on_path": "(nodes,) label: 1 on the shortest path",
        "edge_on_path": "(edges,) label: 1 for the edges of the path, from start to end",
        "senders": "(edges,) within each graph, as are receivers; every edge has both directions",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """Graphs with their paths."""
        refuse_path(reference)
        options = read_options(reference, ShortestPathOptions)
        check_size(reference, options.samples, options.maximum, options.maximum)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        counts = generator.integers(options.minimum, options.maximum + 1, options.samples)
        graphs = [draw_graph(int(count), options.theta, generator) for count in counts]
        arrays = {key: np.concatenate([graph[key] for graph in graphs]) for key in graphs[0]}
        edges = np.array([len(graph["senders"]) for graph in graphs], dtype=np.int64)
        rows = {key: counts if key in ("node", "on_path") else edges for key in arrays}
        return Dataset(reference.text, arrays, counts=rows)


def draw_graph(count: int, theta: float, generator: np.random.Generator) -> dict[str, NDArray]:
    """Nodes i, j are joined where (w_i + w_j) / d^2 >= theta, exponential weights w, and by a minimum spanning tree."""
    from scipy.sparse.csgraph import minimum_spanning_tree

    places, weights = generator.random((count, 2)), generator.exponential(size=count)
    distance = np.linalg.norm(places[:, None] - places[None], axis=-1)
    with np.errstate(divide="ignore"):
        joined = (weights[:, None] + weights[None]) / distance**2 >= theta
    tree = minimum_spanning_tree(distance).toarray() > 0
    joined = (joined | tree | tree.T) & ~np.eye(count, dtype=bool)
    senders, receivers = np.nonzero(joined)
    path = draw_path(np.where(joined, distance, 0.0), generator)
    order = np.full(count, -2)
    order[path] = np.arange(len(path))
    ends = np.zeros((count, 2))
    ends[path[0], 0] = ends[path[-1], 1] = 1.0
    return {
        "node": np.concatenate([places, weights[:, None], ends], axis=1),
        "distance": distance[senders, receivers],
        "on_path": (order >= 0).astype(np.int64),
        "edge_on_path": ((order[receivers] == order[senders] + 1) & (order[senders] >= 0)).astype(np.int64),
        "senders": senders.astype(np.int64),
        "receivers": receivers.astype(np.int64),
    }


def draw_path(lengths: Array, generator: np.random.Generator) -> list[int]:
    """The shortest path between two nodes, drawn so that every number of edges is as likely."""
    from scipy.sparse.csgraph import dijkstra

    hops = dijkstra(lengths > 0, unweighted=True)
    pairs = np.argwhere(hops >= 1)
    steps = hops[pairs[:, 0], pairs[:, 1]].astype(np.int64)
    share = 1.0 / np.bincount(steps)[steps]
    start, end = pairs[generator.choice(len(pairs), p=share / share.sum())]
    _, before = dijkstra(lengths, indices=start, return_predecessors=True)
    path = [int(end)]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]


SOURCE = ShortestPath()
