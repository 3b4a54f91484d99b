"""Pooling over windows of the grid."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.check.grid import Window
from symdsl.ir.feature_map import fibre_of, map_action, moved_actions, require_window
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType


class SpatialPooling(Attributes):
    """The maximum or mean over windows, channel by channel.

    Equivariant where the windows are mapped to each other, that is where they cover the grid evenly; `approximate`
    allows others.
    """

    op: ClassVar[str] = "spatial_pooling"
    lowering: ClassVar[str] = "symdsl.passes.lowering.spatial_pooling:SPATIAL_POOLING"

    symmetry: str | None = None
    kind: Literal["max", "mean"]
    kernel: int
    stride: int
    padding: int = 0
    approximate: bool = False

    @property
    def window(self) -> Window:
        """The window that is pooled over."""
        return Window(self.kernel, self.stride, self.padding)

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        fibre = fibre_of(self.symmetry, value, "pooling")
        grid = require_window(self.symmetry, value, self.window, self.approximate, "pooling")
        shape = (value.shape[0], *grid)
        own = map_action(value.actions[self.symmetry].group, fibre, grid) if self.symmetry is not None else None
        return value.with_shape(shape, moved_actions(value, self.symmetry, shape, own))
