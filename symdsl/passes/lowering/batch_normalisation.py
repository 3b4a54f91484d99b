"""Batch normalisation is the plan's `batch_norm` with one statistic for each field, and running averages of it."""

from __future__ import annotations

from symdsl.ir.feature_map import fibre_of
from symdsl.ir.graph import Node
from symdsl.ir.operations.batch_normalisation import BatchNormalisation
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.image_layout import layout_name, map_type
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Initial, Method, Module, Parameter, State


def _batch_normalisation(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, BatchNormalisation)
    fields = fibre_of(attributes.symmetry, types[0], "batch normalisation").fields
    x, layout = map_type(types[0], context), layout_name(context)
    return Module(
        "BatchNormalisation",
        "One mean and variance for each field, over batch, group axis and space: shared by the copies of a field.",
        (_forward(attributes, x, fields, layout), _forward_train(attributes, x, fields, layout)),
        dimensions=(("fields", fields),),
        parameters=(
            Parameter("scale", (fields,), Initial("constant", 1.0)),
            Parameter("shift", (fields,), Initial("constant", 0.0)),
        ),
        state=(State("mean", (fields,), 0.0), State("variance", (fields,), 1.0)),
    )


def _forward(attributes: BatchNormalisation, x: ArrayType, fields: int, layout: str) -> Method:
    builder = MethodBuilder("forward", "x normalised with the running statistics of each field.")
    operands = (
        builder.argument("x", x),
        builder.state("mean", (fields,)),
        builder.state("variance", (fields,)),
        builder.parameter("scale", (fields,)),
        builder.parameter("shift", (fields,)),
    )
    given = {"layout": layout, "fields": fields, "epsilon": attributes.epsilon}
    builder.output("y", builder.add("batch_norm_inference", *operands, **given))
    return builder.build()


def _forward_train(attributes: BatchNormalisation, x: ArrayType, fields: int, layout: str) -> Method:
    documentation = "x normalised with the statistics of the batch, which enter the running ones."
    builder = MethodBuilder("forward_train", documentation)
    operands = (
        builder.argument("x", x),
        builder.parameter("scale", (fields,)),
        builder.parameter("shift", (fields,)),
    )
    given = {"layout": layout, "fields": fields, "epsilon": attributes.epsilon}
    y, mean, variance = builder.add_many("batch_norm", *operands, **given)
    builder.output("y", y)
    for path, seen in (("mean", mean), ("variance", variance)):
        before = builder.state(path, (fields,))
        builder.update(path, before * (1.0 - attributes.momentum) + seen * attributes.momentum)
    return builder.build()


BATCH_NORMALISATION = LayerRule(_batch_normalisation)
