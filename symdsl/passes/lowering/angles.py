"""Angles are a cosine and a sine, or a remainder."""

from __future__ import annotations

from math import pi

from symdsl.ir.graph import Node
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _cosine_sine(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    (angle,) = operands
    pair = [angle.apply(function).apply("expand", axis=angle.rank) for function in ("cos", "sin")]
    return builder.add("concatenate", *pair, axis=angle.rank)


def _wrap(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    (angle,) = operands
    turns = ((angle + pi) * (0.5 / pi)).apply("floor")
    return angle - turns * (2 * pi)


COSINE_SINE = InlineRule(_cosine_sine)
WRAP = InlineRule(_wrap)
