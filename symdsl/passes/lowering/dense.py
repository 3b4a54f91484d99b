"""A dense layer is `linear` with a weight (out, in) and a bias (out)."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.shape import Dense, PartialDense
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Initial, Module, Parameter


def _dense(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, (Dense, PartialDense))
    size = types[0].shape[-1]
    partial = isinstance(attributes, PartialDense)
    spread = Initial("uniform", 1.0, attributes.inputs if partial else size)
    weight = Initial("orthogonal") if not partial and attributes.initial == "orthogonal" else spread
    parameters = [Parameter("weight", (attributes.width, size), weight)]
    builder = MethodBuilder("forward")
    operands = [
        builder.argument("x", ArrayType(types[0].shape, batched=True)),
        builder.parameter("weight", (attributes.width, size)),
    ]
    if attributes.bias:
        parameters.append(Parameter("bias", (attributes.width,), spread))
        operands.append(builder.parameter("bias", (attributes.width,)))
    builder.output("y", builder.add("linear", *operands))
    return Module(
        "Dense" if attributes.bias else "DenseWithoutBias",
        "y = W x + b with a free matrix." if attributes.bias else "y = W x with a free matrix.",
        (builder.build(),),
        dimensions=(("inputs", size), ("outputs", attributes.width)),
        parameters=tuple(parameters),
    )


DENSE = LayerRule(_dense)
PARTIAL_DENSE = LayerRule(_dense)
