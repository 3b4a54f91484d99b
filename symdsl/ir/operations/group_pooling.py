"""Pooling over the group axis."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.groups.actions.action import Action
from symdsl.ir.feature_map import Fibre, fibre_of, map_action, moved_actions, vector_fibre_of
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class GroupPooling(Attributes):
    """The maximum or mean over the copies of each field: what remains only moves over the grid (coset pooling)."""

    op: ClassVar[str] = "group_pooling"
    lowering: ClassVar[str] = "symdsl.passes.lowering.group_pooling:GROUP_POOLING"

    symmetry: str
    kind: Literal["max", "mean"]

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if len(value.shape) == 1:
            return self._type_of_vector(value)
        fibre = fibre_of(self.symmetry, value, "group pooling")
        group = value.actions[self.symmetry].group
        if fibre.copies == 1 and group.order != 1:
            raise EquivarianceError("there is no group axis left to pool over", hint="pool over the group once")
        shape = (fibre.fields, *value.shape[1:])
        own = map_action(group, Fibre(fibre.fields), (value.shape[1], value.shape[2]))
        return value.with_shape(shape, moved_actions(value, self.symmetry, shape, own))

    def _type_of_vector(self, value: ValueType) -> ValueType:
        """Once space is pooled away, what remains does not move at all."""
        fibre = vector_fibre_of(self.symmetry, value, "group pooling")
        group = value.actions[self.symmetry].group
        if fibre.copies == 1 and group.order != 1:
            raise EquivarianceError("there is no group axis left to pool over", hint="pool over the group once")
        shape = (fibre.fields,)
        return value.with_shape(shape, moved_actions(value, self.symmetry, shape, Action(group, shape)))
