"""What training compares: predicted fields with given ones, or trajectories that predicted derivatives lead along."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symdsl.check.spec import Enforcement, Field, Model
from symdsl.check.training_options import HORIZON
from symdsl.diagnostics.diagnostic import Diagnostic, Label, Span

TIME_STEPS = "time_steps"


@dataclass(frozen=True)
class Comparison:
    """The entry point whose outputs training compares, the arrays that it is `given`, and those compared with it.

    The objective takes `given`, then `targets`, whose fields are `fields`.
    """

    entry: str
    given: tuple[str, ...]
    targets: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class TrajectoryFit:
    """`fit = trajectories`: from the inputs on, `horizon` states at distances `steps`, an array of that name.

    `rates` is state -> its time derivative, an output or another input; `paths` is state, or input that is given at
    all times, -> the array of its `horizon` values: of a state after each step, of another input at its start.
    """

    rates: Mapping[str, str]
    paths: Mapping[str, str]
    steps: str
    horizon: int
    substeps: int
    integrator: str

    @property
    def driven(self) -> tuple[str, ...]:
        """The inputs that change with time and that no derivative is predicted of, such as a control."""
        return tuple(name for name in self.paths if name not in self.rates)


def rates_of(fields: Mapping[str, Field], inputs: Sequence[str], outputs: Sequence[str]) -> dict[str, str]:
    """State -> its derivative, for each input whose derivative is predicted, or given beside it (a velocity)."""
    derivatives = {fields[name].of: name for name in (*inputs, *outputs) if fields[name].kind == "derivative"}
    return {name: derivatives[name] for name in inputs if name in derivatives}


def trajectory_fit(model: Model) -> TrajectoryFit | None:
    """How the model is fitted to trajectories, None where its outputs themselves are compared."""
    if model.training.get("fit") != "trajectories":
        return None
    rates = rates_of(model.fields, model.inputs, model.outputs)
    moving = [name for name in model.inputs if name in rates or model.fields[name].over_time]
    paths: dict[str, str] = {}
    for name in moving:
        paths[name] = _free(f"{name}_path", {*model.fields, *paths.values()})
    return TrajectoryFit(
        rates,
        paths,
        _free(TIME_STEPS, {*model.fields, *paths.values()}),
        horizon=model.training.get("horizon", HORIZON),
        substeps=model.training.get("substeps", 1),
        integrator=model.training.get("integrator", "rk4"),
    )


def needed_names(model: Model) -> tuple[str, ...]:
    """The fields that training needs data of: a fit of trajectories needs no derivatives."""
    return (*model.inputs, *(model.outputs if trajectory_fit(model) is None else ()))


def comparison_of(model: Model) -> Comparison:
    """What training and evaluation compare."""
    fit = trajectory_fit(model)
    if fit is None:
        return Comparison("forward", model.inputs, model.outputs, tuple(model.fields[name] for name in model.outputs))
    given = (*model.inputs, *(fit.paths[name] for name in fit.driven), fit.steps)
    states = tuple(fit.rates)
    return Comparison(
        "trajectory", given, tuple(fit.paths[name] for name in states), tuple(model.fields[name] for name in states)
    )


@dataclass(frozen=True)
class FitRequest:
    """The parts of a model that a fit of trajectories depends on."""

    inputs: Sequence[Field]
    outputs: Sequence[Field]
    structure: Enforcement | None
    constrained: bool
    normalised: Collection[str]


def fit_faults(asked: FitRequest, integrator: str, spans: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Why `fit = trajectories` does not fit what is predicted; `spans` are those of the options, by name."""
    span = spans.get("fit")
    given = {field.name: field for field in asked.inputs}
    for field in asked.outputs:
        state = given.get(field.of or "")
        if field.kind != "derivative" or state is None:
            yield Diagnostic(
                "SYM1208", f"`{field.name}` leads along no trajectory", span,
                label="follows predicted derivatives",
                related=(Label(field.span, "predicted, and no derivative of an input"),),
                hint="predict `dz: derivative(z)` from `z`, or leave `fit` out",
            )  # fmt: skip
        elif not state.over_time:
            yield Diagnostic(
                "SYM1208", f"`{state.name}` is no trajectory", span, label="compares trajectories",
                related=(Label(state.span, "single states"),),
                hint=f"write `over t` behind the type of `{state.name}`, and give its states in a row",
            )  # fmt: skip
        elif field.name in asked.normalised:
            yield Diagnostic(
                "SYM1208", f"`{field.name}` is normalised, and trajectories give no scale of it", span,
                label="compares trajectories", related=(Label(field.span, "a derivative without data"),),
                hint=f"normalise `{state.name}` alone",
            )  # fmt: skip
    separable = asked.structure is not None and getattr(asked.structure.options, "separable", False)
    if integrator == "leapfrog" and (asked.constrained or not separable):
        where = spans.get("integrator", span)
        why = "its steps keep the symplectic form only where H(q, p) = T(p) + V(q)"
        yield Diagnostic(
            "SYM1208", "leapfrog follows a separable energy alone", where, label="q and p are moved in turns",
            notes=(why,), hint="write `integrator = rk4`, or `kinetic = mass` without constraints, friction or control",
        )  # fmt: skip


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name
