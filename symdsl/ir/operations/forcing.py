"""Friction and control on Hamilton's equations: the port-Hamiltonian form."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType

Kind = Literal["none", "constant", "given"]


class Forced(Attributes):
    """dz/dt = (J - R) dH/dz + G u on the momenta: dp/dt has -L L^T dq/dt + G u added (van der Schaft 2014, 1.2).

    `friction` and `control` say whether L and G are parameters or operands, (momenta, momenta) and (momenta, numbers of
    u); the operands are the field, L where given, u where there is a control, G where given. No symmetry that moves
    the field is kept: R and G mix all momenta.
    """

    op: ClassVar[str] = "forced"
    lowering: ClassVar[str] = "symdsl.passes.lowering.forcing:FORCED"

    axis: int
    friction: Kind
    control: Kind

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        field, *others = inputs
        momenta = math.prod(field.shape) // 2
        wanted = [(momenta, momenta)] if self.friction == "given" else []
        if self.control != "none":
            given = others[len(wanted)]
            wanted += [given.shape, *([(momenta, math.prod(given.shape))] if self.control == "given" else [])]
        if [value.shape for value in others] != wanted:
            found = [value.shape for value in others]
            raise EquivarianceError(f"friction and control have shapes {found}, not {wanted}")
        kept = {
            name: action
            for name, action in field.actions.items()
            if action.is_trivial and all(value.actions.get(name, action).is_trivial for value in others)
        }
        return ValueType(shape=field.shape, actions=kept, flows=field.flows)
