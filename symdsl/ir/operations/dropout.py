"""Dropout."""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType


class Dropout(Attributes):
    """In training each entry is 0 with probability `rate`, else scaled by 1 / (1 - rate); in inference the identity.

    The noise of each entry is drawn alike, so the distribution over outputs moves as the input does.
    """

    op: ClassVar[str] = "dropout"
    lowering: ClassVar[str] = "symdsl.passes.lowering.dropout:DROPOUT"

    rate: float

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        return value.with_shape(value.shape, dict(value.actions))
