"""Windows are rolled copies side by side."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.stencil import Windows
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _windows(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Windows)
    reach = node.attributes.reach
    columns = []
    for operand in operands:
        wide = operand if operand.rank == 2 else operand.apply("expand", axis=1)
        columns += [wide.apply("roll", axis=0, shift=-step) if step else wide for step in range(-reach, reach + 1)]
    return columns[0] if len(columns) == 1 else builder.add("concatenate", *columns, axis=1)


def _total(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    (value,) = operands
    return value.apply("sum", axes=tuple(range(value.rank))) if value.rank else value


WINDOWS = InlineRule(_windows)
TOTAL = InlineRule(_total)
