"""Kinetic energies inside a learned Lagrangian."""

from __future__ import annotations

from typing import ClassVar

from symdsl.groups.actions.action import Action
from symdsl.ir.actions import trivial_action
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class HalfSquare(Attributes):
    """|x|^2 / 2, which orthogonal maps leave alone: the kinetic energy of unit masses."""

    op: ClassVar[str] = "half_square"
    lowering: ClassVar[str] = "symdsl.passes.lowering.kinetic:HALF_SQUARE"

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        kept = {name: trivial_action(action, ()) for name, action in value.actions.items() if _is_orthogonal(action)}
        return ValueType(shape=(), actions=kept)


class QuadraticLagrangian(Attributes):
    """L = v^T M v / 2 - V with M = F F^T + floor, F = 1 + the first operand (n, n); then V () and v, n numbers.

    M is positive definite (Lutter, Ritter, Peters 2019, 1907.04490). A symmetry is kept where it moves nothing here.
    """

    op: ClassVar[str] = "quadratic_lagrangian"
    lowering: ClassVar[str] = "symdsl.passes.lowering.kinetic:QUADRATIC_LAGRANGIAN"

    floor: float

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        factor, potential, velocity = inputs
        if factor.shape != (velocity.size, velocity.size) or potential.shape != ():
            raise EquivarianceError(
                f"a mass matrix of {velocity.size} velocities and a potential are needed, "
                f"not arrays of shapes {factor.shape} and {potential.shape}"
            )
        kept = {
            name: action
            for name, action in potential.actions.items()
            if all(name in each.actions and each.actions[name].is_trivial for each in inputs)
        }
        return ValueType(shape=(), actions=kept)


def _is_orthogonal(action: Action) -> bool:
    return action.geometry is None and all(each.is_orthogonal for _, each in action.factors)
