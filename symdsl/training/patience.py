"""What the validation losses say: which evaluation is the best, when a plateau is reached, when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from symdsl.check.training_options import TrainingOptions

JUDGED = "validation.loss"


@dataclass(frozen=True)
class Standing:
    """Where the run stands after some evaluations, a function of their validation losses alone.

    `waited` counts the evaluations since the `best` loss (0: the last one was better than all before it), `stalled`
    those since that or the last decay of the rate, `decays` the plateaus so far.
    """

    best: float = math.inf
    waited: int = 0
    stalled: int = 0
    decays: int = 0

    def after(self, loss: float, options: TrainingOptions) -> Standing:
        """The standing after one more evaluation; better means less by more than `min_delta`."""
        if loss < self.best - options.min_delta:
            return Standing(loss, 0, 0, self.decays)
        stalled, decays = self.stalled + 1, self.decays
        if options.schedule == "plateau" and stalled >= options.plateau_after:
            stalled, decays = 0, decays + 1
        return Standing(self.best, self.waited + 1, stalled, decays)

    def is_over(self, options: TrainingOptions) -> bool:
        """Whether `stop_after` evaluations in a row were no better."""
        return options.stop_after is not None and self.waited >= options.stop_after


def standing_after(history: Iterable[Mapping[str, float]], options: TrainingOptions) -> Standing:
    """The standing after all records of a run."""
    losses = (record[JUDGED] for record in history if JUDGED in record)
    return reduce(lambda standing, loss: standing.after(loss, options), losses, Standing())
