"""Points as their centroid and their differences from it, and back: how translations are kept exactly.

The centroid of points that move by x -> A x + b moves by it too; differences from it are vectors, which move by A
(Villar et al. 2021, 2106.06610, section 3).
"""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action
from symdsl.groups.actions.points import Points, points_in
from symdsl.ir.actions import equivalent, linear_part, simplified
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


def points_of_value(symmetry: str, value: ValueType) -> Points:
    """The points of a value. Raises EquivarianceError where it has none under `symmetry`."""
    action = value.actions.get(symmetry)
    points = None if action is None else points_in(action)
    if points is None:
        raise EquivarianceError(f"the operand does not hold points that {symmetry} shifts")
    return points


def _centroid_action(symmetry: str, value: ValueType) -> Action:
    points = points_of_value(symmetry, value)
    return simplified(points.centroid_action(value.actions[symmetry]))


def _require_centroid(symmetry: str, points: ValueType, centroid: ValueType) -> None:
    if not equivalent(_centroid_action(symmetry, points), centroid.actions.get(symmetry)):
        raise EquivarianceError(f"the points and their origin do not move alike under {symmetry}")


class Centroid(Attributes):
    """The mean (d,) of all points of the operands, which move alike."""

    op: ClassVar[str] = "centroid"
    lowering: ClassVar[str] = "symdsl.passes.lowering.centroid:CENTROID"

    symmetry: str

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        motions = {points_of_value(self.symmetry, value).motion for value in inputs}
        if len(motions) != 1:
            raise EquivarianceError(f"points have a centroid where they move alike under {self.symmetry}")
        action = _centroid_action(self.symmetry, inputs[0])
        return ValueType(shape=action.shape, actions={self.symmetry: action})


class Centre(Attributes):
    """x - c at every point of x, for the point c (d,); what is no point stays as it is."""

    op: ClassVar[str] = "centre"
    lowering: ClassVar[str] = "symdsl.passes.lowering.centroid:CENTRE"

    symmetry: str

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        value, centroid = inputs
        _require_centroid(self.symmetry, value, centroid)
        return value.with_shape(value.shape, {self.symmetry: linear_part(value.actions[self.symmetry])})


class Displace(Attributes):
    """x + c at every place of x that is a point in `target`: vectors become points."""

    op: ClassVar[str] = "displace"
    lowering: ClassVar[str] = "symdsl.passes.lowering.centroid:DISPLACE"

    symmetry: str
    target: ValueType

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        value, centroid = inputs
        _require_centroid(self.symmetry, self.target, centroid)
        action = self.target.actions[self.symmetry]
        if value.shape != self.target.shape or not equivalent(value.actions.get(self.symmetry), linear_part(action)):
            raise EquivarianceError(f"what is displaced does not move as differences of points under {self.symmetry}")
        return self.target.with_shape(self.target.shape, {self.symmetry: action})
