"""The graph network block, and encode-process-decode (Battaglia et al. 2018, 1806.01261, algorithm 1, figures 3, 6)."""

from __future__ import annotations

from dataclasses import dataclass

from symdsl.ir.operations.graph_aggregation import Aggregation
from symdsl.strategies.graph_network.layers import EdgeTerms, Parts, UpdateLayers
from symdsl.strategies.graph_network.options import GraphNetworkOptions, Reads


@dataclass(frozen=True)
class State:
    """Features of edges, nodes and the whole; of `positions` (n, d) edges see differences."""

    edges: Parts = ()
    nodes: Parts = ()
    whole: Parts = ()
    positions: Parts = ()


@dataclass(frozen=True)
class Block:
    """One block by name, its updates reading what `options` say."""

    layers: UpdateLayers
    options: GraphNetworkOptions

    def processed(self, given: State) -> State:
        """The state after all steps: the block alone, or encoder and core (figure 6c)."""
        options = self.options
        if not options.encodes:
            return self._applied("", given)
        encoded = self._encoded(given)
        # In the first step what was encoded stands in for what the step before gave.
        before = encoded
        for step in range(options.steps):
            core = "core_" if options.shared else f"core_{step + 1}_"
            found = self._applied(core, _joined(encoded, before) if options.steps > 1 else encoded)
            before = State(found.edges or before.edges, found.nodes or before.nodes, found.whole or before.whole)
        return before

    def _encoded(self, given: State) -> State:
        """Every edge, node and the whole on its own."""
        layers = self.layers
        seen = self.options.reads.geometry
        edges = EdgeTerms(edges=given.edges, positions=given.positions) if seen else EdgeTerms(edges=given.edges)
        return State(
            _parts(layers.of_edges("encoder_edge", edges)),
            _parts(layers.of_nodes("encoder_node", given.nodes)),
            _parts(layers.of_whole("encoder_global", (), (), given.whole)),
        )

    def _applied(self, prefix: str, given: State) -> State:
        """Algorithm 1: edges, then nodes, then the whole; what is not updated is left out."""
        layers, reads = self.layers, self.options.reads
        terms = EdgeTerms(
            given.edges if "edges" in reads.edge else (),
            given.nodes if "receivers" in reads.edge else (),
            given.nodes if "senders" in reads.edge else (),
            given.whole if "globals" in reads.edge else (),
            given.positions if reads.geometry else (),
        )
        edge = layers.of_edges(f"{prefix}edge", terms) if reads.edge else None
        received = None
        if edge is not None and ("edges" in reads.node or "edges" in reads.whole):
            received = self._received(prefix, edge, given, reads)
        node = self._node(prefix, received, given, reads)
        whole = None
        if reads.whole:
            whole = layers.of_whole(
                f"{prefix}global",
                self._pooled_edges(edge, received) if "edges" in reads.whole and edge is not None else (),
                self._pooled_nodes(node, given) if "nodes" in reads.whole else (),
                given.whole if "globals" in reads.whole else (),
            )
        return State(_parts(edge) or given.edges, _parts(node), _parts(whole))

    def _node(self, prefix: str, received: int | None, given: State, reads: Reads) -> int | None:
        if not reads.node or reads.attends:
            return received
        return self.layers.of_nodes(
            f"{prefix}node",
            given.nodes if "nodes" in reads.node else (),
            given.whole if "globals" in reads.node else (),
            _parts(received) if "edges" in reads.node else (),
        )

    def _received(self, prefix: str, edge: int, given: State, reads: Reads) -> int:
        """What the edges that a node receives become."""
        layers, wiring, function = self.layers, self.layers.wiring, self.options.aggregate
        if reads.attends:
            width = self.options.hidden[-1]
            queries, keys = (layers.linear_sum(f"{prefix}{name}", given.nodes, width) for name in ("query", "key"))
            return wiring.attended(wiring.products(queries, keys), edge)
        if function == "attention":
            logits = layers.linear(f"{prefix}logit", edge, 1, bias=False)
            return wiring.attended(logits, edge)
        return wiring.aggregated(edge, function)

    def _pooled_edges(self, edge: int, received: int | None) -> Parts:
        """All edges as one: from what nodes received where that is the same, which is fewer numbers."""
        attends = self.options.aggregate == "attention"
        return (self.layers.wiring.pooled_edges(edge, self.pooling, received, attends),)

    def _pooled_nodes(self, node: int | None, given: State) -> Parts:
        parts = _parts(node) or given.nodes
        return tuple(self.layers.wiring.pooled_nodes(part, self.pooling) for part in parts)

    @property
    def pooling(self) -> Aggregation:
        """How nodes and edges become one for the whole: as edges for a node, and by sums under attention."""
        function = self.options.aggregate
        return "sum" if function == "attention" else function


def _parts(value: int | None) -> Parts:
    return () if value is None else (value,)


def _joined(first: State, second: State) -> State:
    """Both features one after another, of what both have."""
    return State(
        (*first.edges, *second.edges) if first.edges else (),
        (*first.nodes, *second.nodes) if first.nodes else (),
        (*first.whole, *second.whole) if first.whole else (),
    )
