"""Points: coordinates that move by x -> A x + b. Their centroid moves alike, and differences from it by A alone.

The centroid of n points is the one affine combination that no relabelling changes; a function of the points is
invariant under translations exactly where it is one of their differences from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.combinations import Sum
from symdsl.groups.maps.descent import representation_of_linear
from symdsl.groups.representation import Representation, Trivial
from symdsl.groups.representations.canonical import canonical

Motion = tuple[int | None, Representation]
"""(Factor of a product group whose offset b is, A): points that move alike have equal ones."""


@dataclass(frozen=True)
class Points:
    """Where the points of arrays of sample shape `shape` lie: coordinates along `axis`, one point for each entry of the
    other axes; with `at` = (other axis, index) at that index alone. `motion` is how they move."""

    shape: tuple[int, ...]
    axis: int
    at: tuple[int, int] | None
    motion: Motion

    @property
    def others(self) -> tuple[int, ...]:
        """The axes without the coordinates."""
        return tuple(axis for axis in range(len(self.shape)) if axis != self.axis)

    @property
    def count(self) -> int:
        """How many points there are."""
        slices = 1 if self.at is None else self.shape[self.at[0]]
        return math.prod(self.shape) // (self.shape[self.axis] * slices)

    @property
    def alone(self) -> bool:
        """Whether this is one point and nothing else, so that its difference from itself is all that is known."""
        return self.count == 1 and self.at is None

    def centroid_action(self, action: Action) -> Action:
        """How the centroid (d,) of points that move by `action` does."""
        factor, turn = self.motion
        factors = () if isinstance(turn, Trivial) else (((0,), turn),)
        return Action(action.group, (self.shape[self.axis],), factors, Offset(0, factor=factor))

    def mean(self, array: Array) -> Array:
        """The mean (batch, d) over the points of arrays (batch, *shape)."""
        if self.at is not None:
            axis, index = self.at
            array = array.take([index], axis=axis + 1)
        return array.mean(axis=tuple(axis + 1 for axis in self.others))

    def differences(self, array: Array, origin: Array) -> Array:
        """Arrays (batch, *shape) with the point `origin` (batch, d) taken off every point."""
        result = array.copy()
        where = [slice(None)] * array.ndim
        if self.at is not None:
            axis, index = self.at
            where[axis + 1] = slice(index, index + 1)
        sizes = [1] * len(self.shape)
        sizes[self.axis] = self.shape[self.axis]
        result[tuple(where)] -= origin.reshape(-1, *sizes)
        return result


def points_in(action: Action) -> Points | None:
    """The points that an action shifts; None where it shifts none.

    None too where a difference of points would not move by one matrix A: a factor mixes other numbers with them, or
    changes the sum over them.
    """
    geometry = action.geometry
    if not isinstance(geometry, Offset) or len(geometry.at) > 1:
        return None
    axis, at = geometry.axis, geometry.at[0] if geometry.at else None
    turn: Representation = Trivial(action.group, action.shape[axis])
    for axes, each in action.factors:
        representation = canonical(each)
        if axes == (axis,):
            turn = representation
        elif at is not None and axes == (at[0], axis):
            part = _part_at(representation, at[1], action.shape[axis])
            if part is None:
                return None
            turn = part
        elif axis in axes or (at is not None and at[0] in axes) or not representation.is_permutation:
            return None
    return Points(action.shape, axis, at, (geometry.factor, turn))


def _part_at(representation: Representation, index: int, size: int) -> Representation | None:
    """What acts on slice `index` where slices of `size` numbers are not mixed."""
    if not isinstance(representation, Sum) or any(part.dimension != size for part in representation.parts):
        return None
    return representation.parts[index]


def without_offset(action: Action) -> Action:
    """The action on differences: points become vectors."""
    return replace(action, geometry=None) if isinstance(action.geometry, Offset) else action


def numbers_of_points(actions: Sequence[Action]) -> dict[Motion, int]:
    """How many points move by each motion."""
    counts: dict[Motion, int] = {}
    for action in actions:
        points = points_in(action)
        if points is not None:
            counts[points.motion] = counts.get(points.motion, 0) + points.count
    return counts


def about_centroid(actions: Mapping[str, Action]) -> dict[str, Action]:
    """How inputs move after the centroid is taken off. A point that is alone is left out: it would always be 0."""
    counts = numbers_of_points(tuple(actions.values()))
    return {
        name: without_offset(action)
        for name, action in actions.items()
        if (points := points_in(action)) is None or not points.alone or counts[points.motion] > 1
    }


def of_linear_group(action: Action) -> Action | None:
    """The action of T(n) x| G as one of G; None where translations move the array, or the group is none of these."""
    linear = action.group.linear
    if linear is None or action.geometry is not None:
        return None
    found = [(axes, representation_of_linear(linear, each)) for axes, each in action.factors]
    factors = tuple((axes, below) for axes, below in found if below is not None)
    return Action(linear, action.shape, factors) if len(factors) == len(found) else None
