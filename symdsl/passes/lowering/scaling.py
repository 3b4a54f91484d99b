"""Scales and means are state of a layer of their own: training sets them from its data, and no optimiser moves them."""

from __future__ import annotations

import numpy as np

from symdsl.groups.actions.blocks import Blocks
from symdsl.ir.graph import Node
from symdsl.ir.operations.scaling import Normalise, Restore, ScaleEnergy
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Constant, Method, Module, State, Table
from symdsl.plan.value import Value

MEAN, SCALE = "mean", "scale"
DIFFERENCE = "difference"
"""The method of a layer of scales that gives (y - target) / scale, which a loss is made of."""


def _normalise(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, Normalise)
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType(types[0].shape, batched=True))
    if attributes.shifted:
        x = x - _statistic(builder, MEAN, attributes.blocks)
    builder.output("y", x / _statistic(builder, SCALE, attributes.blocks))
    text = "(x - mean) / scale" if attributes.shifted else "x / scale"
    documentation = f"{text}, statistics of the training data: one for all entries that a symmetry mixes."
    return _module("Normalise", documentation, (builder.build(),), attributes.blocks, attributes.shifted)


def _restore(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, Restore)
    builder = MethodBuilder("forward")
    y = builder.argument("x", ArrayType(types[0].shape, batched=True)) * _statistic(builder, SCALE, attributes.blocks)
    if attributes.shifted:
        y = y + _statistic(builder, MEAN, attributes.blocks)
    builder.output("y", y)
    text = "x scale + mean" if attributes.shifted else "x scale"
    documentation = f"{text}, the units of the training data: one scale for all entries that a symmetry mixes."
    methods = (builder.build(), _difference(types[0].shape, attributes.blocks))
    return _module("Restore", documentation, methods, attributes.blocks, attributes.shifted)


def _scale_energy(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    assert isinstance(node.attributes, ScaleEnergy)
    builder = MethodBuilder("forward")
    builder.output("y", builder.argument("x", ArrayType((), batched=True)) * builder.state(SCALE, ()))
    return Module(
        "ScaleEnergy",
        "x scale: an energy in the units of the training data.",
        (builder.build(),),
        state=(State(SCALE, (), 1.0),),
    )


def units_layer(shape: tuple[int, ...], blocks: Blocks) -> Module:
    """The scales of an output that a structure makes, which its loss is measured in."""
    documentation = "The units of an output in the training data, which its loss is measured in."
    return _module("Units", documentation, (_difference(shape, blocks),), blocks, shifted=False)


def _difference(shape: tuple[int, ...], blocks: Blocks) -> Method:
    builder = MethodBuilder(DIFFERENCE)
    y, target = (builder.argument(name, ArrayType(shape, batched=True)) for name in ("y", "target"))
    builder.output("difference", (y - target) / _statistic(builder, SCALE, blocks))
    return builder.build()


def _module(name: str, documentation: str, methods: tuple[Method, ...], blocks: Blocks, shifted: bool) -> Module:
    means = (State(MEAN, blocks.shape, 0.0),) if shifted else ()
    return Module(
        name,
        documentation,
        methods,
        constants=tuple(
            Constant(f"blocks_{axis}", table=Table.from_array(np.asarray(labels, dtype=np.int64)))
            for axis, labels in _gathered(blocks)
        ),
        state=(*means, State(SCALE, blocks.shape, 1.0)),
    )


def _statistic(builder: MethodBuilder, path: str, blocks: Blocks) -> Value:
    """A statistic that stretches over a sample: an axis in one block has size 1, other blocks are laid out."""
    value = builder.state(path, blocks.shape)
    for axis, labels in _gathered(blocks):
        value = value.apply("take", builder.constant(f"blocks_{axis}", (len(labels),), "integer"), axis=axis)
    return value


def _gathered(blocks: Blocks) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The axes whose labels are neither all equal nor all different."""
    return tuple(
        (axis, labels)
        for axis, (labels, count) in enumerate(zip(blocks.axes, blocks.shape, strict=True))
        if 1 < count < len(labels)
    )


NORMALISE = LayerRule(_normalise)
RESTORE = LayerRule(_restore)
SCALE_ENERGY = LayerRule(_scale_energy)
