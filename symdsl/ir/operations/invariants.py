"""Scalars from vectors and vectors from scalars: the two halves of invariant theory (Villar et al. 2021, 2106.06610).

Vectors lie as (.., k, d), scalars as (.., m); axes before them may be points, along which every operation is the same.
"""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action, Factor
from symdsl.groups.actions.invariant_theory import coefficients_of, invariant_count
from symdsl.groups.actions.placement import Blocks, Placement, Setting, placement_of
from symdsl.ir.actions import equivalent
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.points import carried, setting_and_factors, value_of
from symdsl.ir.types import EquivarianceError, ValueType


def placements(
    symmetry: str, inputs: tuple[ValueType, ...], lead: int = 0
) -> tuple[Setting, tuple[Placement, ...]]:
    """What each operand is made of, behind its first `lead` axes, or else those of points.

    Raises EquivarianceError unless all are scalars and vectors of as many points.
    """
    found = []
    for value in inputs:
        setting, _ = setting_and_factors(symmetry, value)
        placement = placement_of(value.actions[symmetry], setting, lead)
        if placement is None or any(len(slots) > 1 for _, slots in placement.blocks):
            raise EquivarianceError(f"an operand is not made of scalars and vectors under {symmetry}")
        found.append((setting, placement))
    if not found or len({len(placement.points) for _, placement in found}) != 1:
        raise EquivarianceError("operands of points, of pairs of points and of neither are taken one by one")
    return found[0][0], tuple(placement for _, placement in found)


class TakeScalars(Attributes):
    """All scalars of the operands, (points.., m)."""

    op: ClassVar[str] = "take_scalars"
    lowering: ClassVar[str] = "symdsl.passes.lowering.invariants:TAKE_SCALARS"

    symmetry: str
    lead: int = 0

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        setting, found = placements(self.symmetry, inputs, self.lead)
        size = sum(copies for placement in found for copies, slots in placement.blocks if not slots)
        if not size:
            raise EquivarianceError(f"there are no scalars under {self.symmetry}")
        lead, factors = shared_lead(self.symmetry, inputs, found)
        shape = (*lead, size)
        return value_of(self.symmetry, setting, shape, factors, carried_by_all(inputs, self.symmetry, shape, self.lead))


class TakeVectors(Attributes):
    """All vectors of the operands, (points.., k, d); the index of one that moves by the dual is raised."""

    op: ClassVar[str] = "take_vectors"
    lowering: ClassVar[str] = "symdsl.passes.lowering.invariants:TAKE_VECTORS"

    symmetry: str
    lead: int = 0

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        setting, found = placements(self.symmetry, inputs, self.lead)
        count = sum(copies for placement in found for copies, slots in placement.blocks if slots)
        if not count or setting.vector is None:
            raise EquivarianceError(f"there are no vectors under {self.symmetry}")
        lead, factors = shared_lead(self.symmetry, inputs, found)
        place = (len(lead) + 1,)
        shape = (*lead, count, setting.vector.dimension)
        others = carried_by_all(inputs, self.symmetry, shape, self.lead)
        return value_of(self.symmetry, setting, shape, (*factors, (place, setting.vector)), others)


class InvariantPairings(Attributes):
    """The values of the invariant forms on the vectors (.., k, d): (.., m), of order one for vectors of order one."""

    op: ClassVar[str] = "invariant_pairings"
    lowering: ClassVar[str] = "symdsl.passes.lowering.invariants:INVARIANT_PAIRINGS"

    symmetry: str

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        setting, lead = vectors_alone(self.symmetry, inputs[0])
        assert setting.classical is not None
        shape = (*inputs[0].shape[:-2], invariant_count(setting.classical, inputs[0].shape[-2]))
        return value_of(self.symmetry, setting, shape, lead, carried(inputs[0], self.symmetry, shape, len(shape) - 1))


