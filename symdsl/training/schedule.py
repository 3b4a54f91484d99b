"""How the learning rate changes over a run."""

from __future__ import annotations

import math

from symdsl.training.options import TrainingOptions


def learning_rate(options: TrainingOptions, step: int, total: int) -> float:
    """The rate of update number `step` (from 0) of `total`: constant, or half a cosine from the full rate to 0."""
    if options.schedule == "constant":
        return options.learning_rate
    return options.learning_rate * 0.5 * (1 + math.cos(math.pi * step / total))
