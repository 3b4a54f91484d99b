"""What networks see of an angle: a point of the circle, or the angle between -pi and pi."""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class CosineSine(Attributes):
    """(cos x, sin x) of every angle x, along a new last axis: smooth, and the same for x + 2 pi."""

    op: ClassVar[str] = "cosine_sine"
    lowering: ClassVar[str] = "symdsl.passes.lowering.angles:COSINE_SINE"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        shape = (*value.shape, 2)
        return value.with_shape(
            shape, {name: Action(action.group, shape, action.factors) for name, action in _permuted(value).items()}
        )


class Wrap(Attributes):
    """x + 2 pi k in [-pi, pi) for every angle x: the same for x + 2 pi, and cut at pi."""

    op: ClassVar[str] = "wrap"
    lowering: ClassVar[str] = "symdsl.passes.lowering.angles:WRAP"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        return value.with_shape(value.shape, _permuted(value))


def _permuted(value: ValueType) -> dict[str, Action]:
    """The actions, which may exchange angles. Raises EquivarianceError for one that mixes them."""
    for name, action in value.actions.items():
        if action.geometry is not None or not all(each.is_permutation for _, each in action.factors):
            raise EquivarianceError(f"{name} does more to angles than to exchange them")
    return dict(value.actions)
