"""The same scalar function at every entry."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.groups.actions.action import Action, Offset
from symdsl.ir.actions import equivalent
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType

PointwiseFunction = Literal["relu", "tanh", "sigmoid", "softplus", "silu", "elu", "gelu", "sin", "identity"]


def commutes_with_pointwise(action: Action) -> bool:
    """True where the action only moves entries about, so that any scalar function commutes with it."""
    return not isinstance(action.geometry, Offset) and all(each.is_permutation for _, each in action.factors)


class Pointwise(Attributes):
    """f at every entry. Equivariant under actions that permute entries, and under no others."""

    op: ClassVar[str] = "pointwise"
    lowering: ClassVar[str] = "symdsl.passes.lowering.pointwise:POINTWISE"

    function: PointwiseFunction

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        kept = {name: action for name, action in value.actions.items() if commutes_with_pointwise(action)}
        return value.with_shape(value.shape, kept)


def _combined(inputs: tuple[ValueType, ...], what: str) -> ValueType:
    """The type of sums and differences of two values, entry by entry."""
    left, right = inputs
    if left.shape != right.shape:
        raise EquivarianceError(
            f"values of shapes {left.shape} and {right.shape} cannot be {what}",
            hint="make both branches end in the same shape",
        )
    kept = {
        name: action
        for name, action in left.actions.items()
        if equivalent(right.actions.get(name), action) and not isinstance(action.geometry, Offset)
    }
    return left.with_shape(left.shape, kept)


class Add(Attributes):
    """x + y, for values of one type."""

    op: ClassVar[str] = "add"
    lowering: ClassVar[str] = "symdsl.passes.lowering.pointwise:ADD"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        return _combined(inputs, "added")


class Subtract(Attributes):
    """x - y, for values of one type."""

    op: ClassVar[str] = "subtract"
    lowering: ClassVar[str] = "symdsl.passes.lowering.pointwise:SUBTRACT"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        return _combined(inputs, "subtracted")


class Multiply(Attributes):
    """`factor` x y entry by entry, for values of one shape that a group only permutes, both alike."""

    op: ClassVar[str] = "multiply"
    lowering: ClassVar[str] = "symdsl.passes.lowering.pointwise:MULTIPLY"

    factor: float = 1.0

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        left, right = inputs
        if left.shape != right.shape:
            raise EquivarianceError(f"values of shapes {left.shape} and {right.shape} cannot be multiplied")
        kept = {
            name: action
            for name, action in left.actions.items()
            if equivalent(right.actions.get(name), action) and commutes_with_pointwise(action)
        }
        return left.with_shape(left.shape, kept)
