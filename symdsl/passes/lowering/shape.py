"""Packing and unpacking are merges, splits and concatenations."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.shape import UnpackPart
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def flatten(builder: MethodBuilder, operand: Value, rank: int) -> Value:
    """Any array as a vector."""
    if rank == 0:
        return builder.add("expand", operand, axis=0)
    return operand if rank == 1 else builder.add("merge", operand, axis=0, count=rank)


def _pack(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    vectors = [flatten(builder, operand, len(value.shape)) for operand, value in zip(operands, types, strict=True)]
    return vectors[0] if len(vectors) == 1 else builder.add("concatenate", *vectors, axis=0)


def _unpack(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    shape = node.type.shape
    if not shape:
        return builder.add("squeeze", operands[0], axis=0)
    return operands[0] if len(shape) == 1 else builder.add("split", operands[0], axis=0, sizes=shape)


def _unpack_part(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, UnpackPart)
    start = sum(target.size for target in attributes.targets[: attributes.place])
    part = builder.add("slice", operands[0], axis=0, start=start, stop=start + node.type.size)
    return _unpack(node, builder, (part,), types, context)


PACK = InlineRule(_pack)
UNPACK_PART = InlineRule(_unpack_part)
UNPACK = InlineRule(_unpack)
