"""Dropout."""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.pointwise import commutes_with_pointwise
from symdsl.ir.types import ValueType


class Dropout(Attributes):
    """In training each entry is 0 with probability `rate`, else scaled by 1 / (1 - rate); in inference the identity.

    The noise of each entry is drawn alike, so where a symmetry only moves entries about, the distribution over outputs
    moves as the input does; where it mixes them, what is left is no longer known to.
    """

    op: ClassVar[str] = "dropout"
    lowering: ClassVar[str] = "symdsl.passes.lowering.dropout:DROPOUT"

    rate: float

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        kept = {name: action for name, action in value.actions.items() if commutes_with_pointwise(action)}
        return value.with_shape(value.shape, kept)
