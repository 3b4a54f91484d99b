"""Scaling by statistics of the training data, as a part of the model."""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.actions.blocks import Blocks, common_blocks, keeps_constants
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


def commutes_with_scale(action: Action, blocks: Blocks, shifted: bool) -> bool:
    """Whether x -> (x - mean) / scale, with one mean and scale a block, commutes with the action."""
    if isinstance(action.geometry, Offset):
        return False
    return blocks.contains(common_blocks(action.shape, (action,))) and (not shifted or keeps_constants(action))


def scaled_type(value: ValueType, blocks: Blocks, shifted: bool) -> ValueType:
    """The type of scaled entries. Raises EquivarianceError where the blocks do not fit the array."""
    if tuple(map(len, blocks.axes)) != value.shape:
        raise EquivarianceError(f"these scales do not fit an array of shape {value.shape}")
    kept = {name: action for name, action in value.actions.items() if commutes_with_scale(action, blocks, shifted)}
    return value.with_shape(value.shape, kept)


class Normalise(Attributes):
    """(x - mean) / scale, one scale for each block of entries and one mean where `shifted`, else mean 0.

    A symmetry is kept where entries that it mixes are in one block, and it leaves shared means alone.
    """

    op: ClassVar[str] = "normalise"
    lowering: ClassVar[str] = "symdsl.passes.lowering.scaling:NORMALISE"

    blocks: Blocks
    shifted: bool = False

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        return scaled_type(value, self.blocks, self.shifted)


class Restore(Attributes):
    """y scale + mean, the inverse of `Normalise`: what a network returns, in the user's units."""

    op: ClassVar[str] = "restore"
    lowering: ClassVar[str] = "symdsl.passes.lowering.scaling:RESTORE"

    blocks: Blocks
    shifted: bool = False

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        return scaled_type(value, self.blocks, self.shifted)


class ScaleEnergy(Attributes):
    """c E for an energy E of order 1; `axis` is the (q, p) axis of the state, for the fit of c.

    With normalised states the energy H(z) = c E(z / s) gives dq/dt = (c / s_p) dE/dp and dp/dt = -(c / s_q) dE/dq, so
    that c is the size of s_p dq/dt and s_q dp/dt. Any c keeps Hamilton's equations exactly.
    """

    op: ClassVar[str] = "scale_energy"
    lowering: ClassVar[str] = "symdsl.passes.lowering.scaling:SCALE_ENERGY"

    axis: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if value.shape != ():
            raise EquivarianceError(f"an energy is one number, not an array of shape {value.shape}")
        return value
