"""Why a loss is no longer finite: the steps since the last good state are taken again, and looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

if TYPE_CHECKING:
    from symdsl.training.run import Run

Array = NDArray[Any]
MOST_STEPS = 2_000
"""How many steps are taken again to find the cause."""
MOST_NAMES = 3


def diverged(run: Run, value: float, step: int, what: str = "loss") -> SymdslError:
    """SYM1201, exit code 5: what became infinite or NaN, at which update (from 0), why, and what to try."""
    options = run.options
    recent = run.losses.recent
    notes = [f"the losses before it: {', '.join(f'{loss:.4g}' for loss in recent)}"] if recent else []
    cause = find_cause(run, step)
    notes += [cause] if cause else []
    notes.append(f"{options.optimiser} at learning rate {run.rate_of(step):g}")
    if run.folder is not None and run.safe.step:
        notes.append(f"the checkpoint of step {run.safe.step} is kept")
    clip = "" if options.clip is not None else ", clip = 1.0"
    hint = f"try learning_rate = {options.learning_rate / 10:g}{clip}, scale the data to order 1, or --dtype float64"
    diagnostic = Diagnostic("SYM1201", f"the {what} became {value} at step {step + 1}", notes=tuple(notes), hint=hint)
    return SymdslError(diagnostic, exit_code=5)


def find_cause(run: Run, step: int) -> str:
    """Which came first: a loss of finite weights, or an update that was not finite, and of which weights.

    The run is deterministic, so that its last good state leads to the same place again; "" where that is too far.
    """
    if step - run.safe.step > MOST_STEPS:
        return ""
    run.stepper.restore(run.safe.weights, run.safe.optimiser)
    for place in range(run.safe.step, step):
        before = run.stepper.weights(), run.stepper.optimiser_state()
        loss = take_step(run, place, run.rate_of(place))
        names = not_finite(run.stepper.weights())
        if names:
            run.stepper.restore(*before)
            take_step(run, place, 0.0)
            # a rate of 0 leaves finite weights alone, unless it multiplies what is not finite
            what = "gradient" if not_finite(run.stepper.weights()) else "update, rate times direction,"
            listed, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
            listed += f" and {more} more" if more > 0 else ""
            return f"the {what} of step {place + 1} was not finite, in {listed}; its loss was {loss:.4g}"
    return "all weights before it were finite: the model's own numbers overflowed"


def take_step(run: Run, place: int, rate: float) -> float:
    """Update number `place` once more; returns its loss."""
    batches = run.batches_from(place)
    try:
        return run.stepper.losses([run.stepper.step(next(batches), rate)])[0]
    finally:
        close = getattr(batches, "close", None)
        if close is not None:
            close()


def not_finite(weights: Mapping[str, Array]) -> list[str]:
    """The names of the arrays that hold a NaN or an infinity."""
    return [name for name, array in weights.items() if not np.all(np.isfinite(array))]
