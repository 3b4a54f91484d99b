"""An axis of points is broadcast or averaged; values are joined by concatenation."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.points import Join, MeanOverPoints, SpreadOverPoints
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _spread_over_points(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, SpreadOverPoints)
    expanded = builder.add("expand", operands[0], axis=node.attributes.axis)
    return builder.add("broadcast", expanded, shape=node.type.shape)


def _mean_over_points(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, MeanOverPoints)
    return builder.add("mean", operands[0], axes=(node.attributes.axis,))


def _join(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Join)
    if len(operands) == 1:
        return operands[0]
    return builder.add("concatenate", *operands, axis=len(node.type.shape) + node.attributes.axis)


SPREAD_OVER_POINTS = InlineRule(_spread_over_points)
MEAN_OVER_POINTS = InlineRule(_mean_over_points)
JOIN = InlineRule(_join)
