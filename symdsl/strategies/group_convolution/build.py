"""A group-equivariant convolutional network as IR (Cohen & Welling 2016, 1602.07576)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from symdsl.check.declaration import Offer
from symdsl.check.spec import Enforcement, Model
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.batch_normalisation import BatchNormalisation
from symdsl.ir.operations.convolution import Convolution
from symdsl.ir.operations.dropout import Dropout
from symdsl.ir.operations.group_pooling import GroupPooling
from symdsl.ir.operations.image_layout import EnterImage, LeaveImage
from symdsl.ir.operations.pointwise import Add, Pointwise, PointwiseFunction
from symdsl.ir.operations.shape import Dense, Unpack
from symdsl.ir.operations.spatial_pooling import SpatialPooling
from symdsl.ir.operations.spatial_reduction import SpatialReduction
from symdsl.strategies.group_convolution import vocabulary as layers
from symdsl.strategies.group_convolution.architecture import changes_size
from symdsl.strategies.group_convolution.declaration import GroupConvolutionOptions, resolve
from symdsl.strategies.group_convolution.walk import Stage, Walk
from symdsl.strategies.group_convolution.windows import layer_windows
from symdsl.strategies.strategy import Target

RELU_GAIN = math.sqrt(2.0)

RISING = frozenset({"relu", "tanh", "sigmoid", "softplus", "elu"})
"""Activations that never fall: the largest of f(x) is f of the largest x, so that f can wait until after a max pool,
where fewer numbers are left."""


class GroupConvolution:
    """Lifts an image to the group, convolves over the group, and pools over group and space for the output."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the layers of the list; returns the node of the target. Raises EquivarianceError, SymdslError."""
        offer = _offer(model, enforcement)
        plan, diagnostics = resolve(offer)
        if plan is None:
            raise SymdslError(*diagnostics)
        options = enforcement.options
        assert isinstance(options, GroupConvolutionOptions)
        (image,) = inputs.values()
        (target,) = targets
        symmetry = plan.symmetry.name if plan.symmetry else None
        writer = _Writer(builder, plan.walk, symmetry, options.exactness == "approximate")
        value = writer.write(builder.add(EnterImage(), image))
        if plan.walk.setting.target_grid is not None:
            return {target.name: builder.add(LeaveImage(), value)}
        if target.type.shape != builder.type_of(value).shape:
            value = builder.add(Unpack(target=target.type), value)
        return {target.name: value}


def _offer(model: Model, enforcement: Enforcement) -> Offer:
    """What the checker put before the declaration, once more."""
    return Offer(
        inputs=tuple(model.fields[name] for name in model.inputs),
        targets=() if model.structure else tuple(model.fields[name] for name in model.outputs),
        symmetries=tuple(model.symmetries[name] for name in enforcement.symmetries),
        all_symmetries=tuple(model.symmetries.values()),
        options=enforcement.options,
        option_spans=enforcement.option_spans,
        span=enforcement.span,
        scalar_target=model.structure is not None,
    )


