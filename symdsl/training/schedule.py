"""How the learning rate changes over a run: a number of the host, so that both backends get the same bits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from symdsl.check.training_options import TrainingOptions

ONE_CYCLE_RISE, ONE_CYCLE_START, ONE_CYCLE_END = 0.3, 25.0, 1e4
"""The part of a run in which one_cycle rises, and what divides the rate at its start and, once more, at its end."""


@dataclass(frozen=True)
class Clock:
    """How many updates an epoch and a run have."""

    per_epoch: int
    epochs: int

    @property
    def total(self) -> int:
        """Updates of the whole run."""
        return self.per_epoch * self.epochs


def learning_rate(options: TrainingOptions, clock: Clock, step: int, decays: int = 0) -> float:
    """The rate of update number `step`, from 0; `decays` is how often a plateau was found before it.

    With w steps of warm-up the rate is r (step + 1) / w in them. After it, at t = step - w of n = total - w:
    cosine r (1 + cos(pi t / n)) / 2; step r d^floor(t / e) and exponential r d^(t / e), a factor d every e steps;
    plateau r d^decays. one_cycle (Smith and Topin 2017, arXiv 1708.07120) goes by half cosines from r / 25 to r, over
    three tenths of the run, and to r / 250,000.
    """
    rate = options.learning_rate
    warm = round(options.warmup * clock.per_epoch)
    if options.schedule == "plateau":
        rate *= options.decay**decays
    if options.schedule != "one_cycle" and step < warm:
        return rate * (step + 1) / warm
    done, length = step - warm, max(1, clock.total - warm)
    if options.schedule == "cosine":
        return rate * 0.5 * (1 + math.cos(math.pi * done / length))
    if options.schedule in ("step", "exponential"):
        every = length / 3 if options.decay_every is None else options.decay_every * clock.per_epoch
        # the small addend keeps 3 * (n / 3) from falling below n
        times = done / every
        return rate * options.decay ** (math.floor(times + 1e-9) if options.schedule == "step" else times)
    if options.schedule == "one_cycle":
        return _one_cycle(rate, step, clock.total)
    return rate


def _one_cycle(rate: float, step: int, total: int) -> float:
    start, rise = rate / ONE_CYCLE_START, int(ONE_CYCLE_RISE * total)
    low, first, length = (start, 0, rise) if step < rise else (start / ONE_CYCLE_END, rise, total - rise)
    share = 0.5 * (1 + math.cos(math.pi * (step - first) / length))
    return rate + (low - rate) * share if step < rise else low + (rate - low) * share
