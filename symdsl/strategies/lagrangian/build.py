"""Lagrangian neural networks (Cranmer et al. 2020, 2003.04630): the acceleration that a learned L gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symdsl.check.spec import Enforcement, Model
from symdsl.ir.actions import trivial_action
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.euler_lagrange import EulerLagrange, MassSolve
from symdsl.ir.operations.kinetic import HalfSquare, QuadraticLagrangian
from symdsl.ir.operations.pointwise import Add
from symdsl.ir.operations.shape import Pack, UnpackPart
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.strategies.lagrangian.declaration import FLOOR, LagrangianOptions
from symdsl.strategies.lagrangian.density import density
from symdsl.strategies.normalised import normalised
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
        velocities = tuple(model.fields[target.name].of or "" for target in targets)
        coordinates = tuple(model.fields[name].of or "" for name in velocities)
        region = GraphBuilder()
        arguments = {name: region.input(name, builder.type_of(node)) for name, node in inputs.items()}
        known = builder.type_of(inputs[velocities[0]]).actions
        scalar = _lagrangian(region, arguments, velocities, inner, options, model)
        _refuse_moving(region.type_of(scalar), known, options)
        equation = EulerLagrange(
            region=region.build({"lagrangian": scalar}), coordinates=coordinates, velocities=velocities,
            solve=mass_solve(options), half_band=None if options.stencil is None else options.stencil - 1,
        )  # fmt: skip
        acceleration = builder.add(equation, *inputs.values(), name="euler_lagrange")
        _refuse_lost(builder.type_of(acceleration), known, options)
        if len(targets) == 1:
            return {targets[0].name: acceleration}
        parts = tuple(builder.type_of(inputs[name]) for name in velocities)
        return {
            target.name: builder.add(UnpackPart(targets=parts, place=place), acceleration)
            for place, target in enumerate(targets)
        }


def _lagrangian(
    region: GraphBuilder, arguments: Mapping[str, int], velocities: Sequence[str], inner: InnerNetwork,
    options: LagrangianOptions, model: Model,
) -> int:  # fmt: skip
    """The node of L in its region, of the kind that the options ask for."""
    known = region.type_of(arguments[velocities[0]]).actions
    invariant = {name: trivial_action(action, ()) for name, action in known.items()}
    scalar = ValueType(shape=(), actions=invariant)
    if options.kinetic != "quadratic":
        if options.stencil is not None:
            found = density(region, arguments, options.stencil, model)
        else:
            found = inner(region, arguments, (Target("lagrangian", scalar),))["lagrangian"]
        if options.kinetic == "free":
            return found
        for name in velocities:
            speed = normalised(model, region, name, arguments[name], alike=options.stencil is not None)
            found = region.add(Add(), region.add(HalfSquare(), speed), found)
        return found
    speeds = [normalised(model, region, name, arguments[name]) for name in velocities]
    speed = speeds[0] if len(speeds) == 1 else region.add(Pack(), *speeds)
    shape = (region.type_of(speed).size,) * 2
    square = ValueType(shape=shape, actions={name: trivial_action(each, shape) for name, each in invariant.items()})
    still = {name: node for name, node in arguments.items() if name not in velocities}
    parts = inner(region, still, (Target("factor", square), Target("potential", scalar)))
    return region.add(QuadraticLagrangian(floor=FLOOR), parts["factor"], parts["potential"], speed)


def _refuse_moving(found: ValueType, known: Mapping[str, object], options: LagrangianOptions) -> None:
    """Raises EquivarianceError where a kinetic energy changes under a symmetry that the network keeps."""
    lost = [name for name in known if name not in found.actions]
    if lost and options.kinetic != "free":
        what = "a mass matrix of free entries" if options.kinetic == "quadratic" else "|v|^2"
        raise EquivarianceError(
            f"{what} changes under `{lost[0]}`",
            hint="write kinetic = free" + (", or unit" if options.kinetic == "quadratic" else ""),
        )


def mass_solve(options: LagrangianOptions) -> MassSolve:
    """The rule of the options, with what does not belong to it left out."""
    if options.solve == "pseudo_inverse":
        return MassSolve(method="pseudo_inverse", cutoff=options.cutoff)
    return MassSolve(ridge=options.used_ridge)


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
