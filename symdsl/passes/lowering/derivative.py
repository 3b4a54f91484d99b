"""Gradients are written out in plan operations, as another method of the scalar's own module."""

from __future__ import annotations

from dataclasses import replace

from symdsl.ir.graph import Node
from symdsl.ir.operations.derivative import Gradient, SymplecticField
from symdsl.ir.types import ValueType
from symdsl.passes.differentiate import gradient
from symdsl.passes.lowering.lower import argument_name
from symdsl.passes.lowering.rule import InlineRule, LayerRule, LoweringContext
from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Module
from symdsl.plan.value import Value


def _gradient(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, Gradient)
    scalar = context.lower_region(attributes.region, attributes.scalar.title().replace("_", ""))
    derivative = simplify(gradient(scalar, "forward", wrt=(argument_name(attributes.wrt),)))
    derivative = replace(
        derivative,
        name="gradient",
        documentation=f"d {attributes.scalar} / d {attributes.wrt}, sample by sample.",
    )
    return replace(scalar, methods=(*scalar.methods, derivative))


def _symplectic_field(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, SymplecticField)
    axis = attributes.axis
    by_position = builder.add("slice", operands[0], axis=axis, start=0, stop=1, step=1, name="dh_dq")
    by_momentum = builder.add("slice", operands[0], axis=axis, start=1, stop=2, step=1, name="dh_dp")
    return builder.add("concatenate", by_momentum, builder.add("negate", by_position), axis=axis)


GRADIENT = LayerRule(_gradient, method="gradient")
SYMPLECTIC_FIELD = InlineRule(_symplectic_field)
