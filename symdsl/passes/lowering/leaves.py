"""Inputs become arguments; the framework makes them."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _argument(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    raise ValueError(f"input {node.name} is not among the graph's inputs")


INPUT = InlineRule(_argument)
