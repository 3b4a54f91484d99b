"""Batch normalisation of feature maps."""

from __future__ import annotations

from typing import ClassVar

from symdsl.ir.feature_map import fibre_of, map_action, moved_actions
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType


class BatchNormalisation(Attributes):
    """(x - mean) / sqrt(variance + epsilon) * scale + shift with ONE statistic for each field.

    Mean and variance are over batch, group axis and space, and shared by the copies of a field: a statistic for each
    channel would tell the elements of the group apart.
    """

    op: ClassVar[str] = "batch_normalisation"
    lowering: ClassVar[str] = "symdsl.passes.lowering.batch_normalisation:BATCH_NORMALISATION"

    symmetry: str | None = None
    epsilon: float = 1e-5
    momentum: float = 0.1

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        fibre = fibre_of(self.symmetry, value, "batch normalisation")
        own = None
        if self.symmetry is not None:
            own = map_action(value.actions[self.symmetry].group, fibre, (value.shape[1], value.shape[2]))
        return value.with_shape(value.shape, moved_actions(value, self.symmetry, value.shape, own))
