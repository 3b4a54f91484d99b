"""Pooling over windows is the plan's `max_pool` or `average_pool`."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.spatial_pooling import SpatialPooling
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.image_layout import layout_name
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _spatial_pooling(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, SpatialPooling)
    return builder.add(
        "max_pool" if attributes.kind == "max" else "average_pool",
        operands[0],
        size=attributes.kernel,
        stride=attributes.stride,
        padding=attributes.padding,
        layout=layout_name(context),
    )


SPATIAL_POOLING = InlineRule(_spatial_pooling)
