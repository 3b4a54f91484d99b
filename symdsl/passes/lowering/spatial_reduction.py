"""Pooling over all of space is a reduction over rows and columns."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.spatial_reduction import SpatialReduction
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.image_layout import grid_axes
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _spatial_reduction(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, SpatialReduction)
    rows, columns = grid_axes(context)
    if types[0].shape[1:] == (1, 1):
        return builder.add("squeeze", builder.add("squeeze", operands[0], axis=columns), axis=rows)
    return builder.add(attributes.kind, operands[0], axes=(rows, columns))


SPATIAL_REDUCTION = InlineRule(_spatial_reduction)
