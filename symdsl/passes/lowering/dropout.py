"""Dropout is the identity in inference; in training its noise is an argument, one uniform number for each entry."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.dropout import Dropout
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.image_layout import map_type
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module


def _dropout(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, Dropout)
    inference = MethodBuilder("forward")
    inference.output("y", inference.argument("x", map_type(types[0], context)))
    train = _forward_train(attributes.rate, types[0], context)
    documentation = f"Sets each entry to 0 with probability {attributes.rate:g} in training."
    return Module("Dropout", documentation, (inference.build(), train))


def _forward_train(rate: float, value: ValueType, context: LoweringContext) -> Method:
    """The noise is for (channels, rows, columns) whatever the layout, so that all backends can be fed the same."""
    builder = MethodBuilder("forward_train")
    x = builder.argument("x", map_type(value, context))
    noise = builder.noise("noise", ArrayType(value.shape, batched=True), "uniform")
    if context.channels_last and len(value.shape) == 3:
        noise = noise.apply("transpose", permutation=(1, 2, 0))
    builder.output("y", builder.add("dropout", x, noise, rate=rate))
    return builder.build()


DROPOUT = LayerRule(_dropout)
