"""Pooling over the group is a reduction over the copies of each field."""

from __future__ import annotations

from symdsl.ir.feature_map import fibre_of, vector_fibre_of
from symdsl.ir.graph import Node
from symdsl.ir.operations.group_pooling import GroupPooling
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.image_layout import channel_axis
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _group_pooling(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, GroupPooling)
    is_vector = len(types[0].shape) == 1
    read = vector_fibre_of if is_vector else fibre_of
    fibre = read(attributes.symmetry, types[0], "group pooling")
    if fibre.copies == 1:
        return operands[0]
    axis = 0 if is_vector else channel_axis(context)
    copies = builder.add("split", operands[0], axis=axis, sizes=(fibre.copies, fibre.fields))
    return builder.add(attributes.kind, copies, axes=(axis,))


GROUP_POOLING = InlineRule(_group_pooling)
