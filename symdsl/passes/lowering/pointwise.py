"""Pointwise functions, sums and products are plan operations of the same name."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.pointwise import Multiply, Pointwise
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def add_pointwise(builder: MethodBuilder, function: str, operand: Value) -> Value:
    """f(x) in plan operations."""
    if function == "identity":
        return operand
    if function == "elu":
        return builder.add("elu", operand, alpha=1.0)
    return builder.add(function, operand)


def _pointwise(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Pointwise)
    return add_pointwise(builder, node.attributes.function, operands[0])


def _add(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    return builder.add("add", *operands)


def _subtract(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    return builder.add("subtract", *operands)


def _multiply(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Multiply)
    product = builder.add("multiply", *operands)
    factor = node.attributes.factor
    return product if factor == 1.0 else builder.add("multiply", product, builder.full((), factor))


POINTWISE = InlineRule(_pointwise)
ADD = InlineRule(_add)
SUBTRACT = InlineRule(_subtract)
MULTIPLY = InlineRule(_multiply)
