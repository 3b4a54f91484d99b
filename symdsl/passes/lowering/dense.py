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
    weight, bias = _initial(attributes, size)
    parameters = [Parameter("weight", (attributes.width, size), weight)]
    builder = MethodBuilder("forward")
    operands = [
        builder.argument("x", ArrayType(types[0].shape, batched=True)),
        builder.parameter("weight", (attributes.width, size)),
    ]
    if attributes.bias:
        parameters.append(Parameter("bias", (attributes.width,), bias))
        operands.append(builder.parameter("bias", (attributes.width,)))
    builder.output("y", builder.add("linear", *operands))
    return Module(
        "Dense" if attributes.bias else "DenseWithoutBias",
        "y = W x + b with a free matrix." if attributes.bias else "y = W x with a free matrix.",
        (builder.build(),),
        dimensions=(("inputs", size), ("outputs", attributes.width)),
        parameters=tuple(parameters),
    )


def _initial(attributes: Dense | PartialDense, size: int) -> tuple[Initial, Initial]:
    """How weight and bias are drawn."""
    if isinstance(attributes, PartialDense):
        return Initial("uniform", 1.0, attributes.inputs), Initial("uniform", 1.0, attributes.inputs)
    match attributes.initial:
        case "normal":
            return Initial("normal", attributes.gain, max(size, attributes.width)), Initial("constant", 0.0)
        case "orthogonal":
            return Initial("orthogonal"), Initial("uniform", 1.0, size)
        case "default":
            return Initial("uniform", 1.0, size), Initial("uniform", 1.0, size)


DENSE = LayerRule(_dense)
PARTIAL_DENSE = LayerRule(_dense)
