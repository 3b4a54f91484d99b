"""The acceleration that follows from a learned Lagrangian."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, field_serializer

from symdsl.ir.actions import equivalent, linear_part
from symdsl.ir.graph import Graph
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.shape import Pack
from symdsl.ir.types import EquivarianceError, ValueType


class MassSolve(BaseModel):
    """How M a = b is solved where the mass matrix M may be nearly singular.

    regularised: a makes |M a - b|^2 + d^2 |a|^2 least, with d = `ridge` times the root mean square eigenvalue of M,
    so that an eigenvalue k counts as (k^2 + d^2) / k; ridge = 0 is M^-1 itself. pseudo_inverse: eigenvalues up to
    `cutoff` times the largest count as infinite.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["regularised", "pseudo_inverse"] = "regularised"
    ridge: float = 0.0
    cutoff: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Whether it is the inverse of every invertible matrix."""
        return self.method == "regularised" and self.ridge == 0


class EulerLagrange(Attributes):
    """a = M^-1 (dL/dq - (d/dq dL/dv) v), M = d^2L/dv^2, for the L of `region` (Cranmer 2020, 2003.04630, eq. 6).

    The operands are the region's inputs in order; `coordinates` are q, `velocities` v = dq/dt, and several of them are
    packed into one vector, as their acceleration is. Where L does not change under a symmetry, a moves as v does:
    exactly for every matrix where M is inverted, and for orthogonal ones where eigenvalues of M are bounded. With a
    `half_band` the coordinates (n,) are places of a ring, and M couples none that are further apart.
    """

    op: ClassVar[str] = "euler_lagrange"
    lowering: ClassVar[str] = "symdsl.passes.lowering.euler_lagrange:EULER_LAGRANGE"

    region: Graph
    coordinates: tuple[str, ...]
    velocities: tuple[str, ...]
    solve: MassSolve = MassSolve()
    half_band: int | None = None

    @field_serializer("region")
    def _describe_region(self, region: Graph) -> dict[str, Any]:
        return region.describe()

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        names = [name for name, _ in self.region.inputs]
        expected = tuple(self.region.node(index).type for _, index in self.region.inputs)
        if expected != inputs or not {*self.coordinates, *self.velocities} <= set(names):
            raise EquivarianceError("the operands of the Euler-Lagrange equation are not the inputs of its region")
        of = dict(zip(names, inputs, strict=True))
        for coordinate, velocity in zip(self.coordinates, self.velocities, strict=True):
            if of[coordinate].shape != of[velocity].shape:
                raise EquivarianceError(f"{velocity} has not the shape of {coordinate}")
        speeds = tuple(of[name] for name in self.velocities)
        pairs = [(of[q], of[v]) for q, v in zip(self.coordinates, self.velocities, strict=True)]
        joined = speeds[0] if len(speeds) == 1 else Pack().infer_type(speeds)
        ((_, output),) = self.region.outputs
        lagrangian = self.region.node(output).type
        if lagrangian.shape != ():
            raise EquivarianceError(
                f"a Lagrangian is one number, not an array of shape {lagrangian.shape}",
                hint="let the network end in one number per sample",
            )
        kept = {
            name: action
            for name, action in joined.actions.items()
            if name in lagrangian.actions
            and lagrangian.actions[name].is_trivial
            and all(_moves_alike(name, position, velocity) for position, velocity in pairs)
            and (self.solve.is_exact or all(each.is_orthogonal for _, each in action.factors))
        }
        return ValueType(shape=joined.shape, actions=kept, flows=dict.fromkeys(speeds[0].flows, "velocity"))


def _moves_alike(symmetry: str, position: ValueType, velocity: ValueType) -> bool:
    """Whether velocities move as changes of positions do."""
    action = position.actions.get(symmetry)
    return equivalent(None if action is None else linear_part(action), velocity.actions.get(symmetry))