@dataclass
class _Writer:
    """Writes stages into a graph. `symmetry` becomes None once the group axis is flattened."""

    builder: GraphBuilder
    walk: Walk
    symmetry: str | None
    approximate: bool
    waiting: str = "identity"

    def write(self, value: int) -> int:
        """All stages in order; returns the last value. `waiting` is the activation that comes after the next pool."""
        stages = self.walk.stages
        for stage, following in zip(stages, (*stages[1:], None), strict=True):
            pooled = following is not None and isinstance(following.layer, layers.Pool)
            if isinstance(stage.layer, layers.Conv) and pooled and stage.activation in RISING:
                self.waiting = stage.activation
            value = self._stage(stage, value)
            if isinstance(stage.layer, layers.Pool):
                value, self.waiting = self._activate(self.waiting, value), "identity"
        return value

    def _add(self, attributes: Attributes, *operands: int, name: str | None = None) -> int:
        return self.builder.add(attributes, *operands, name=name)

    def _stage(self, stage: Stage, value: int) -> int:
        match stage.layer:
            case layers.Conv():
                return self._convolution(stage, stage.layer, value)
            case layers.Residual():
                return self._residual(stage, stage.layer, value)
            case layers.Pool() | layers.AveragePool():
                return self._pool(stage.layer, value)
            case layers.GroupPool():
                return self._group_pool(stage.layer.kind, value)
            case layers.SpacePool():
                kind = cast(Literal["max", "mean"], stage.layer.kind)
                return self._add(SpatialReduction(symmetry=self.symmetry, kind=kind), value)
            case layers.Dropout():
                return self._add(Dropout(rate=stage.layer.rate), value, name=stage.name)
            case layers.Norm():
                return self._norm(stage.name, value)
            case layers.Activation():
                return self._activate(stage.layer.function, value)
            case layers.Dense():
                dense = self._add(Dense(width=stage.layer.width), value, name=stage.name)
                return self._activate(stage.layer.activation, dense)
            case layers.FlattenGroup():
                self.symmetry = None
        return value

    def _convolution(self, stage: Stage, layer: layers.Conv, value: int) -> int:
        gain = RELU_GAIN if stage.activation != "identity" else 1.0
        attributes = self._attributes(layer.fields, layer.kernel, layer.stride, layer.margin, gain, layer.bias)
        value = self._add(attributes, value, name=stage.name)
        if stage.norm:
            value = self._norm(stage.name.replace("conv", "norm"), value)
        if layer.pool_rotations and stage.activation in RISING:
            value = self._group_pool("max", value)
        if self.waiting == "identity":
            value = self._activate(stage.activation, value)
        return self._group_pool("max", value) if layer.pool_rotations and stage.activation not in RISING else value

    def _attributes(
        self, fields: int, kernel: int, stride: int, padding: int, gain: float = RELU_GAIN, bias: bool = True
    ) -> Convolution:
        return Convolution(
            symmetry=self.symmetry,
            fields=fields,
            kernel=kernel,
            stride=stride,
            padding=padding,
            bias=bias,
            approximate=self.approximate,
            gain=gain,
        )

    def _residual(self, stage: Stage, layer: layers.Residual, value: int) -> int:
        first, second = layer_windows(layer)
        path = self._activate("relu", self._norm(f"{stage.name}_norm1", value))
        attributes = self._attributes(layer.fields, layer.kernel, layer.stride, first.padding)
        path = self._add(attributes, path, name=f"{stage.name}_conv1")
        path = self._activate("relu", self._norm(f"{stage.name}_norm2", path))
        attributes = self._attributes(layer.fields, layer.kernel, 1, second.padding)
        path = self._add(attributes, path, name=f"{stage.name}_conv2")
        if changes_size(stage.before, stage.after, layer):
            attributes = self._attributes(layer.fields, 1, layer.stride, 0, 1.0)
            value = self._add(attributes, value, name=f"{stage.name}_shortcut")
        return self._add(Add(), value, path)

    def _pool(self, layer: layers.Pool | layers.AveragePool, value: int) -> int:
        (window,) = layer_windows(layer)
        attributes = SpatialPooling(
            symmetry=self.symmetry,
            kind="max" if isinstance(layer, layers.Pool) else "mean",
            kernel=window.kernel,
            stride=window.stride,
            padding=window.padding,
            approximate=self.approximate,
        )
        return self._add(attributes, value)

    def _group_pool(self, kind: str, value: int) -> int:
        if self.symmetry is None:
            return value
        return self._add(GroupPooling(symmetry=self.symmetry, kind=cast(Literal["max", "mean"], kind)), value)

    def _norm(self, name: str, value: int) -> int:
        return self._add(BatchNormalisation(symmetry=self.symmetry), value, name=name)

    def _activate(self, function: str, value: int) -> int:
        if function == "identity":
            return value
        return self._add(Pointwise(function=cast(PointwiseFunction, function)), value)


STRATEGY = GroupConvolution()
