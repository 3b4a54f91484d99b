"""Trajectories cut into windows: a state, and those that follow it, as many as a fit looks ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.check.fit import TrajectoryFit, trajectory_fit
from symdsl.check.spec import Model
from symdsl.check.training_options import TrainingOptions
from symdsl.data.faults import bad_data
from symdsl.data.match import FieldArrays
from symdsl.data.split import Split, choose_split

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
LARGEST = 500_000_000
"""How many numbers all windows may hold together."""
EVEN = 1e-6
"""How much, relative to their mean, time steps may differ and be even all the same."""


def compared_data(model: Model, data: FieldArrays, options: TrainingOptions) -> tuple[FieldArrays, Split]:
    """The arrays that training compares, and which samples of them train, choose and judge.

    Those of the fields; where trajectories are fitted, every window that lies within one part. Raises SymdslError:
    SYM0813 no times, SYM0814 trajectories too short, SYM0815 too many windows, SYM0818 times that do not fit.
    """
    split = choose_split(data.count, data.partition, options.split, options.seed_of_split, data.points)
    fit = trajectory_fit(model)
    if fit is None:
        return data, split
    steps = time_steps(data, fit, options.time_step)
    starts = [_starts(part, data, fit.horizon) for part in (split.train, split.validation, split.test)]
    return cut_windows(model, data, fit, np.concatenate(starts), steps), _successive(starts)


def time_steps(data: FieldArrays, fit: TrajectoryFit, stated: float | None) -> Array:
    """The distances of successive states: (trajectories, points - 1). Raises SymdslError (SYM0813, SYM0818)."""
    trajectories = data.count // data.points
    if stated is not None:
        return np.full((trajectories, data.points - 1), stated)
    if data.times is None:
        hint = "store them as `t`, or write `time_step = 0.1` in the train block"
        raise bad_data("SYM0813", f"{data.name} does not say at which times its states were measured", hint=hint)
    steps = np.diff(data.times, axis=1)
    wrong = np.argwhere(~(steps > 0))
    if len(wrong):
        row, place = (int(number) for number in wrong[0])
        message = f"the times of trajectory {row} in {data.name} do not rise after state {place}"
        raise bad_data("SYM0818", message, hint="order the states by time, each time once")
    spread = np.abs(steps - steps.mean(axis=1, keepdims=True)).max(axis=1) / steps.mean(axis=1)
    if fit.integrator != "rk4" and spread.max(initial=0.0) > EVEN:
        row = int(np.argmax(spread))
        message = f"{fit.integrator} needs even time steps, and those of trajectory {row} in {data.name} are uneven"
        notes = (f"they go from {steps[row].min():.6g} to {steps[row].max():.6g}",
                 "what a symplectic method follows depends on its step; one energy cannot fit several")  # fmt: skip
        raise bad_data("SYM0818", message, notes=notes, hint="write `integrator = rk4`, which takes any steps")
    return steps


def _starts(part: Indices, data: FieldArrays, horizon: int) -> Indices:
    """The states of a part that the next `horizon` ones of their trajectory are in too."""
    inside = np.zeros(data.count, dtype=np.bool_)
    inside[part] = True
    rows = inside.reshape(-1, data.points)
    if data.points <= horizon:
        hint = f"write horizon = {data.points - 1} or less" if data.points > 1 else None
        message = f"a horizon of {horizon} needs trajectories of {horizon + 1} states, and these have {data.points}"
        raise bad_data("SYM0814", message, hint=hint)
    whole = np.lib.stride_tricks.sliding_window_view(rows, horizon + 1, axis=1).all(axis=2)
    row, place = np.nonzero(whole)
    return row * data.points + place


def _successive(starts: list[Indices]) -> Split:
    edges = np.cumsum([0, *map(len, starts)])
    return Split(*(np.arange(edges[place], edges[place + 1]) for place in range(3)))


def cut_windows(model: Model, data: FieldArrays, fit: TrajectoryFit, starts: Indices, steps: Array) -> FieldArrays:
    """The inputs at the states `starts`, and beside them the paths and time steps of a fit.

    Raises SymdslError: SYM0814 without any, SYM0815 where they hold more numbers than there may be.
    """
    if not len(starts):
        raise bad_data("SYM0814", f"no trajectory of {data.name} has {fit.horizon + 1} states in one part of the split")
    numbers = len(starts) * fit.horizon * sum(int(np.prod(model.fields[name].shape)) for name in fit.paths)
    if numbers > LARGEST:
        hint = "make the horizon or the data smaller"
        message = f"the windows of {data.name} hold {numbers:,} numbers, and the limit is {LARGEST:,}"
        raise bad_data("SYM0815", message, hint=hint)
    ahead = np.arange(fit.horizon)
    arrays = {name: np.asarray(data.take(name, starts)) for name in model.inputs}
    for name, path in fit.paths.items():
        arrays[path] = np.asarray(data.arrays[name][:])[starts[:, None] + ahead + (name in fit.rates)]
    row, place = np.divmod(starts, data.points)
    arrays[fit.steps] = steps[row[:, None], place[:, None] + ahead]
    return FieldArrays(data.name, arrays, len(starts), {})
