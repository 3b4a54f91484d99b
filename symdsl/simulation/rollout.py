"""Trajectories of a trained model, the quantities along them, and the truth beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

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
    """What should be conserved along trajectories: `values` (N, T, k), of the `learned` or the `true` motion."""

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
    """States (N, T, *shape) by name at `times` (T,), the quantities along them, and the true states where known."""

    times: Array
    states: Mapping[str, Array]
    quantities: tuple[Quantity, ...] = ()
    truth: Mapping[str, Array] = field(default_factory=dict)

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
    count = max(1, ceil(ratio - 1e-9)) if isfinite(ratio) and ratio < ENDLESS else ENDLESS
    return count, duration / count


def check_length(starts: int, steps: int, size: int, limits: Limits) -> None:
    """Raises SymdslError (SYM1236, exit code 2) where trajectories hold more numbers than `limits` allow."""
    count = starts * (steps + 1) * size
    if count > limits.trajectory_numbers:
        raise SymdslError(limit_diagnostic(limits, "trajectory_numbers", count, None), exit_code=2)


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
        counted = counting(watch, method, limits)
        try:
            with np.errstate(all="ignore"):
                found.append(method.follow(motion.only(rows).rate, initial[rows], times, accuracy, counted))
        except BreakdownError as error:
            raise diverged(error, rows.start + error.row, motion, initial) from None
    return np.concatenate(found)


def counting(watch: Watch, method: Method, limits: Limits) -> Watch:
    """`watch`, which ends an adaptive method after too many steps; the steps of the others are known before."""
    if method.batched:
        return watch
    numbers: Iterator[int] = iter(range(1, limits.solver_steps + 1))

    def counted(time: float) -> None:
        if next(numbers, None) is None:
            message = f"{method.name} took {limits.solver_steps:,} steps and has come to t = {time:.6g}"
            hint = "follow it for a shorter time, raise --rtol, or raise the limit with --limit-solver-steps"
            raise SymdslError(Diagnostic("SYM1236", message, hint=hint), exit_code=2)
        watch(time)

    return counted


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

    With the `system` behind the data, also what that conserves and its own trajectories. Raises SymdslError as
    `follow` and `check_length`, SYM1237 where the states are not those of the system, SYM0817 where it breaks down.
    """
    limits = limits or Limits()
    flat = motion.join(initial)
    check_length(len(flat), len(times) - 1, motion.size, limits)
    if system is not None:
        check_system(motion, system)
    path = follow(motion, flat, times, method, accuracy or Accuracy(), limits, watch)
    quantities = [Quantity(name, "learned", motion.scalar(name, path)[:, :, None]) for name in scalars]
    states, truth = motion.split(path), {}
    if system is not None:
        (name,) = motion.moving
        quantities += [Quantity(each, "true", along(value, states[name])) for each, value in system.conserved.items()]
        truth = {name: system.follow(np.asarray(initial[name], dtype=np.float64), times)}
    return Trajectories(times, states, tuple(quantities), truth)


def check_system(motion: Motion, system: System) -> None:
    """Raises SymdslError (SYM1237, exit code 2) where the model has not one state of the shape of the system."""
    shapes = {name: motion.model.fields[name].shape for name in motion.moving}
    if list(shapes.values()) != [system.shape]:
        have = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        message = f"the states of the model are not those of the true motion: {have}, and not {system.shape}"
        hint = "name the simulator that made the data with --truth"
        raise SymdslError(Diagnostic("SYM1237", message, hint=hint), exit_code=2)


def along(value: VectorField, states: Array) -> Array:
    """A quantity (M, *shape) -> (M,) or (M, k) along trajectories (N, T, *shape): (N, T, k)."""
    count, points = states.shape[:2]
    return value(states.reshape(-1, *states.shape[2:])).reshape(count, points, -1)
