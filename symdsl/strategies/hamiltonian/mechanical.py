"""H = p^T M^-1 p / 2 + V(q): the inner network gives V, and sees positions only (Finzi et al. 2020, 2010.13581)."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Model
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.ir.actions import trivial_action
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.derivative import Gradient
from symdsl.ir.operations.mechanics import MechanicalField, Positions
from symdsl.ir.types import ValueType
from symdsl.strategies.hamiltonian.declaration import HamiltonianOptions
from symdsl.strategies.strategy import InnerNetwork, Target

SCALAR = "potential"


def mechanical(
    builder: GraphBuilder,
    inputs: Mapping[str, int],
    target: Target,
    inner: InnerNetwork,
    options: HamiltonianOptions,
    model: Model,
) -> int:
    """Add the potential's gradient and the field; returns the field. Raises SymdslError (SYM0317) where z is scaled."""
    state = model.fields[target.name].of
    assert state is not None
    scaled = [name for name in (state, target.name) if name in model.normalised]
    if scaled:
        message = f"`{scaled[0]}` cannot be normalised where the energy has masses"
        hint = "leave it out of `normalise`, or write `kinetic = learned`"
        raise SymdslError(Diagnostic("SYM0317", message, model.fields[scaled[0]].span, hint=hint))
    axis = len(model.fields[state].axes)
    positions = builder.add(Positions(axis=axis), inputs[state], name="positions")
    given = {**inputs, state: positions}
    region = GraphBuilder()
    arguments = {name: region.input(name, builder.type_of(node)) for name, node in given.items()}
    still = {name: trivial_action(action, ()) for name, action in builder.type_of(positions).actions.items()}
    potential = inner(region, arguments, (Target(SCALAR, ValueType(shape=(), actions=still)),))
    gradient = Gradient(region=region.build(potential), wrt=state, scalar=SCALAR)
    slope = builder.add(gradient, *given.values(), name="hamiltonian")
    field = MechanicalField(
        axis=axis,
        mass="matrix" if options.kinetic == "mass_matrix" else "bodies",
        rods=tuple(pair for constraint in model.constraints for pair in constraint.pairs),
        anchored=tuple(body for constraint in model.constraints for body in constraint.anchors),
    )
    return builder.add(field, slope, inputs[state], name="mechanics")
