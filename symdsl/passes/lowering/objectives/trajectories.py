"""Trajectories of predicted derivatives in plan operations: one step of an integrator, and a row of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from symdsl.check.fit import TrajectoryFit
from symdsl.check.spec import Model
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.passes.lowering.lower import argument_name
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module
from symdsl.plan.value import Value

ADVANCE, TRAJECTORY = "advance", "trajectory"
Values = Mapping[str, Value]


def add_trajectory(root: Module, model: Model, fit: TrajectoryFit) -> Module:
    """The root with `advance`, one step of the integrator, and `trajectory`, the states of a whole horizon.

    Raises SymdslError (SYM0317) for a network that is another one in training: its steps would not be of one motion.
    """
    if any(method.name == "forward_train" for method in root.methods):
        message = "a fit of trajectories trains no layer that is another one in training"
        notes = ("dropout and batch normalisation would change the motion from step to step",)
        hint = "leave such layers out, or write `fit = derivatives`"
        raise SymdslError(Diagnostic("SYM0317", message, model.network.span, notes=notes, hint=hint))
    root = replace(root, methods=(*root.methods, _advance(root, model, fit)))
    return replace(root, methods=(*root.methods, _trajectory(root, model, fit)))


def path_type(model: Model, fit: TrajectoryFit, name: str) -> ArrayType:
    """The type of the `horizon` values of an input."""
    return ArrayType((fit.horizon, *model.fields[name].shape), batched=True)


def steps_type(fit: TrajectoryFit) -> ArrayType:
    """The type of the distances of the states in time."""
    return ArrayType((fit.horizon,), batched=True)


def at(path: Value, place: int) -> Value:
    """One of the values of a path, or one of the time steps."""
    return path.apply("slice", axis=0, start=place, stop=place + 1, step=1).apply("squeeze", axis=0)


@dataclass(frozen=True)
class Flow:
    """dz/dt of the model, as calls in a method of its root."""

    builder: MethodBuilder
    root: Module
    model: Model
    fit: TrajectoryFit

    def rates(self, inputs: Values) -> dict[str, Value]:
        """The time derivative of each state: one that is predicted, or the velocity among the inputs."""
        given = [inputs[name] for name in self.model.inputs]
        found = dict(zip(self.model.outputs, self.builder.call(self.root, "", "forward", *given), strict=True))
        return {state: found[rate] if rate in found else inputs[rate] for state, rate in self.fit.rates.items()}

    def moved(self, inputs: Values, rates: Values, time: Value) -> dict[str, Value]:
        """Every state moved along its rate for a time."""
        return {**inputs, **{name: inputs[name] + _spread(time, rate.rank) * rate for name, rate in rates.items()}}


def runge_kutta(flow: Flow, inputs: Values, step: Value) -> dict[str, Value]:
    """The classical method of order 4 (Hairer, Norsett, Wanner, Solving ODEs I, II.1)."""
    first = flow.rates(inputs)
    second = flow.rates(flow.moved(inputs, first, step * 0.5))
    third = flow.rates(flow.moved(inputs, second, step * 0.5))
    fourth = flow.rates(flow.moved(inputs, third, step))
    mean = {name: (first[name] + fourth[name] + (second[name] + third[name]) * 2.0) * (1 / 6) for name in first}
    return flow.moved(inputs, mean, step)


def leapfrog(flow: Flow, inputs: Values, step: Value) -> dict[str, Value]:
    """Half a step of p, one of q, half a step of p: symplectic, of order 2, for H = T(p) + V(q).

    Stoermer and Verlet; Hairer, Lubich, Wanner, Geometric Numerical Integration, I.1.4.
    """
    kicked = flow.moved(inputs, _side(flow, flow.rates(inputs), 1), step * 0.5)
    drifted = flow.moved(kicked, _side(flow, flow.rates(kicked), 0), step)
    return flow.moved(drifted, _side(flow, flow.rates(drifted), 1), step * 0.5)


INTEGRATORS: Mapping[str, Callable[[Flow, Values, Value], dict[str, Value]]] = MappingProxyType(
    {"rk4": runge_kutta, "leapfrog": leapfrog}
)


def _side(flow: Flow, rates: Values, side: int) -> dict[str, Value]:
    """The rates of phase spaces with those of q (side 0) or of p (side 1) alone, and 0 for the other."""
    found = {}
    for name, rate in rates.items():
        axis = len(flow.model.fields[name].axes)
        kept = rate.apply("slice", axis=axis, start=side, stop=side + 1, step=1)
        nothing = flow.builder.zeros_like(kept)
        found[name] = flow.builder.add("concatenate", *((kept, nothing) if side == 0 else (nothing, kept)), axis=axis)
    return found


def _advance(root: Module, model: Model, fit: TrajectoryFit) -> Method:
    builder = MethodBuilder(ADVANCE, f"The states after a time step, by {fit.integrator}.")
    inputs = {name: builder.argument(argument_name(name), _input_type(model, name)) for name in model.inputs}
    step = builder.argument(fit.steps, ArrayType((), batched=True))
    after = INTEGRATORS[fit.integrator](Flow(builder, root, model, fit), inputs, step)
    for name in fit.rates:
        builder.output(argument_name(name), after[name])
    return builder.build()


def _trajectory(root: Module, model: Model, fit: TrajectoryFit) -> Method:
    builder = MethodBuilder(TRAJECTORY, f"The {fit.horizon} states that follow, at distances `{fit.steps}`.")
    inputs = {name: builder.argument(argument_name(name), _input_type(model, name)) for name in model.inputs}
    given = {name: builder.argument(fit.paths[name], path_type(model, fit, name)) for name in fit.driven}
    steps = builder.argument(fit.steps, steps_type(fit))
    if fit.substeps > 1:
        steps = steps * (1 / fit.substeps)
    found: dict[str, list[Value]] = {name: [] for name in fit.rates}
    for place in range(fit.horizon):
        inputs |= {name: at(path, place) for name, path in given.items()}
        for _ in range(fit.substeps):
            moved = builder.call(root, "", ADVANCE, *inputs.values(), at(steps, place))
            inputs |= dict(zip(fit.rates, moved, strict=True))
        for name, states in found.items():
            states.append(inputs[name])
    for name, states in found.items():
        builder.output(fit.paths[name], builder.add("stack", *states, axis=0))
    return builder.build()


def _input_type(model: Model, name: str) -> ArrayType:
    return ArrayType(model.fields[name].shape, batched=True)


def _spread(number: Value, rank: int) -> Value:
    """A number for each sample, with axes of size 1."""
    for _ in range(rank):
        number = number.apply("expand", axis=0)
    return number
