"""Adaptive integration of many trajectories at once, each with its own step size.

Dormand and Prince's 5(4) pair (J. Comp. Appl. Math. 6, 1980) with Shampine's quartic interpolant (Math. Comp. 46,
1986). Step control, first step and error norm are those of SciPy's `solve_ivp(method="RK45")`, so that published data
that were made with it come out the same to rounding; a batch takes one Python step for all its trajectories.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

Array = NDArray[np.float64]
VectorField = Callable[[Array], Array]
Watch = Callable[[float], None]
"""Told the time that every trajectory has reached, after each step; what it raises ends the integration."""

STAGES = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
)
WEIGHTS = np.array([35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84])
ERROR_WEIGHTS = np.array([-71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40])
INTERPOLANT = np.array(
    [
        [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
        [0, 0, 0, 0],
        [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
        [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
        [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
        [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
        [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
    ]
)
SAFETY, SMALLEST_FACTOR, LARGEST_FACTOR = 0.9, 0.2, 10.0
ERROR_EXPONENT = -1 / 5


class BreakdownError(SymdslError):
    """SYM0817, exit code 2: the trajectory in `row` of a batch has no finite continuation from `state` at `time`."""

    def __init__(self, time: float, row: int, state: Array) -> None:
        message = f"the integration of a trajectory broke down at t = {time:.6g}"
        super().__init__(Diagnostic("SYM0817", message), exit_code=2)
        self.time, self.row, self.state = time, row, state


def integrate(
    field: VectorField, initial: Array, times: Array, *, rtol: float, atol: float = 1e-6, watch: Watch | None = None
) -> Array:
    """y(t) with y' = field(y), y(times[0]) = initial, for every row of a batch: (N, d) -> (N, T, d).

    `field` is autonomous and maps (M, d) -> (M, d) row by row; `times` (T,) increases. Raises BreakdownError (SYM0817)
    where a step falls under the spacing of float64, in time or in the state, or a slope is not finite at the start.
    """
    count, size = initial.shape
    time, end = np.full(count, times[0]), float(times[-1])
    state = initial.astype(np.float64)
    slope = field(state)
    endless = np.flatnonzero(~np.isfinite(slope).all(axis=1))
    if endless.size:
        raise BreakdownError(float(times[0]), int(endless[0]), state[endless[0]])
    step = first_step(field, state, slope, end - float(times[0]), rtol, atol)
    result = np.empty((count, len(times), size))
    result[:, 0] = state
    done = np.ones(count, dtype=np.int64)
    rejected = np.zeros(count, dtype=bool)
    active = np.flatnonzero(time < end)
    while active.size:
        smallest = 10 * np.abs(np.nextafter(time[active], np.inf) - time[active])
        moves = np.any(state[active] + step[active, None] * slope[active] != state[active], axis=1)
        stuck = active[rejected[active] & ((step[active] < smallest) | ~moves)]
        if stuck.size:
            row = int(stuck[np.argmin(time[stuck])])
            raise BreakdownError(float(time[row]), row, state[row])
        width = np.minimum(np.maximum(step[active], smallest), end - time[active])
        slopes, proposal = try_step(field, state[active], slope[active], width)
        scale = atol + rtol * np.maximum(np.abs(state[active]), np.abs(proposal))
        error = root_mean_square(np.einsum("snd,s->nd", slopes, ERROR_WEIGHTS) * width[:, None] / scale)
        error = np.where(np.isfinite(error), error, np.inf)
        accepted = error < 1
        step[active] = width * step_factor(error, rejected[active])
        rejected[active] = ~accepted
        rows = active[accepted]
        after = np.where(end - time[rows] <= width[accepted], end, time[rows] + width[accepted])
        fill_outputs(result, done, times, rows, time[rows], after, state[rows], slopes[:, accepted], width[accepted])
        time[rows], state[rows], slope[rows] = after, proposal[accepted], slopes[6, accepted]
        active = active[time[active] < end]
        if watch is not None:
            watch(float(time.min()))
    return result


def root_mean_square(values: Array) -> Array:
    """sqrt(mean of squares) of each row: (N, d) -> (N,)."""
    return np.sqrt(np.mean(values**2, axis=1))


def step_factor(error: Array, rejected_before: NDArray[np.bool_]) -> Array:
    """By what the step is multiplied after an error (N,): it grows by no more than 10, and not after a rejection."""
    with np.errstate(divide="ignore"):
        wanted = SAFETY * error**ERROR_EXPONENT
    largest = np.where(rejected_before | (error >= 1), 1.0, LARGEST_FACTOR)
    return np.where(error >= 1, np.maximum(SMALLEST_FACTOR, wanted), np.minimum(largest, wanted))


def first_step(field: VectorField, state: Array, slope: Array, length: float, rtol: float, atol: float) -> Array:
    """The first step size of each row (Hairer, Norsett, Wanner, Solving ODEs I, II.4)."""
    scale = atol + np.abs(state) * rtol
    size, speed = root_mean_square(state / scale), root_mean_square(slope / scale)
    small = (size < 1e-5) | (speed < 1e-5)
    guess = np.minimum(np.where(small, 1e-6, 0.01 * size / np.where(small, 1.0, speed)), length)
    ahead = field(state + guess[:, None] * slope)
    bend = root_mean_square((ahead - slope) / scale) / guess
    flat = (speed <= 1e-15) & (bend <= 1e-15)
    largest = np.where(flat, 1.0, np.maximum(speed, bend))
    refined = np.where(flat, np.maximum(1e-6, guess * 1e-3), (0.01 / largest) ** -ERROR_EXPONENT)
    refined = np.where(np.isfinite(refined), refined, guess)
    return np.minimum(np.minimum(100 * guess, refined), length)


def try_step(field: VectorField, state: Array, slope: Array, width: Array) -> tuple[Array, Array]:
    """The seven slopes (7, N, d) and the fifth-order proposal (N, d) of one step."""
    slopes = np.empty((7, *state.shape))
    slopes[0] = slope
    for stage, row in enumerate(STAGES[1:], start=1):
        change = np.einsum("snd,s->nd", slopes[:stage], np.array(row))
        slopes[stage] = field(state + width[:, None] * change)
    proposal = state + width[:, None] * np.einsum("snd,s->nd", slopes[:6], WEIGHTS)
    slopes[6] = field(proposal)
    return slopes, proposal


def fill_outputs(
    result: Array, done: NDArray[np.int64], times: Array, rows: NDArray[np.int64],
    before: Array, after: Array, state: Array, slopes: Array, width: Array,
) -> None:  # fmt: skip
    """Write the interpolant of an accepted step to every output time in (before, after], counted by `done`."""
    until = np.searchsorted(times, after, side="right")
    shape = np.einsum("snd,sp->npd", slopes, INTERPOLANT)
    while True:
        waiting = np.flatnonzero(done[rows] < until)
        if not waiting.size:
            return
        index = done[rows[waiting]]
        fraction = (times[index] - before[waiting]) / width[waiting]
        powers = fraction[:, None] ** np.arange(1, 5)
        change = np.einsum("npd,np->nd", shape[waiting], powers) * width[waiting][:, None]
        result[rows[waiting], index] = state[waiting] + change
        done[rows[waiting]] += 1
