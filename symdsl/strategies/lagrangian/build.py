"""Lagrangian neural networks (Cranmer et al. 2020, 2003.04630): the acceleration that a learned L gives."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Model
from symdsl.ir.actions import trivial_action
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.euler_lagrange import EulerLagrange, MassSolve
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.strategies.lagrangian.declaration import LagrangianOptions
from symdsl.strategies.strategy import InnerNetwork, Target


class Lagrangian:
    """Asks the inner network for a Lagrangian that no other symmetry changes, and solves for the acceleration."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        inner: InnerNetwork,
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the Euler-Lagrange equation of the coordinates whose second derivative is predicted."""
        options = enforcement.options
        assert isinstance(options, LagrangianOptions)
        (target,) = targets
        velocity = model.fields[target.name].of
        coordinate = model.fields[velocity or ""].of
        assert velocity is not None
        assert coordinate is not None
        region = GraphBuilder()
        arguments = {name: region.input(name, builder.type_of(node)) for name, node in inputs.items()}
        known = builder.type_of(inputs[velocity]).actions
        invariant = {name: trivial_action(action, ()) for name, action in known.items()}
        found = inner(region, arguments, (Target("lagrangian", ValueType(shape=(), actions=invariant)),))
        equation = EulerLagrange(
            region=region.build(found), coordinate=coordinate, velocity=velocity, solve=mass_solve(options)
        )
        acceleration = builder.add(equation, *inputs.values(), name="euler_lagrange")
        _refuse_lost(builder.type_of(acceleration), known, options)
        return {target.name: acceleration}


def mass_solve(options: LagrangianOptions) -> MassSolve:
    """The rule of the options, with what does not belong to it left out."""
    if options.solve == "pseudo_inverse":
        return MassSolve(method="pseudo_inverse", cutoff=options.cutoff)
    return MassSolve(ridge=options.ridge)


def _refuse_lost(found: ValueType, known: Mapping[str, object], options: LagrangianOptions) -> None:
    """Raises EquivarianceError where a symmetry of L is none of the acceleration."""
    for name in known:
        if name not in found.actions and not mass_solve(options).is_exact:
            raise EquivarianceError(
                f"a bounded mass matrix does not keep `{name}`, whose matrices are not orthogonal",
                note="a ridge or cutoff compares lengths, and the group changes them",
                hint="write ridge = 0, which inverts the mass matrix itself",
            )


STRATEGY = Lagrangian()
