"""How values travel between nodes, edges and the whole: along axes of one size, or between rows of any number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from symdsl.ir.connections import Connections
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.graph_aggregation import AggregateEdges, Aggregation, AttendEdges, PoolEdges, PoolNodes
from symdsl.ir.operations.graph_edges import EdgeProducts, End, GatherNodes, PlaceEdges, TakeEdges
from symdsl.ir.operations.graph_features import SpreadOverNodes
from symdsl.ir.operations.graph_rows import AggregateRows, AttendRows, RowProducts, TakeRows
from symdsl.ir.types import ValueType


class Wiring(Protocol):
    """What a graph network does between its updates. `leads` are the axes before the features of the whole, of nodes
    and of edges."""

    @property
    def leads(self) -> tuple[int, int, int]:
        """How many axes count the whole (0), nodes and edges."""
        ...

    def gathered(self, value: int, end: End) -> int:
        """What the receiver or the sender of each edge has."""
        ...

    def spread(self, value: int) -> int:
        """What the whole has, at each node."""
        ...

    def aggregated(self, value: int, function: Aggregation) -> int:
        """What the edges that a node receives become."""
        ...

    def attended(self, logits: int, value: int) -> int:
        """The mean of the edges that a node receives, weighted by a softmax."""
        ...

    def products(self, queries: int, keys: int) -> int:
        """For each edge the product of the receiver's query and the sender's key."""
        ...

    def pooled_nodes(self, value: int, function: Aggregation) -> int:
        """All nodes as one."""
        ...

    def pooled_edges(self, value: int, function: Aggregation, received: int | None, alike: bool) -> int:
        """All edges as one; from what nodes received, which is fewer numbers, where that gives the same: `alike` says
        that it does if every node receives as many."""
        ...

    def taken(self, value: int) -> int:
        """An input that belongs to edges, as features of edges."""
        ...

    def placed(self, value: int) -> int:
        """Features of edges as an output lies."""
        ...


@dataclass(frozen=True)
class FixedWiring:
    """Nodes along one axis of the sample; `nodes` is the type of one number for each."""

    builder: GraphBuilder
    graph: Connections
    nodes: ValueType

    @property
    def leads(self) -> tuple[int, int, int]:
        """(0, 1, 1 or 2)."""
        return (0, 1, len(self.graph.shape))

    def gathered(self, value: int, end: End) -> int:
        """By the fixed ends of the edges."""
        return self.builder.add(GatherNodes(graph=self.graph, end=end), value)

    def spread(self, value: int) -> int:
        """Along the axis of nodes."""
        return self.builder.add(SpreadOverNodes(nodes=self.nodes), value)

    def aggregated(self, value: int, function: Aggregation) -> int:
        """Over the axis of senders, or by segments."""
        return self.builder.add(AggregateEdges(graph=self.graph, function=function), value)

    def attended(self, logits: int, value: int) -> int:
        """Over the axis of senders, or by segments."""
        return self.builder.add(AttendEdges(graph=self.graph), logits, value)

    def products(self, queries: int, keys: int) -> int:
        """Of all pairs, or of the listed ones."""
        return self.builder.add(EdgeProducts(graph=self.graph), queries, keys)

    def pooled_nodes(self, value: int, function: Aggregation) -> int:
        """Over the axis of nodes."""
        return self.builder.add(PoolNodes(graph=self.graph, function=function), value)

    def pooled_edges(self, value: int, function: Aggregation, received: int | None, alike: bool) -> int:
        """Over the axes of edges."""
        regular = self.graph.pairs and self.graph.edges is None
        if received is not None and (alike or function == "sum" or regular):
            return self.pooled_nodes(received, function)
        return self.builder.add(PoolEdges(graph=self.graph, function=function), value)

    def taken(self, value: int) -> int:
        """From all pairs."""
        return self.builder.add(TakeEdges(graph=self.graph), value)

    def placed(self, value: int) -> int:
        """Among all pairs."""
        return self.builder.add(PlaceEdges(graph=self.graph), value)


@dataclass(frozen=True)
class RowWiring:
    """Nodes and edges are rows, of which each sample has its own number: integers tie them together."""

    builder: GraphBuilder
    senders: int
    receivers: int
    samples: int
    counts: int

    @property
    def leads(self) -> tuple[int, int, int]:
        """No axis of a row counts rows."""
        return (0, 0, 0)

    def gathered(self, value: int, end: End) -> int:
        """By the integers of the data."""
        return self.builder.add(TakeRows(), value, self.receivers if end == "receiver" else self.senders)

    def spread(self, value: int) -> int:
        """By the sample that each node belongs to."""
        return self.builder.add(TakeRows(), value, self.samples)

    def aggregated(self, value: int, function: Aggregation) -> int:
        """By the receivers."""
        return self.builder.add(AggregateRows(function=function), value, self.receivers, self.samples)

    def attended(self, logits: int, value: int) -> int:
        """By the receivers."""
        return self.builder.add(AttendRows(), logits, value, self.receivers, self.samples)

    def products(self, queries: int, keys: int) -> int:
        """Of what both ends have."""
        return self.builder.add(RowProducts(), self.gathered(queries, "receiver"), self.gathered(keys, "sender"))

    def pooled_nodes(self, value: int, function: Aggregation) -> int:
        """By the sample that each node belongs to."""
        return self.builder.add(AggregateRows(function=function), value, self.samples, self.counts)

    def pooled_edges(self, value: int, function: Aggregation, received: int | None, alike: bool) -> int:
        """By the sample that each receiver belongs to."""
        if received is not None and (alike or function == "sum"):
            return self.pooled_nodes(received, function)
        owners = self.builder.add(TakeRows(), self.samples, self.receivers)
        return self.builder.add(AggregateRows(function=function), value, owners, self.counts)

    def taken(self, value: int) -> int:
        """As it is."""
        return value

    def placed(self, value: int) -> int:
        """As it is."""
        return value
