"""Trajectories of a trained model, the quantities along them, and the truth beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

from symdsl.check.noether import conserved_quantities
from symdsl.data.integrate import BreakdownError, VectorField, Watch
from symdsl.data.system import System
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.session import Limits, limit_diagnostic
from symdsl.simulation.methods import Accuracy, Method
from symdsl.simulation.motion import Motion

Array = NDArray[np.float64]
ENDLESS = 10**18


@dataclass(frozen=True)
class Quantity:
    """What should be conserved along trajectories: `values` (N, T, k).

    It is `learned`, `true` (of the simulator behind the data), or `conserved` by a symmetry of the spec.
    """

    name: str
    of: str
    values: Array

    @property
    def title(self) -> str:
        """`learned energy`, `true angular momentum`."""
        return f"{self.of} {self.name.replace('_', ' ')}"

    @property
    def change(self) -> Array:
        """|Q(t) - Q(0)|: (N, T)."""
        return np.linalg.norm(self.values - self.values[:, :1], axis=2)


@dataclass(frozen=True)
class Trajectories:
    """States (N, T, *shape) by name at `times` (T,), the quantities along them, and the true states where known.

    `remarks` say what is not there that might be.
    """

    times: Array
    states: Mapping[str, Array]
    quantities: tuple[Quantity, ...] = ()
    truth: Mapping[str, Array] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def only(self, names: Collection[str]) -> Trajectories:
        """The same with the quantities of these names alone."""
        return replace(self, quantities=tuple(each for each in self.quantities if each.name in names))

    @property
    def distance(self) -> Array | None:
        """|z(t) - z*(t)| of the states from the true ones: (N, T); None without truth."""
        if not self.truth:
            return None
        squares = [np.sum((self.states[name] - true) ** 2, axis=tuple(range(2, true.ndim)))
                   for name, true in self.truth.items()]  # fmt: skip
        return np.sqrt(np.sum(squares, axis=0))


def output_times(steps: int | None, duration: float | None, step_size: float) -> tuple[int, float]:
    """(number of steps, their size): `steps` of `step_size`, or as many as fit `duration`, which the last one meets."""
    if duration is None:
        return steps or 1, step_size
    ratio = duration / step_size
    fitting = max(1, ceil(ratio - 1e-9)) if isfinite(ratio) and ratio < ENDLESS else ENDLESS
    return fitting, duration / fitting


def check_length(starts: int, steps: int, size: int, limits: Limits) -> None:
    """Raises SymdslError (SYM1236, exit code 2) where trajectories hold more numbers than `limits` allow."""
    numbers = starts * (steps + 1) * size
    if numbers > limits.trajectory_numbers:
        raise SymdslError(limit_diagnostic(limits, "trajectory_numbers", numbers, None), exit_code=2)


def follow(
    motion: Motion, initial: Array, times: Array, method: Method, accuracy: Accuracy, limits: Limits, watch: Watch
) -> Array:
    """The trajectories (N, T, size) of flat states from `initial` (N, size).

    Raises SymdslError: SYM1234 where one is no longer finite (exit code 5), SYM1235 as `implicit_midpoint`, SYM1236
    where an adaptive method takes more steps than `limits` allow.
    """
    # an adaptive method steps through subsets of rows, which constants would have to follow
    together = method.batched or not motion.constants
    parts = [slice(0, len(initial))] if together else [slice(row, row + 1) for row in range(len(initial))]
    found = []
    for rows in parts:
        told = watch if method.batched else counted(watch, method.name, limits)
        try:
            with np.errstate(all="ignore"):
                found.append(method.follow(motion.only(rows).rate, initial[rows], times, accuracy, told))
        except BreakdownError as error:
            raise diverged(error, rows.start + error.row, motion, initial) from None
    return np.concatenate(found)


def counted(watch: Watch, who: str, limits: Limits) -> Watch:
    """`watch` of an adaptive method, which ends it after too many steps; with fixed steps they are known before."""
    steps = count(1)

    def told(time: float) -> None:
        if next(steps) > limits.solver_steps:
            message = f"{who} took {limits.solver_steps:,} steps and has come to t = {time:.6g}"
            hint = "follow it for a shorter time, raise --rtol, or raise the limit with --limit-solver-steps"
            raise SymdslError(Diagnostic("SYM1236", message, hint=hint), exit_code=2)
        watch(time)

    return told


def diverged(error: BreakdownError, row: int, motion: Motion, initial: Array) -> SymdslError:
    """SYM1234, exit code 5: which trajectory, when, its last state and its first."""

    def said(flat: Array) -> str:
        return ", ".join(f"{number:.6g}" for number in flat[:8]) + (", ..." if len(flat) > 8 else "")

    names = ", ".join(motion.moving)
    notes = (f"its last finite state ({names}) is {said(error.state)}", f"it started from {said(initial[row])}")
    hint = "try a smaller --step-size or --rtol, or a start among the states that the model was trained on"
    message = f"trajectory {row} is no longer finite after t = {error.time:.6g}"
    return SymdslError(Diagnostic("SYM1234", message, notes=notes, hint=hint), exit_code=5)


def roll_out(
    motion: Motion, initial: Mapping[str, Array], times: Array, method: Method, *, accuracy: Accuracy | None = None,
    scalars: Sequence[str] = (), system: System | None = None, limits: Limits | None = None,
    watch: Watch = lambda time: None,
) -> Trajectories:  # fmt: skip
    """Follow a model from `initial`, states (N, *shape) by name; `scalars` are those that it learned.

    What the symmetries of the spec conserve is told too (Noether's theorem); with the `system` behind the data, also
    what that conserves and its own trajectories. Raises SymdslError as
    `follow` and `check_length`, SYM1237 where the states are not those of the system.
    """
    limits = limits or Limits()
    flat = motion.join(initial)
    check_length(len(flat), len(times) - 1, motion.size, limits)
    if system is not None:
        check_system(motion, system)
    path = follow(motion, flat, times, method, accuracy or Accuracy(), limits, watch)
    quantities = [Quantity(name, "learned", motion.scalar(name, path)) for name in scalars]
    states = motion.split(path)
    known = {} if system is None else system.conserved
    quantities += [
        Quantity(each.name, "conserved", along(each.map.value, states[each.state]))
        for each in conserved_quantities(motion.model)
        if each.name not in known
    ]
    if system is None:
        return Trajectories(times, states, tuple(quantities))
    whole = motion.whole(states, axis=2)
    quantities += [Quantity(each, "true", along(value, whole)) for each, value in known.items()]
    truth, remarks = true_states(motion, system, whole[:, 0], times, limits, watch)
    return Trajectories(times, states, tuple(quantities), truth, remarks)


def true_states(
    motion: Motion, system: System, initial: Array, times: Array, limits: Limits, watch: Watch
) -> tuple[dict[str, Array], tuple[str, ...]]:
    """The system's own trajectories by the names of the states; none, and a remark, where one of them breaks down."""
    try:
        with np.errstate(all="ignore"):
            found = system.follow(initial, times, counted(watch, "the simulator", limits))
            return motion.parts(found, axis=2), ()
    except BreakdownError as error:
        where = f"the true motion from start {error.row} breaks down at t = {error.time:.6g}"
        return {}, (f"{where}; no distance from the truth is known",)


def check_system(motion: Motion, system: System) -> None:
    """Raises SymdslError (SYM1237, exit code 2) where the states of the model are not of the shape of the system."""
    shapes = {name: motion.model.fields[name].shape for name in motion.moving}
    if motion.whole_shape != system.shape:
        have = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        message = f"the states of the model are not those of the true motion: {have}, and not {system.shape}"
        hint = "name the simulator that made the data with --truth"
        raise SymdslError(Diagnostic("SYM1237", message, hint=hint), exit_code=2)


def along(value: VectorField, states: Array) -> Array:
    """A quantity (M, *shape) -> (M,) or (M, k) along trajectories (N, T, *shape): (N, T, k)."""
    return value(states.reshape(-1, *states.shape[2:])).reshape(*states.shape[:2], -1)
