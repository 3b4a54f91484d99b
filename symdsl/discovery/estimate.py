"""What every estimator gives: candidates for a Lie algebra, noisy and unnamed, and what a person may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.problem import Options, Problem

Array = NDArray[np.float64]


class Watch(Protocol):
    """Is told how far a stage is."""

    def stage(self, title: str, steps: int) -> None:
        """A new stage of `steps` steps begins."""
        ...

    def step(self, count: int = 1) -> None:
        """So many steps more are done."""
        ...


class Silent:
    """A watch that nobody looks at."""

    def stage(self, title: str, steps: int) -> None:
        """Nothing is shown."""

    def step(self, count: int = 1) -> None:
        """Nothing is shown."""


@dataclass(frozen=True)
class Spectrum:
    """The relative defect of each direction among the motions, ascending, with an interval over the ensemble.

    0: the law does not change along it; 1: as much as it would at random. All are of shape (B,).
    """

    values: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Candidate:
    """Generators (r, d, d) as they were estimated, orthonormal, not yet closed, and how they move the output (r, m, m).

    `ensemble` (K, r, d, d) are other estimates, spread as the error of this one is. `space` is that of a card. `ranges`
    (r, 2) where an estimator says over which parameters each holds.
    """

    generators: Array
    outputs: Array | None = None
    ranges: Array | None = None
    space: str = "linear"
    ensemble: Array | None = None


@dataclass(frozen=True)
class Estimate:
    """The candidates of an estimator, best first, its spectrum where it has one, and tables and pictures by title.

    `surrogate` is the free ensemble (`discovery.surrogate.Surrogate`) of an estimator that trains one.
    `figures` are numbers by name, for the report and for benches; `arrays` what the report may draw.
    """

    candidates: tuple[Candidate, ...]
    spectrum: Spectrum | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    surrogate: object | None = None


class Estimator(Protocol):
    """From data to candidates. `settings` is the checked pydantic model of the estimator's options."""

    def __call__(self, problem: Problem, options: Options, settings: Any, watch: Watch) -> Estimate:
        """The estimate; the same one for the same seed. Raises SymdslError for data that it cannot use."""
        ...
