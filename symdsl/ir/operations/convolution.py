"""Convolutions over feature maps: lifting, group to group, and plain."""

from __future__ import annotations

from typing import ClassVar

from symdsl.check.grid import Window
from symdsl.ir.feature_map import Fibre, fibre_of, map_action, moved_actions, require_window
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType


class Convolution(Attributes):
    """y(g) = sum over x and channels of f(x) w(g^-1 x), one copy of every filter for each element of the group.

    The lifting correlation where the operand has no group axis, the group correlation where it has one (Cohen & Welling
    2016, 1602.07576, eq. 10 and 11). Without a `symmetry`, or with a group of one element, a plain convolution.
    Rotations finer than quarter turns move the filters bilinearly within a disk: exact only on the elements that move
    pixels to pixels. `approximate` allows windows that miss the far end of the grid. `gain` scales the first weights,
    normal with standard deviation gain / sqrt(fan in).
    """

    op: ClassVar[str] = "convolution"
    lowering: ClassVar[str] = "symdsl.passes.lowering.convolution:CONVOLUTION"

    symmetry: str | None = None
    fields: int
    kernel: int
    stride: int = 1
    padding: int = 0
    bias: bool = True
    approximate: bool = False
    gain: float = 1.0

    @property
    def window(self) -> Window:
        """The window that the filters move in."""
        return Window(self.kernel, self.stride, self.padding)

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        fibre_of(self.symmetry, value, "a convolution")
        grid = require_window(self.symmetry, value, self.window, self.approximate, "a convolution")
        if self.symmetry is None:
            shape = (self.fields, *grid)
            return value.with_shape(shape, moved_actions(value, None, shape, None))
        group = value.actions[self.symmetry].group
        fibre = Fibre(self.fields, group.order or 1)
        shape = (fibre.channels, *grid)
        return value.with_shape(shape, moved_actions(value, self.symmetry, shape, map_action(group, fibre, grid)))
