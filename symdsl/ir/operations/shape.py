"""Packing fields into one vector, and giving a vector the shape of a field."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.groups.actions.action import Action
from symdsl.ir.actions import direct_sum, equivalent, is_linear, simplified, vector_action
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


def packed_action(name: str, inputs: tuple[ValueType, ...]) -> Action | None:
    """The action on the packed vector of one symmetry, or None where a field has none or is not linear."""
    actions = [value.actions.get(name) for value in inputs]
    known = [action for action in actions if action is not None]
    if len(known) < len(actions) or not all(is_linear(action) for action in known):
        return None
    return vector_action(direct_sum(tuple(action.representation() for action in known)))


class Pack(Attributes):
    """Flatten every operand in row-major order and join them into one vector."""

    op: ClassVar[str] = "pack"
    lowering: ClassVar[str] = "symdsl.passes.lowering.shape:PACK"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        if not inputs:
            raise EquivarianceError("there is nothing to pack")
        names = sorted({name for value in inputs for name in value.actions})
        actions = {name: action for name in names if (action := packed_action(name, inputs)) is not None}
        return ValueType(shape=(sum(value.size for value in inputs),), actions=actions)


class Unpack(Attributes):
    """Give a vector the shape of a field. A symmetry is kept where the field's flat representation is the vector's."""

    op: ClassVar[str] = "unpack"
    lowering: ClassVar[str] = "symdsl.passes.lowering.shape:UNPACK"

    target: ValueType

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if value.size != self.target.size:
            raise EquivarianceError(
                f"a vector of {value.size} entries cannot become an array of shape {self.target.shape}"
            )
        kept = {
            name: action
            for name, action in self.target.actions.items()
            if is_linear(action) and equivalent(packed_action(name, (self.target,)), value.actions.get(name))
        }
        return self.target.with_shape(self.target.shape, kept)


class UnpackPart(Attributes):
    """One of the fields that were packed into a vector, number `place` of `targets`. Symmetries as of `Unpack`."""

    op: ClassVar[str] = "unpack_part"
    lowering: ClassVar[str] = "symdsl.passes.lowering.shape:UNPACK_PART"

    targets: tuple[ValueType, ...]
    place: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if value.shape != (sum(target.size for target in self.targets),):
            raise EquivarianceError(f"a vector of {value.size} entries is not these fields packed")
        target = self.targets[self.place]
        kept = {
            name: action
            for name, action in target.actions.items()
            if is_linear(action) and equivalent(packed_action(name, self.targets), value.actions.get(name))
        }
        return target.with_shape(target.shape, kept).model_copy(update={"flows": value.flows})


class Dense(Attributes):
    """y = W x + b along the last axis, with a free matrix. A symmetry that does not move that axis stays known.

    `initial` is default (uniform), orthogonal, or normal: deviation gain / sqrt(larger side) and biases 0.
    """

    op: ClassVar[str] = "dense"
    lowering: ClassVar[str] = "symdsl.passes.lowering.dense:DENSE"

    width: int
    bias: bool = True
    initial: Literal["default", "orthogonal", "normal"] = "default"
    gain: float = 1.0

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if not value.shape:
            raise EquivarianceError("a dense layer takes a vector, not a single number")
        shape, last = (*value.shape[:-1], self.width), len(value.shape) - 1
        kept = {}
        for name, action in value.actions.items():
            factors = simplified(action).factors
            if action.geometry is None and all(last not in axes for axes, _ in factors):
                kept[name] = Action(action.group, shape, factors)
        return value.with_shape(shape, kept)


class PartialDense(Attributes):
    """W x for some columns W of the matrix of a larger layer, which sees `inputs` numbers in all.

    A layer on several values, such as those of an edge, its ends and the whole graph, is the sum of its parts.
    """

    op: ClassVar[str] = "partial_dense"
    lowering: ClassVar[str] = "symdsl.passes.lowering.dense:PARTIAL_DENSE"

    width: int
    inputs: int
    bias: bool = False

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        return Dense(width=self.width, bias=self.bias).infer_type(inputs)
