"""An ensemble of smooth networks that stands for the law: its values, its derivatives, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.networks import free_network
from symdsl.discovery.population import Copies, Fitted, Progress, Schedule, Targets, fit_copies
from symdsl.discovery.problem import Problem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Numbers (N, m) as a network fits them: (y - centre) / unit."""

    centre: Array
    unit: Array

    @classmethod
    def of(cls, problem: Problem) -> Scale:
        """That of a problem's y: each number by itself, or one unit and no centre where a group moves y."""
        values = np.asarray(problem.y, np.float64).reshape(problem.samples, -1)
        if problem.law == "invariance":
            return cls(values.mean(axis=0), np.maximum(values.std(axis=0), 1e-300))
        return cls(np.zeros(values.shape[1]), np.full(values.shape[1], max(float(np.sqrt(np.mean(values**2))), 1e-300)))


def targets_of(problem: Problem, scale: Scale | None = None) -> Targets:
    """What networks fit: classes, or numbers in the units of `scale` (those of the problem itself by default)."""
    if problem.classes is not None:
        return Targets(np.asarray(problem.y, np.int64), problem.classes)
    scale = scale or Scale.of(problem)
    values = np.asarray(problem.y, np.float64).reshape(problem.samples, -1)
    return Targets((values - scale.centre) / scale.unit)


def folds(samples: int, members: int, seed: int) -> tuple[Array, Array]:
    """Masks (members, samples): each learns from all but one part, and is judged by that part."""
    part = np.random.default_rng([seed, 2]).permutation(np.arange(samples) % members)
    judge = (part == np.arange(members)[:, None]).astype(np.float64)
    return 1.0 - judge, judge


@dataclass(frozen=True)
class Surrogate:
    """An ensemble of free networks over flat samples, in the units of its targets."""

    fitted: Fitted
    judge: Array

    def predict(self, x: Array) -> Array:
        """The members' mean (N, m) at samples (N, *shape)."""
        return self.fitted.predict(x.reshape(len(x), -1)).mean(axis=0)

    def gradients(self, x: Array) -> Array:
        """The members' derivatives (K, N, m, *shape) at samples (N, *shape)."""
        found = self.fitted.gradients(x.reshape(len(x), -1))
        return found.reshape(*found.shape[:3], *x.shape[1:])


def fit_surrogate(
    problem: Problem, members: int, steps: int, backend: str | None, seed: int, progress: Progress
) -> Surrogate:
    """Train the ensemble on a problem whose coordinates are of size one."""
    x, targets = np.asarray(problem.x, np.float64), targets_of(problem)
    return fit_free(x, targets, members, steps, backend, seed, progress)


def fit_free(
    x: Array, targets: Targets, members: int, steps: int, backend: str | None, seed: int, progress: Progress
) -> Surrogate:
    """An ensemble from samples (N, *shape) to targets."""
    learn, judge = folds(len(x), members, seed)
    network = free_network(x.shape[1:], targets.width, backend, seed)
    schedule = Schedule(steps=steps, seed=seed)
    return Surrogate(
        fit_copies(network, x.reshape(len(x), -1), targets, Copies(learn, judge), schedule, progress), judge
    )
