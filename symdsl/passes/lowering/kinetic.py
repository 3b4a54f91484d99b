"""Kinetic energies as sums of squares."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.kinetic import QuadraticLagrangian
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.passes.lowering.shape import flatten
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _half_square(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    (value,) = operands
    return _sum_of_squares(value) * 0.5


def _quadratic_lagrangian(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, QuadraticLagrangian)
    factor, potential, velocity = operands
    flat = flatten(builder, velocity, velocity.rank)
    whole = factor + builder.unit_matrix(factor.shape[0])
    spread = whole.apply("einsum", flat, subscripts="ab,a->b")
    return 0.5 * (_sum_of_squares(spread) + node.attributes.floor * _sum_of_squares(flat)) - potential


def _sum_of_squares(value: Value) -> Value:
    square = value.apply("square")
    return square.apply("sum", axes=tuple(range(value.rank))) if value.rank else square


HALF_SQUARE = InlineRule(_half_square)
QUADRATIC_LAGRANGIAN = InlineRule(_quadratic_lagrangian)
