"""Features of a graph are reshaped, cut and stretched by plan operations of the same kind."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.graph_features import FlattenFeatures, ShapeFeatures, TakeSlice
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _spread_over_nodes(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    return builder.add("broadcast", builder.add("expand", operands[0], axis=0), shape=node.type.shape)


def _flatten_features(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, FlattenFeatures)
    lead, count = node.attributes.lead, len(types[0].shape) - node.attributes.lead
    if count == 0:
        return builder.add("expand", operands[0], axis=lead)
    return operands[0] if count == 1 else builder.add("merge", operands[0], axis=lead, count=count)


def _shape_features(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, ShapeFeatures)
    lead = node.attributes.lead
    sizes = node.attributes.target.shape[lead:]
    if not sizes:
        return builder.add("squeeze", operands[0], axis=lead)
    return operands[0] if len(sizes) == 1 else builder.add("split", operands[0], axis=lead, sizes=sizes)


def _take_slice(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    cut = node.attributes
    assert isinstance(cut, TakeSlice)
    return builder.add("slice", operands[0], axis=cut.axis, start=cut.start, stop=cut.stop, step=1)


SPREAD_OVER_NODES = InlineRule(_spread_over_nodes)
FLATTEN_FEATURES = InlineRule(_flatten_features)
SHAPE_FEATURES = InlineRule(_shape_features)
TAKE_SLICE = InlineRule(_take_slice)
