"""Points as their centroid and their differences from it, and back: how translations are kept exactly.

The centroid of points that move by x -> A x + b moves by it too; differences from it are vectors, which move by A
(Villar et al. 2021, 2106.06610, section 3).
"""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action, Factor
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


def centroid_actions(symmetry: str, value: ValueType) -> dict[str, Action]:
    """How each symmetry moves the centroid (d,) of the points that `symmetry` shifts.

    One that shifts the same points, one that turns all of them alike, and one that only permutes them. Others are lost.
    """
    points = points_of_value(symmetry, value)
    found = {}
    for name, action in value.actions.items():
        own = points_in(action)
        if own is not None and (own.axis, own.at) == (points.axis, points.at):
            found[name] = simplified(own.centroid_action(action))
        elif action.geometry is None:
            turned = _turned(points, action)
            if turned is not None:
                found[name] = turned
    return found


def _turned(points: Points, action: Action) -> Action | None:
    """How an action without offset moves the centroid; None where it mixes the points with something else."""
    factors: list[Factor] = []
    for axes, each in simplified(action).factors:
        if axes == (points.axis,):
            factors.append(((0,), each))
        elif points.axis in axes or (points.at is not None and points.at[0] in axes) or not each.is_permutation:
            return None
    return Action(action.group, (points.shape[points.axis],), tuple(factors))


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
        first, *others = [centroid_actions(self.symmetry, value) for value in inputs]
        kept = {name: action for name, action in first.items() if all(each.get(name) == action for each in others)}
        return ValueType(shape=first[self.symmetry].shape, actions=kept)


class Centre(Attributes):
    """x - c at every point of x, for the point c (d,); what is no point stays as it is."""

    op: ClassVar[str] = "centre"
    lowering: ClassVar[str] = "symdsl.passes.lowering.centroid:CENTRE"

    symmetry: str

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        value, centroid = inputs
        _require_centroid(self.symmetry, value, centroid)
        alike = centroid_actions(self.symmetry, value)
        kept = {
            name: linear_part(action)
            for name, action in value.actions.items()
            if name in alike and equivalent(alike[name], centroid.actions.get(name))
        }
        return value.with_shape(value.shape, kept)


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
        alike = centroid_actions(self.symmetry, self.target)
        kept = {
            name: other
            for name, other in self.target.actions.items()
            if name in alike
            and equivalent(alike[name], centroid.actions.get(name))
            and equivalent(value.actions.get(name), linear_part(other))
        }
        return self.target.with_shape(self.target.shape, {**kept, self.symmetry: action})
