"""Nodes at the ends of edges: an axis that stretches for all pairs, a gather for a list of edges.

Maps of node features are applied before this, so that nothing is computed for each edge that is known for each node.
"""

from __future__ import annotations

import math

import numpy as np

from symdsl.ir.connections import Connections
from symdsl.ir.graph import Node
from symdsl.ir.operations.graph_edges import EdgeProducts, GatherNodes, PlaceEdges, TakeEdges
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Module, Table
from symdsl.plan.value import Value


class TableMethod:
    """A method `forward` with constants of its own, and the module that it makes."""

    def __init__(self) -> None:
        self.builder = MethodBuilder("forward")
        self._constants: list[Constant] = []

    def argument(self, name: str, value: ValueType) -> Value:
        """The next argument."""
        return self.builder.argument(name, ArrayType(value.shape, batched=True))

    def table(self, name: str, array: np.ndarray) -> Value:
        """A constant array; integers stay integers."""
        self._constants.append(Constant(name, table=Table.from_array(array)))
        return self.builder.constant(name, array.shape, "integer" if array.dtype.kind == "i" else "real")

    def mask(self, graph: Connections, rank: int) -> Value:
        """1 for every edge among (receiver, sender), with as many axes of size 1 behind as make `rank`."""
        return self.table("edges", graph.mask().reshape(graph.nodes, graph.nodes, *(1,) * (rank - 2)))

    def module(self, name: str, documentation: str, result: Value) -> Module:
        """The module that returns `result`."""
        self.builder.output("y", result)
        return Module(name, documentation, (self.builder.build(),), constants=tuple(self._constants))


def _gather_nodes(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, GatherNodes)
    method = TableMethod()
    operand = method.argument("nodes", types[0])
    if attributes.graph.pairs:
        stretched = method.builder.add("expand", operand, axis=1 if attributes.end == "receiver" else 0)
        result = method.builder.add("broadcast", stretched, shape=node.type.shape)
    else:
        receivers, senders = attributes.graph.ends()
        ends = method.table("ends", receivers if attributes.end == "receiver" else senders)
        result = method.builder.add("take", operand, ends, axis=0)
    return method.module("GatherNodes", f"What the {attributes.end} of each edge has.", result)


def _take_edges(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, TakeEdges)
    method = TableMethod()
    result = method.argument("pairs", types[0])
    if not attributes.graph.pairs:
        places = method.table("places", _places(attributes.graph))
        result = method.builder.add("take", method.builder.add("merge", result, axis=0, count=2), places, axis=0)
    return method.module("TakeEdges", "The entries of all pairs of nodes that are edges.", result)


def _place_edges(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, PlaceEdges)
    graph, method = attributes.graph, TableMethod()
    result = method.argument("values", types[0])
    if not graph.pairs:
        places = method.table("places", _places(graph))
        flat = method.builder.add("put", result, places, axis=0, size=graph.nodes**2)
        result = method.builder.add("split", flat, axis=0, sizes=(graph.nodes, graph.nodes))
    elif not graph.complete:
        result = method.builder.add("multiply", result, method.mask(graph, len(types[0].shape)))
    return method.module("PlaceEdges", "All pairs of nodes, 0 where there is no edge.", result)


def _edge_products(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, EdgeProducts)
    graph, method = attributes.graph, TableMethod()
    queries, keys = method.argument("queries", types[0]), method.argument("keys", types[1])
    if graph.pairs:
        products = method.builder.add("einsum", queries, keys, subscripts="rf,sf->rs")
    else:
        receivers, senders = graph.ends()
        at_receiver = method.builder.add("take", queries, method.table("receivers", receivers), axis=0)
        at_sender = method.builder.add("take", keys, method.table("senders", senders), axis=0)
        products = method.builder.add("einsum", at_receiver, at_sender, subscripts="ef,ef->e")
    scale = method.builder.full((), 1.0 / math.sqrt(types[0].shape[1]))
    scaled = method.builder.add("multiply", products, scale)
    result = method.builder.add("expand", scaled, axis=len(graph.shape))
    return method.module("EdgeProducts", "Products of what the receiver and the sender of each edge have.", result)


def _places(graph: Connections) -> np.ndarray:
    receivers, senders = graph.ends()
    return receivers * graph.nodes + senders


GATHER_NODES = LayerRule(_gather_nodes)
TAKE_EDGES = LayerRule(_take_edges)
PLACE_EDGES = LayerRule(_place_edges)
EDGE_PRODUCTS = LayerRule(_edge_products)
