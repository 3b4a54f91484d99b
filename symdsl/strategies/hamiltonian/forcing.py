"""Friction and control around Hamilton's equations."""

from __future__ import annotations

import math
from collections.abc import Mapping

from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.forcing import Forced
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.strategies.hamiltonian.declaration import HamiltonianOptions
from symdsl.strategies.strategy import InnerNetwork, Target


def forced(
    builder: GraphBuilder,
    field: int,
    axis: int,
    inputs: Mapping[str, int],
    inner: InnerNetwork,
    options: HamiltonianOptions,
) -> int:
    """The field with friction and control; what is learned of these, a network of the inputs but the control gives.

    Raises EquivarianceError where a symmetry moves the momenta.
    """
    moved = [name for name, action in builder.type_of(field).actions.items() if not action.is_trivial]
    if moved:
        raise EquivarianceError(
            f"friction and control do not keep `{moved[0]}`",
            note="their matrices mix all momenta, and no group acts on them",
            hint=f"leave `{moved[0]}` unenforced, or the energy without friction and control",
        )
    momenta = math.prod(builder.type_of(field).shape) // 2
    seen = {name: node for name, node in inputs.items() if name != options.control}
    targets, operands = [], list[int]()
    if options.dissipation == "learned":
        targets.append(Target("friction", ValueType(shape=(momenta, momenta))))
    if options.control is not None and options.actuation == "learned":
        size = math.prod(builder.type_of(inputs[options.control]).shape)
        targets.append(Target("actuation", ValueType(shape=(momenta, size))))
    found = inner(builder, seen, tuple(targets)) if targets else {}
    operands += [found["friction"]] if "friction" in found else []
    if options.control is not None:
        operands += [inputs[options.control], *([found["actuation"]] if "actuation" in found else [])]
    kinds = {"none": "none", "constant": "constant", "learned": "given"}
    control = "none" if options.control is None else kinds[options.actuation]
    node = Forced(axis=axis, friction=kinds[options.dissipation], control=control)  # type: ignore[arg-type]
    return builder.add(node, field, *operands, name="forcing")