class CombineVectors(Attributes):
    """Tensors (.., m) made of vectors (.., k, d), with invariant coefficients (.., c).

    `blocks` are what the result holds. Without vectors there is one operand, and only invariant tensors remain.
    """

    op: ClassVar[str] = "combine_vectors"
    lowering: ClassVar[str] = "symdsl.passes.lowering.invariants:COMBINE_VECTORS"

    symmetry: str
    blocks: Blocks

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        coefficients = inputs[0]
        setting, lead = setting_and_factors(self.symmetry, coefficients)
        count = 0
        if len(inputs) == 2:
            _, others = vectors_alone(self.symmetry, inputs[1])
            count = inputs[1].shape[-2]
            if lead != others or coefficients.shape[:-1] != inputs[1].shape[:-2]:
                raise EquivarianceError("coefficients and vectors do not belong to the same points")
        last = len(coefficients.shape) - 1
        if any(last in axes for axes, _ in lead):
            raise EquivarianceError(f"the coefficients are not invariant under {self.symmetry}")
        wanted = coefficients_of(setting.classical, self.blocks, count)
        if 0 in wanted or sum(wanted) != coefficients.shape[-1]:
            raise EquivarianceError(
                f"{count} vectors make the result of {sum(wanted)} coefficients, not of {coefficients.shape[-1]}"
                if 0 not in wanted
                else "no such tensor can be made of the vectors except zero",
                hint="" if 0 not in wanted else "give an input that moves as the target does",
            )
        result = setting.representation(self.blocks)
        shape = (*coefficients.shape[:-1], result.dimension)
        others = carried_by_all(inputs, self.symmetry, shape, last)
        return value_of(self.symmetry, setting, shape, (*lead, ((last,), result)), others)


class ArrangePoints(Attributes):
    """Scalars, vectors and tensors (points.., m) in the shape of a field."""

    op: ClassVar[str] = "arrange_points"
    lowering: ClassVar[str] = "symdsl.passes.lowering.invariants:ARRANGE_POINTS"

    symmetry: str
    target: ValueType

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        setting, _ = setting_and_factors(self.symmetry, value)
        placement = placement_of(self.target.actions[self.symmetry], setting)
        if placement is None:
            raise EquivarianceError(f"the target is not made of scalars, vectors and tensors under {self.symmetry}")
        lead, factors = points_of(setting, len(placement.points))
        result = setting.representation(placement.blocks)
        wanted = value_of(self.symmetry, setting, (*lead, result.dimension), (*factors, ((len(lead),), result)))
        if wanted.shape != value.shape or not equivalent(
            wanted.actions[self.symmetry], value.actions.get(self.symmetry)
        ):
            raise EquivarianceError(f"an array of shape {value.shape} is not what {self.target.shape} is made of")
        return self.target.with_shape(self.target.shape, {self.symmetry: self.target.actions[self.symmetry]})


def points_of(setting: Setting, count: int) -> tuple[tuple[int, ...], tuple[Factor, ...]]:
    """The sizes of the first `count` axes, each of them the points, and how they move."""
    if setting.permutation is None:
        return (), ()
    return (setting.points,) * count, tuple(((axis,), setting.permutation) for axis in range(count))


def shared_lead(
    symmetry: str, inputs: tuple[ValueType, ...], found: tuple[Placement, ...]
) -> tuple[tuple[int, ...], tuple[Factor, ...]]:
    """The sizes of the axes of points and how they move. Raises EquivarianceError where operands differ."""
    leads = []
    for value, placement in zip(inputs, found, strict=True):
        _, factors = setting_and_factors(symmetry, value)
        sizes = tuple(value.shape[axis] for axis in placement.points)
        moved = tuple(
            ((place,), each)
            for place, axis in enumerate(placement.points)
            for axes, each in factors
            if axes == (axis,)
        )
        leads.append((sizes, moved))
    if any(lead != leads[0] for lead in leads):
        raise EquivarianceError("operands of different points are taken one by one")
    return leads[0]


def carried_by_all(
    inputs: tuple[ValueType, ...], symmetry: str, shape: tuple[int, ...], lead: int
) -> dict[str, Action]:
    """How other symmetries move the first axes of an array made of all operands: those that move all alike there."""
    first, *others = [carried(value, symmetry, shape, lead) for value in inputs]
    return {name: action for name, action in first.items() if all(each.get(name) == action for each in others)}


def vectors_alone(symmetry: str, value: ValueType) -> tuple[Setting, tuple[Factor, ...]]:
    """The setting of vectors (.., k, d), and how the axes before move. Raises EquivarianceError for other values."""
    setting, factors = setting_and_factors(symmetry, value)
    last = len(value.shape) - 1
    lead = tuple(factor for factor in factors if factor[0] != (last,))
    if ((last,), setting.vector) not in factors or any(axis >= last - 1 for axes, _ in lead for axis in axes):
        raise EquivarianceError(f"an array of shape {value.shape} does not hold vectors under {symmetry}")
    return setting, lead
