"""The border between images as users pass them and feature maps as convolutions want them in memory."""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType


class EnterImage(Attributes):
    """The identity: an image (channels, rows, columns) becomes a feature map, in the layout of the compile."""

    op: ClassVar[str] = "enter_image"
    lowering: ClassVar[str] = "symdsl.passes.lowering.image_layout:ENTER_IMAGE"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        return value.with_shape(value.shape, dict(value.actions))


class LeaveImage(Attributes):
    """The identity: a feature map becomes an image (channels, rows, columns) as users read it."""

    op: ClassVar[str] = "leave_image"
    lowering: ClassVar[str] = "symdsl.passes.lowering.image_layout:LEAVE_IMAGE"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        return value.with_shape(value.shape, dict(value.actions))
