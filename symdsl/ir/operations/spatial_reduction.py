"""Pooling over all of space."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.ir.feature_map import fibre_of, grid_of, moved_actions, vector_of_fibre
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import ValueType


class SpatialReduction(Attributes):
    """The maximum or mean of each channel over the grid: (channels, rows, columns) -> (channels).

    Invariant under whatever moves pixels to pixels.
    """

    op: ClassVar[str] = "spatial_reduction"
    lowering: ClassVar[str] = "symdsl.passes.lowering.spatial_reduction:SPATIAL_REDUCTION"

    symmetry: str | None = None
    kind: Literal["max", "mean"]

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        grid_of(value, "pooling over space")
        shape = value.shape[:1]
        own = None
        if self.symmetry is not None:
            fibre = fibre_of(self.symmetry, value, "pooling over space")
            own = vector_of_fibre(value.actions[self.symmetry].group, fibre)
        return value.with_shape(shape, moved_actions(value, self.symmetry, shape, own))
