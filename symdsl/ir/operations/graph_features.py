"""Features of nodes, edges and the whole graph: flattened, cut, spread, and given the shape of a field."""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Factor
from symdsl.ir.actions import equivalent
from symdsl.ir.axes import action_of, flattened, linear_factors, moved_axes
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class SpreadOverNodes(Attributes):
    """The same value for every node: y[i, ..] = x. `nodes` (n,) says how many there are and how they are moved."""

    op: ClassVar[str] = "spread_over_nodes"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_features:SPREAD_OVER_NODES"

    nodes: ValueType

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        shape = (*self.nodes.shape, *value.shape)
        kept = {}
        for name, action in value.actions.items():
            factors = linear_factors(action)
            if factors is None or name not in self.nodes.actions:
                continue
            ends = list(self.nodes.actions[name].factors)
            if all(each.is_permutation for _, each in ends):
                rest: list[Factor] = [(tuple(axis + 1 for axis in axes), each) for axes, each in factors]
                kept[name] = action_of(action, shape, [*ends, *rest])
        return value.with_shape(shape, kept)


class FlattenFeatures(Attributes):
    """All axes behind the first `lead` become one, row-major; where there are none it has size 1."""

    op: ClassVar[str] = "flatten_features"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_features:FLATTEN_FEATURES"

    lead: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if len(value.shape) < self.lead:
            raise EquivarianceError(f"an array of shape {value.shape} has no {self.lead} axes")
        return flattened(value, self.lead)


class ShapeFeatures(Attributes):
    """The inverse of `FlattenFeatures`: features (.., f) in the shape of a field."""

    op: ClassVar[str] = "shape_features"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_features:SHAPE_FEATURES"

    lead: int
    target: ValueType

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        flat = flattened(self.target, self.lead)
        if value.shape != flat.shape:
            raise EquivarianceError(f"features of shape {value.shape} cannot become an array of {self.target.shape}")
        kept = {
            name: action
            for name, action in self.target.actions.items()
            if name in flat.actions and equivalent(flat.actions[name], value.actions.get(name))
        }
        return self.target.with_shape(self.target.shape, kept)


class TakeSlice(Attributes):
    """The entries from `start` to `stop` (excluded) of one axis, which no symmetry moves."""

    op: ClassVar[str] = "take_slice"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_features:TAKE_SLICE"

    axis: int
    start: int
    stop: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if not (0 <= self.axis < len(value.shape) and 0 <= self.start < self.stop <= value.shape[self.axis]):
            raise EquivarianceError(f"axis {self.axis} of {value.shape} has no entries {self.start} to {self.stop}")
        shape = (*value.shape[: self.axis], self.stop - self.start, *value.shape[self.axis + 1 :])
        places = {axis: axis for axis in range(len(shape)) if axis != self.axis}
        return value.with_shape(shape, moved_axes(value, shape, places))
