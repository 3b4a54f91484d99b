"""Features of points, pairs of points and the whole set: an axis that S(n) permutes is added, or averaged over."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from symdsl.groups.actions.action import Action, Factor
from symdsl.groups.actions.placement import Setting, find_setting
from symdsl.ir.actions import simplified
from symdsl.ir.axes import moved_axes
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


def setting_and_factors(symmetry: str, value: ValueType) -> tuple[Setting, tuple[Factor, ...]]:
    """The setting of a symmetry and how it moves a value, factor by factor. Raises EquivarianceError if unknown."""
    action = value.actions.get(symmetry)
    setting = None if action is None else find_setting(action.group)
    if action is None or setting is None or action.geometry is not None:
        raise EquivarianceError(f"the operand is not known to be made of vectors and points under {symmetry}")
    return setting, simplified(action).factors


def carried(value: ValueType, symmetry: str, shape: tuple[int, ...], lead: int) -> dict[str, Action]:
    """How other symmetries than `symmetry` move an array made of a value along its first `lead` axes.

    Those that move an axis behind are lost.
    """
    others = value.with_shape(value.shape, {name: each for name, each in value.actions.items() if name != symmetry})
    return moved_axes(others, shape, {axis: axis for axis in range(lead)})


def value_of(
    symmetry: str,
    setting: Setting,
    shape: tuple[int, ...],
    factors: tuple[Factor, ...],
    others: Mapping[str, Action] = MappingProxyType({}),
) -> ValueType:
    """A value whose axes move by these factors under one symmetry, and as `others` say under others."""
    ordered = tuple(sorted(factors, key=lambda factor: factor[0]))
    return ValueType(shape=shape, actions={symmetry: simplified(Action(setting.group, shape, ordered)), **others})


class SpreadOverPoints(Attributes):
    """The same value for every point: y[.., i, ..] = x, with i at `axis`."""

    op: ClassVar[str] = "spread_over_points"
    lowering: ClassVar[str] = "symdsl.passes.lowering.points:SPREAD_OVER_POINTS"

    symmetry: str
    axis: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        setting, factors = setting_and_factors(self.symmetry, value)
        if setting.permutation is None or not 0 <= self.axis <= len(value.shape):
            raise EquivarianceError(f"{self.symmetry} permutes no points along axis {self.axis}")
        moved = tuple((tuple(axis + (axis >= self.axis) for axis in axes), each) for axes, each in factors)
        shape = (*value.shape[: self.axis], setting.points, *value.shape[self.axis :])
        return value_of(self.symmetry, setting, shape, (*moved, ((self.axis,), setting.permutation)))


class MeanOverPoints(Attributes):
    """The mean over `axis`, along which the points lie."""

    op: ClassVar[str] = "mean_over_points"
    lowering: ClassVar[str] = "symdsl.passes.lowering.points:MEAN_OVER_POINTS"

    symmetry: str
    axis: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        setting, factors = setting_and_factors(self.symmetry, value)
        if ((self.axis,), setting.permutation) not in factors:
            raise EquivarianceError(f"{self.symmetry} does not permute axis {self.axis}")
        kept = tuple(
            (tuple(axis - (axis > self.axis) for axis in axes), each) for axes, each in factors if axes != (self.axis,)
        )
        shape = (*value.shape[: self.axis], *value.shape[self.axis + 1 :])
        return value_of(self.symmetry, setting, shape, kept)


class Join(Attributes):
    """The operands one after another along `axis` (counted from the end), which no symmetry moves."""

    op: ClassVar[str] = "join"
    lowering: ClassVar[str] = "symdsl.passes.lowering.points:JOIN"

    axis: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        first = inputs[0]
        place = len(first.shape) + self.axis
        others = [(*value.shape[:place], *value.shape[place + 1 :]) for value in inputs]
        if not 0 <= place < len(first.shape) or any(other != others[0] for other in others):
            shapes = ", ".join(str(value.shape) for value in inputs)
            raise EquivarianceError(f"values of shapes {shapes} cannot be joined along axis {self.axis}")
        size = sum(value.shape[place] for value in inputs)
        shape = (*first.shape[:place], size, *first.shape[place + 1 :])
        kept = {
            name: Action(action.group, shape, simplified(action).factors)
            for name, action in first.actions.items()
            if all(_moves_alike(action, value.actions.get(name), place) for value in inputs)
        }
        return first.with_shape(shape, kept)


def _moves_alike(action: Action, other: Action | None, place: int) -> bool:
    """Whether both move alike, apart from the size of the axis `place`, which neither moves."""
    if other is None or action.geometry is not None or other.geometry is not None:
        return False
    left, right = simplified(action).factors, simplified(other).factors
    return left == right and all(place not in axes for axes, _ in left)
