"""How feature maps lie in the plan, and the way in and out of that layout."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType
from symdsl.plan.value import Value


def layout_name(context: LoweringContext) -> str:
    """The `layout` attribute of the plan's operations on images."""
    return "channels_last" if context.channels_last else "channels_first"


def map_type(value: ValueType, context: LoweringContext) -> ArrayType:
    """The plan type of a feature map (channels, rows, columns), or of a vector, in the layout of the compile."""
    shape = value.shape
    if context.channels_last and len(shape) == 3:
        shape = (shape[1], shape[2], shape[0])
    return ArrayType(shape, batched=True)


def channel_axis(context: LoweringContext) -> int:
    """The axis of the channels of a feature map."""
    return 2 if context.channels_last else 0


def grid_axes(context: LoweringContext) -> tuple[int, int]:
    """The axes of the rows and columns of a feature map."""
    return (0, 1) if context.channels_last else (1, 2)


def _enter(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    if context.channels_last:
        return builder.add("transpose", operands[0], permutation=(1, 2, 0))
    return builder.add("memory_format", operands[0], format="channels_last")


def _leave(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    if context.channels_last:
        return builder.add("transpose", operands[0], permutation=(2, 0, 1))
    return builder.add("memory_format", operands[0], format="contiguous")


ENTER_IMAGE = InlineRule(_enter)
LEAVE_IMAGE = InlineRule(_leave)
