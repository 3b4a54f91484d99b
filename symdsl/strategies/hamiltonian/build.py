"""Hamiltonian neural networks (Greydanus, Dzamba, Yosinski 2019, 1906.01563): dz/dt = J dH/dz, H learned."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Model
from symdsl.ir.actions import trivial_action
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.derivative import Gradient, SymplecticField
from symdsl.ir.operations.scaling import ScaleEnergy
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.strategies.hamiltonian.declaration import HamiltonianOptions
from symdsl.strategies.hamiltonian.forcing import forced
from symdsl.strategies.hamiltonian.mechanical import mechanical
from symdsl.strategies.strategy import InnerNetwork, Target

SCALAR = "energy"


class Hamiltonian:
    """Asks the inner network for an energy that no other symmetry changes, and returns its symplectic gradient."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        inner: InnerNetwork,
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the energy's gradient and the field; the state is the phase-space input whose derivative is predicted."""
        options = enforcement.options
        assert isinstance(options, HamiltonianOptions)
        (target,) = targets
        state_name = model.fields[target.name].of
        assert state_name is not None
        kept = {name: node for name, node in inputs.items() if name != options.control}
        if options.kinetic != "learned":
            field = mechanical(builder, kept, target, inner, options, model)
        else:
            field = self.field(builder, kept, target, inner, model, state_name)
        if options.forced:
            field = forced(builder, field, len(model.fields[state_name].axes), inputs, inner, options)
        return {target.name: field}

    def field(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        target: Target,
        inner: InnerNetwork,
        model: Model,
        state_name: str,
    ) -> int:
        """J dH/dz of an energy of all inputs. Raises EquivarianceError for maps that are not canonical."""
        state = builder.type_of(inputs[state_name])
        region = GraphBuilder()
        arguments = {name: region.input(name, builder.type_of(node)) for name, node in inputs.items()}
        required = {
            name: trivial_action(action, ()) for name, action in builder.type_of(inputs[state_name]).actions.items()
        }
        energy = inner(region, arguments, (Target(SCALAR, ValueType(shape=(), actions=required)),))
        axis = len(model.fields[state_name].axes)
        if target.name in model.normalised:
            energy = {SCALAR: region.add(ScaleEnergy(axis=axis), energy[SCALAR], name="scale_energy")}
        derivative = builder.add(
            Gradient(region=region.build(energy), wrt=state_name, scalar=SCALAR), *inputs.values(), name="hamiltonian"
        )
        field = builder.add(SymplecticField(state=state, axis=axis), derivative)
        for name in required:
            if name in builder.type_of(derivative).actions and name not in builder.type_of(field).actions:
                raise EquivarianceError(
                    f"Hamilton's equations do not keep `{name}`: its maps of `{state_name}` are not canonical",
                    note="an energy that it leaves alone has equations that it changes: M J M^T = J does not hold",
                    hint=f"let q and p move by dual representations, or declare another group for `{name}`",
                )
        return field


STRATEGY = Hamiltonian()
