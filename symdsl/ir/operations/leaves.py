"""The leaves of a graph."""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class Input(Attributes):
    """A field of the data, or an argument of a region."""

    op: ClassVar[str] = "input"
    lowering: ClassVar[str] = "symdsl.passes.lowering.leaves:INPUT"

    field: str
    type: ValueType

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        if inputs:
            raise EquivarianceError("an input has no operands")
        return self.type
