"""What a comparison found, as data: a row for each variant, with means and spreads over seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field

from symdsl.comparison.comparison import Comparison
from symdsl.comparison.runs import Outcome

VERSION = 1
PARTS = ("test", "validation", "train")
METRICS = ("error", "mse", "mae", "loss")


class Measured(BaseModel):
    """A quantity over seeds: each value, the mean, and the sample standard deviation, None of a single value."""

    model_config = ConfigDict(frozen=True)

    values: tuple[float, ...]

    @computed_field
    @property
    def mean(self) -> float:
        """The mean."""
        return sum(self.values) / len(self.values)

    @computed_field
    @property
    def spread(self) -> float | None:
        """The sample standard deviation."""
        if len(self.values) < 2:
            return None
        mean = self.mean
        return math.sqrt(sum((value - mean) ** 2 for value in self.values) / (len(self.values) - 1))


class ResultRow(BaseModel):
    """A variant: what it costs, how good it is, how far the symmetry is off, and how long it trained.

    `metric` is that of `ComparisonResult.metric`; quantities are None where no run has them. `ratio` is of what was to
    be equal, to the spec as written. `runs` are the folders, each with the whole spec of its run.
    """

    model_config = ConfigDict(frozen=True)

    enforced_by: str
    parameters: int
    multiply_adds: int
    ratio: float
    metric: Measured | None
    symmetry_error: Measured | None
    mean_symmetry_error: Measured | None
    seconds: Measured | None
    seeds: tuple[int, ...]
    diverged: tuple[int, ...]
    runs: tuple[str, ...]


class ComparisonResult(BaseModel):
    """One comparison: which symmetry of which model, what was made equal, and the rows in the order asked for."""

    model_config = ConfigDict(frozen=True)

    version: int = VERSION
    model: str
    symmetry: str
    group: str
    backend: str
    dtype: str
    equal: Literal["parameters", "compute", "none"]
    reference_parameters: int
    reference_multiply_adds: int
    metric: str
    rows: tuple[ResultRow, ...]
    remarks: tuple[str, ...] = ()


def collect(comparison: Comparison, outcomes: Sequence[Outcome]) -> ComparisonResult:
    """The rows of all outcomes, which are in the order of the comparison's runs."""
    metric = choose_metric([outcome.metrics for outcome in outcomes])
    rows = []
    for planned in comparison.variants:
        pairs = [
            (run, outcome)
            for run, outcome in zip(comparison.runs, outcomes, strict=True)
            if run.planned.label == planned.label
        ]
        sound = [outcome for _, outcome in pairs if outcome.diverged is None]
        errors = [outcome.symmetry for outcome in sound if outcome.symmetry is not None]
        rows.append(
            ResultRow(
                enforced_by=planned.label,
                parameters=planned.size.parameters,
                multiply_adds=planned.size.multiply_adds,
                ratio=planned.ratio,
                metric=measured(outcome.metrics.get(metric) for outcome in sound),
                symmetry_error=measured(error.largest for error in errors),
                mean_symmetry_error=measured(error.mean for error in errors),
                seconds=measured(outcome.seconds for outcome in sound),
                seeds=tuple(run.seed for run, _ in pairs),
                diverged=tuple(run.seed for run, outcome in pairs if outcome.diverged is not None),
                runs=tuple(run.folder.as_posix() for run, _ in pairs),
            )
        )
    reference, session = comparison.reference, comparison.reference.session
    return ComparisonResult(
        model=reference.spec.name,
        symmetry=comparison.symmetry,
        group=reference.spec.symmetries[comparison.symmetry].text,
        backend=reference.backend.name,
        dtype=session.dtype,
        equal=comparison.equal,
        reference_parameters=comparison.size.parameters,
        reference_multiply_adds=comparison.size.multiply_adds,
        metric=metric,
        rows=tuple(rows),
        remarks=tuple(remarks(comparison, outcomes)),
    )


def measured(values: Iterable[float | None]) -> Measured | None:
    """The values that are there; None where there are none."""
    found = tuple(value for value in values if value is not None)
    return Measured(values=found) if found else None


def choose_metric(metrics: Sequence[Mapping[str, float]]) -> str:
    """The metric that every run has: of the test part where there is one, an error rate before a loss."""
    known = [each for each in metrics if each]
    names = (f"{part}.{name}" for part in PARTS for name in METRICS)
    return next((name for name in names if known and all(name in each for each in known)), "test.loss")


def remarks(comparison: Comparison, outcomes: Sequence[Outcome]) -> list[str]:
    """What a reader of the table must know: sizes that are not equal, runs that diverged, promises that are broken."""
    found = []
    what = "multiply-adds" if comparison.equal == "compute" else "parameters"
    for planned in comparison.variants:
        if comparison.equal != "none" and not planned.close:
            ratio = f"it has {planned.ratio:.2f} of them"
            found.append(f"{planned.label} cannot come within 5 % of the spec's {what}: {ratio}")
    for run, outcome in zip(comparison.runs, outcomes, strict=True):
        where = f"{run.planned.label}, seed {run.seed}"
        if outcome.diverged is not None:
            found.append(f"{where} diverged: {outcome.diverged}")
        found += [f"{where}: {message}" for message in outcome.broken]
    return found
