"""Sums, means, maxima and softmax over the edges that each node receives.

All pairs are reduced over the axis of senders under a mask; lists of edges by segments.
"""

from __future__ import annotations

import numpy as np

from symdsl.ir.connections import Connections
from symdsl.ir.graph import Node
from symdsl.ir.operations.graph_aggregation import AggregateEdges, Aggregation, AttendEdges, PoolEdges, PoolNodes
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.graph_edges import TableMethod
from symdsl.passes.lowering.rule import InlineRule, LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Module
from symdsl.plan.value import Value

LOWEST = -1e30
"""Stands for minus infinity where an entry is no edge: finite, so that no product with 0 is undefined."""


def _masked(method: TableMethod, graph: Connections, value: Value) -> Value:
    """The value with 0 where there is no edge."""
    return value if graph.complete else method.builder.add("multiply", value, method.mask(graph, value.rank))


def _lowered(method: TableMethod, graph: Connections, value: Value) -> Value:
    """The value with `LOWEST` where there is no edge."""
    if graph.complete:
        return value
    is_edge = method.builder.add("cast", method.mask(graph, value.rank), dtype="boolean")
    return method.builder.add("where", is_edge, value, method.builder.full((1,) * value.rank, LOWEST))


def _received(method: TableMethod, graph: Connections, rank: int) -> Value:
    """How many edges each node receives, at least 1, with as many axes of size 1 behind as make `rank`."""
    degrees = np.maximum(graph.in_degrees(), 1.0).reshape(graph.nodes, *(1,) * (rank - 1))
    return method.table("received", 1.0 / degrees)


def _over_senders(method: TableMethod, graph: Connections, value: Value, function: Aggregation) -> Value:
    """(receiver, sender, ..) or (edge, ..) -> (receiver, ..)."""
    builder = method.builder
    if function == "max":
        if not graph.pairs:
            receivers, _ = graph.ends()
            return builder.add("segment_max", value, method.table("receivers", receivers), axis=0, count=graph.nodes)
        highest = builder.add("max", _lowered(method, graph, value), axes=(1,))
        return _without_idle(method, graph, highest)
    if graph.pairs:
        total = _sum_over_senders(method, graph, value)
    else:
        receivers, _ = graph.ends()
        total = builder.add("segment_sum", value, method.table("receivers", receivers), axis=0, count=graph.nodes)
    return total if function == "sum" else builder.add("multiply", total, _received(method, graph, total.rank))


def _sum_over_senders(method: TableMethod, graph: Connections, value: Value) -> Value:
    """(receiver, sender, ..) -> (receiver, ..): all but itself are all less itself, without a masked copy of them."""
    builder = method.builder
    if graph.edges is None and not graph.loops:
        letters = "fghijk"[: value.rank - 2]
        itself = builder.add("einsum", value, subscripts=f"rr{letters}->r{letters}")
        return builder.add("subtract", builder.add("sum", value, axes=(1,)), itself)
    return builder.add("sum", _masked(method, graph, value), axes=(1,))


def _without_idle(method: TableMethod, graph: Connections, value: Value) -> Value:
    """0 at the nodes that receive no edge."""
    busy = graph.in_degrees() > 0
    if busy.all():
        return value
    table = method.table("busy", busy.astype(np.float64).reshape(graph.nodes, *(1,) * (value.rank - 1)))
    is_busy = method.builder.add("cast", table, dtype="boolean")
    return method.builder.add("where", is_busy, value, method.builder.full((1,) * value.rank, 0.0))


def _aggregate_edges(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, AggregateEdges)
    method = TableMethod()
    result = _over_senders(method, attributes.graph, method.argument("edges", types[0]), attributes.function)
    name = f"{attributes.function.title()}OverEdges"
    return method.module(name, f"The {attributes.function} over the edges that each node receives.", result)


def _attend_edges(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, AttendEdges)
    graph, method = attributes.graph, TableMethod()
    builder = method.builder
    logits, values = method.argument("logits", types[0]), method.argument("values", types[1])
    if graph.pairs:
        weights = builder.add("softmax", _lowered(method, graph, logits), axis=1)
        if not (graph.in_degrees() > 0).all():
            weights = _masked(method, graph, weights)
        letters = "fghijk"[: len(types[1].shape) - 2]
        flat = builder.add("squeeze", weights, axis=2)
        result = builder.add("einsum", flat, values, subscripts=f"rs,rs{letters}->r{letters}")
    else:
        receivers, _ = graph.ends()
        table, count = method.table("receivers", receivers), graph.nodes
        # the maximum cancels, and keeps the exponentials in range
        highest = builder.add("segment_max", logits, table, axis=0, count=count)
        shifted = builder.add("subtract", logits, builder.add("take", highest, table, axis=0))
        shares = builder.add("exp", shifted)
        total = builder.add("segment_sum", shares, table, axis=0, count=count)
        weights = builder.add("divide", shares, builder.add("take", total, table, axis=0))
        for _ in range(values.rank - 2):
            weights = builder.add("expand", weights, axis=weights.rank)
        result = builder.add("segment_sum", builder.add("multiply", weights, values), table, axis=0, count=count)
    return method.module("AttendEdges", "The mean over the edges of each node, weighted by a softmax.", result)


def _pool_edges(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, PoolEdges)
    graph, function, method = attributes.graph, attributes.function, TableMethod()
    value = method.argument("edges", types[0])
    axes = tuple(range(len(graph.shape)))
    if not graph.count:
        result = method.builder.add("sum", _masked(method, graph, value) if graph.pairs else value, axes=axes)
    elif function == "max":
        result = method.builder.add("max", _lowered(method, graph, value) if graph.pairs else value, axes=axes)
    else:
        result = method.builder.add("sum", _masked(method, graph, value) if graph.pairs else value, axes=axes)
        if function == "mean":
            result = method.builder.add("multiply", result, method.builder.full((), 1.0 / graph.count))
    return method.module(f"{function.title()}OfEdges", f"The {function} over all edges.", result)


def _pool_nodes(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, PoolNodes)
    return builder.add(node.attributes.function, operands[0], axes=(0,))


AGGREGATE_EDGES = LayerRule(_aggregate_edges)
ATTEND_EDGES = LayerRule(_attend_edges)
POOL_EDGES = LayerRule(_pool_edges)
POOL_NODES = InlineRule(_pool_nodes)
