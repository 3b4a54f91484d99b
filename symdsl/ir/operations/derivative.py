"""Gradients of learned scalars, and the field that Hamilton's equations make of them."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import field_serializer

from symdsl.ir.actions import dual_action, equivalent, is_canonical_transformation, linear_part
from symdsl.ir.graph import Graph
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType


class Gradient(Attributes):
    """dH/dx of the scalar H computed by `region`, per sample.

    The operands are the region's inputs in order. The gradient of an invariant scalar transforms by the dual.
    `scalar` names the region: it is the entry point that returns H itself.
    """

    op: ClassVar[str] = "gradient"
    lowering: ClassVar[str] = "symdsl.passes.lowering.derivative:GRADIENT"
    changes_rows: ClassVar[bool] = True

    region: Graph
    wrt: str
    scalar: str

    @field_serializer("region")
    def _describe_region(self, region: Graph) -> dict[str, Any]:
        return region.describe()

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        names = [name for name, _ in self.region.inputs]
        expected = tuple(self.region.node(index).type for _, index in self.region.inputs)
        if self.wrt not in names or expected != inputs:
            raise EquivarianceError("the operands of a gradient are not the inputs of its region")
        ((_, output),) = self.region.outputs
        energy = self.region.node(output).type
        if energy.shape != ():
            raise EquivarianceError(
                f"only a scalar has a gradient, and {self.scalar} has shape {energy.shape}",
                hint="let the network end in one number per sample",
            )
        if energy.rows:
            raise EquivarianceError(
                f"only a number for each sample has a gradient, and {self.scalar} has one for each of {energy.rows}"
            )
        value = inputs[names.index(self.wrt)]
        kept = {
            name: dual_action(action)
            for name, action in value.actions.items()
            if name in energy.actions and energy.actions[name].is_trivial
        }
        return ValueType(shape=value.shape, actions=kept, rows=value.rows)


class SymplecticField(Attributes):
    """(dq/dt, dp/dt) = (dH/dp, -dH/dq), Hamilton's equations, from dH/dz (Greydanus 2019, 1906.01563, eq. 2).

    `state` is the type of z; `axis` is its (q, p) axis. A symmetry is kept where it moves z by canonical maps:
    J g^-T = g J.
    """

    op: ClassVar[str] = "symplectic_field"
    lowering: ClassVar[str] = "symdsl.passes.lowering.derivative:SYMPLECTIC_FIELD"

    state: ValueType
    axis: int

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (gradient,) = inputs
        if gradient.shape != self.state.shape or gradient.shape[self.axis] != 2:
            raise EquivarianceError(f"the gradient has shape {gradient.shape}, the state {self.state.shape}")
        kept = {}
        for name, action in self.state.actions.items():
            tangent = linear_part(action)
            moves_as_gradient = equivalent(gradient.actions.get(name), dual_action(tangent))
            if moves_as_gradient and is_canonical_transformation(tangent, self.axis):
                kept[name] = tangent
        return ValueType(shape=gradient.shape, actions=kept, flows=dict.fromkeys(self.state.flows, "velocity"))
