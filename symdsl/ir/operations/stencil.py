"""Densities over a ring of places: windows of neighbours, and the sum over all places."""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class Windows(Attributes):
    """Row i is x_{i-k}, .., x_{i+k} of each operand x (n,) or (n, c), n around a ring; k is `reach`.

    What moves the places is not followed; a symmetry that moves nothing stays known.
    """

    op: ClassVar[str] = "windows"
    lowering: ClassVar[str] = "symdsl.passes.lowering.stencil:WINDOWS"

    reach: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        lengths = {value.shape[0] for value in inputs if len(value.shape) in (1, 2)}
        if len(lengths) != 1 or any(len(value.shape) not in (1, 2) for value in inputs):
            raise EquivarianceError(f"windows need arrays along one axis, not {[value.shape for value in inputs]}")
        (length,) = lengths
        if length < 2 * self.reach + 1:
            raise EquivarianceError(f"a window of {2 * self.reach + 1} places does not fit a ring of {length}")
        width = (2 * self.reach + 1) * sum(value.size // length for value in inputs)
        return ValueType(shape=(length, width))


class Total(Attributes):
    """The sum of all entries. A symmetry that moves no entry stays known."""

    op: ClassVar[str] = "total"
    lowering: ClassVar[str] = "symdsl.passes.lowering.stencil:TOTAL"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        return ValueType(shape=())
