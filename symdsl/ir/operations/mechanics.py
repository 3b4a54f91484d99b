"""Motions of bodies with masses: positions of a phase space, and Hamilton's equations with rods between bodies."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.groups.actions.action import Action, Offset
from symdsl.ir.actions import dual_action, equivalent, linear_part
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class Positions(Attributes):
    """q of z = (q, p) along `axis`. A symmetry is kept that moves q among itself."""

    op: ClassVar[str] = "positions"
    lowering: ClassVar[str] = "symdsl.passes.lowering.mechanics:POSITIONS"

    axis: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (state,) = inputs
        shape = (*state.shape[: self.axis], *state.shape[self.axis + 1 :])
        found = {name: positions_action(action, self.axis) for name, action in state.actions.items()}
        return ValueType(shape=shape, actions={name: action for name, action in found.items() if action is not None})


def positions_action(action: Action, axis: int) -> Action | None:
    """How the positions move; None where q is mixed with p, or moves in a way that is not known."""
    geometry = action.geometry
    if any(axis in axes for axes, _ in action.factors) or not (geometry is None or isinstance(geometry, Offset)):
        return None
    shape = (*action.shape[:axis], *action.shape[axis + 1 :])
    factors = tuple((tuple(each - (each > axis) for each in axes), kind) for axes, kind in action.factors)
    if geometry is not None:
        at = tuple((each - (each > axis), index) for each, index in geometry.at if each != axis)
        geometry = Offset(geometry.axis - (geometry.axis > axis), at, geometry.factor)
    return Action(action.group, shape, factors, geometry)


class MechanicalField(Attributes):
    """dz/dt of H = p^T M^-1 p / 2 + V(q), from dV/dq and z, where rods keep their lengths.

    `mass`: positive for each body, or a positive matrix over the bodies. `rods` are pairs of bodies, `anchored` bodies
    at a fixed distance from the origin. With C = (Phi, dPhi/dt) and D = dC/dz the field is P J dH/dz, where
    P = 1 - J D (D^T J D)^-1 D^T (Finzi, Wang, Wilson 2020, 2010.13581, section 4): dC/dt = 0 everywhere. A symmetry is
    kept that moves all bodies alike, by orthogonal matrices; shifts are, without anchors.
    """

    op: ClassVar[str] = "mechanical_field"
    lowering: ClassVar[str] = "symdsl.passes.lowering.mechanics:MECHANICAL_FIELD"

    axis: int
    mass: Literal["bodies", "matrix"]
    rods: tuple[tuple[int, int], ...] = ()
    anchored: tuple[int, ...] = ()

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        slope, state = inputs
        if (*slope.shape[: self.axis], 2, *slope.shape[self.axis :]) != state.shape:
            raise EquivarianceError(f"the slope has shape {slope.shape}, the state {state.shape}")
        last = len(state.shape) - 1
        kept = {}
        for name, action in state.actions.items():
            where = positions_action(action, self.axis)
            moves_alike = all(axes == (last,) for axes, _ in action.factors)
            if where is None or not moves_alike or (action.geometry is not None and self.anchored):
                continue
            orthogonal = equivalent(dual_action(linear_part(action)), linear_part(action))
            if orthogonal and equivalent(slope.actions.get(name), dual_action(where)):
                kept[name] = linear_part(action)
        return ValueType(shape=state.shape, actions=kept, flows=dict.fromkeys(state.flows, "velocity"))
