"""Rows of a graph are gathered and brought together by the plan's operations on rows."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.graph_rows import AggregateRows
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value

Types = tuple[ValueType, ...]


def _take_rows(
    node: Node, builder: MethodBuilder, operands: tuple[Value, ...], types: Types, context: LoweringContext
) -> Value:
    return builder.add("take_rows", *operands)


def _aggregate_rows(
    node: Node, builder: MethodBuilder, operands: tuple[Value, ...], types: Types, context: LoweringContext
) -> Value:
    assert isinstance(node.attributes, AggregateRows)
    value, index, like = operands
    if node.attributes.function == "max":
        return builder.add("max_rows", value, index, like)
    total = builder.add("sum_rows", value, index, like)
    return total if node.attributes.function == "sum" else total / _count(builder, index, like, value.rank)


def _mean_of_points(
    node: Node, builder: MethodBuilder, operands: tuple[Value, ...], types: Types, context: LoweringContext
) -> Value:
    value, index, like = operands
    return builder.add("sum_rows", value, index, like) / _count(builder, index, like, value.rank)


def _count(builder: MethodBuilder, index: Value, like: Value, rank: int) -> Value:
    """How many rows are brought together, at least 1, with `rank` axes of size 1."""
    ones = builder.add("batch_broadcast", builder.full((), 1.0), index)
    count = builder.add("maximum", builder.add("sum_rows", ones, index, like), builder.full((), 1.0))
    for _ in range(rank):
        count = builder.add("expand", count, axis=0)
    return count


def _attend_rows(
    node: Node, builder: MethodBuilder, operands: tuple[Value, ...], types: Types, context: LoweringContext
) -> Value:
    logits, values, index, like = operands
    # the maximum cancels, and keeps the exponentials in range
    highest = builder.add("take_rows", builder.add("max_rows", logits, index, like), index)
    shares = builder.add("exp", logits - highest)
    weights = shares / builder.add("take_rows", builder.add("sum_rows", shares, index, like), index)
    for _ in range(values.rank - 1):
        weights = builder.add("expand", weights, axis=weights.rank)
    return builder.add("sum_rows", weights * values, index, like)


def _row_products(
    node: Node, builder: MethodBuilder, operands: tuple[Value, ...], types: Types, context: LoweringContext
) -> Value:
    queries, keys = operands
    total = builder.add("sum", queries * keys, axes=(0,)) * (1.0 / types[0].shape[0] ** 0.5)
    return builder.add("expand", total, axis=0)


TAKE_ROWS = InlineRule(_take_rows)
AGGREGATE_ROWS = InlineRule(_aggregate_rows)
MEAN_OF_POINTS = InlineRule(_mean_of_points)
ATTEND_ROWS = InlineRule(_attend_rows)
ROW_PRODUCTS = InlineRule(_row_products)
