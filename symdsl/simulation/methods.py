"""The methods that follow dy/dt = f(y): adaptive, or with the step of the output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from symdsl.data.integrate import BreakdownError, VectorField, Watch, integrate
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.suggest import did_you_mean

Array = NDArray[np.float64]
ITERATIONS = 200


@dataclass(frozen=True)
class Accuracy:
    """`rtol` and `atol` bound the error of an adaptive step; `precision` is the epsilon of the model's numbers."""

    rtol: float = 1e-9
    atol: float = 1e-9
    precision: float = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Method:
    """`follow(f, y(0) (N, d), times (T,), accuracy, watch)` gives (N, T, d); `batched`: all rows take one step.

    It raises BreakdownError where a trajectory has no finite continuation.
    """

    name: str
    summary: str
    follow: Callable[[VectorField, Array, Array, Accuracy, Watch], Array]
    batched: bool


def follow_adaptive(field: VectorField, initial: Array, times: Array, accuracy: Accuracy, watch: Watch) -> Array:
    """Dormand and Prince's 5(4) pair with the steps of SciPy's RK45 (`symdsl.data.integrate`).

    Trajectories that have arrived are computed along, so that a model always sees the same number of rows.
    """
    count = len(initial)

    def same_rows(states: Array) -> Array:
        padded = np.concatenate([states, np.repeat(states[-1:], count - len(states), axis=0)])
        return field(padded)[: len(states)]

    return integrate(same_rows, initial, times, rtol=accuracy.rtol, atol=accuracy.atol, watch=watch)


def runge_kutta(field: VectorField, state: Array, step: float, accuracy: Accuracy) -> Array:
    """The classical method of order 4 (Hairer, Norsett, Wanner, Solving ODEs I, II.1)."""
    first = field(state)
    second = field(state + step / 2 * first)
    third = field(state + step / 2 * second)
    fourth = field(state + step * third)
    return state + step / 6 * (first + 2 * second + 2 * third + fourth)


def implicit_midpoint(field: VectorField, state: Array, step: float, accuracy: Accuracy) -> Array:
    """y' = y + h f((y + y') / 2), of order 2, symplectic for every Hamiltonian, separable or not.

    Solved by iteration to the rounding of the model (Hairer, Lubich, Wanner, Geometric Numerical Integration, VI.4 and
    VIII.6). Raises SymdslError (SYM1235, exit code 5) where that does not converge.
    """
    middle, change = state + step / 2 * field(state), np.zeros_like(state)
    for _ in range(ITERATIONS):
        proposal = state + step / 2 * field(middle)
        change = np.abs(proposal - middle)
        middle = proposal
        if not np.all(np.isfinite(middle)) or np.all(change <= 8 * accuracy.precision * (1 + np.abs(middle))):
            return 2 * middle - state
    message = f"the implicit midpoint rule does not converge with the step size {step:g}"
    notes = (f"after {ITERATIONS} iterations a number still changes by {np.max(change):.2g}",)
    hint = f"try --step-size {step / 4:.3g}"
    raise SymdslError(Diagnostic("SYM1235", message, notes=notes, hint=hint), exit_code=5)


@dataclass(frozen=True)
class FixedStep:
    """A one-step method, with the distances of the output times as its steps."""

    step: Callable[[VectorField, Array, float, Accuracy], Array]

    def __call__(self, field: VectorField, initial: Array, times: Array, accuracy: Accuracy, watch: Watch) -> Array:
        """(N, d) -> (N, T, d)."""
        result = np.empty((len(initial), len(times), initial.shape[1]))
        result[:, 0] = initial
        for place, width in enumerate(np.diff(times), start=1):
            before = result[:, place - 1]
            result[:, place] = self.step(field, before, float(width), accuracy)
            endless = np.flatnonzero(~np.isfinite(result[:, place]).all(axis=1))
            if endless.size:
                raise BreakdownError(float(times[place - 1]), int(endless[0]), before[endless[0]].copy())
            watch(float(times[place]))
        return result


METHODS: Mapping[str, Method] = MappingProxyType({
    "rk45": Method("rk45", "Dormand-Prince 5(4), adaptive, as SciPy's RK45", follow_adaptive, batched=False),
    "rk4": Method("rk4", "classical Runge-Kutta of order 4", FixedStep(runge_kutta), batched=True),
    "midpoint": Method("midpoint", "implicit midpoint, symplectic, of order 2", FixedStep(implicit_midpoint), True),
})  # fmt: skip


def find_method(name: str) -> Method:
    """The method called `name`. Raises SymdslError (SYM1233, exit code 2) for an unknown one."""
    if name not in METHODS:
        hint = did_you_mean(name, METHODS) or f"the methods are {', '.join(METHODS)}"
        message = f"there is no method of integration `{name}`"
        notes = tuple(f"{method.name}: {method.summary}" for method in METHODS.values())
        raise SymdslError(Diagnostic("SYM1233", message, notes=notes, hint=hint), exit_code=2)
    return METHODS[name]
