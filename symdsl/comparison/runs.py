"""The runs of a comparison, one after the other; what is finished is not run again, what was killed goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from symdsl.artifact.manifest import FILE_NAME, certify, content_hash, read_manifest
from symdsl.artifact.weights import read_metadata
from symdsl.artifact.write import write_text
from symdsl.comparison.comparison import PlannedRun
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.training.checkpoint import data_hash
from symdsl.training.loop import TrainingResult, train
from symdsl.training.run_folder import CHECKPOINT, SPEC, WEIGHTS
from symdsl.verification.report import Report
from symdsl.verification.verify import VerifyOptions, verify

OUTCOME = "outcome.json"
DIVERGED = 5
SAMPLES = 32
"""How many samples of the data the symmetry is measured on."""

Talk = Callable[[str], None]


class SymmetryError(BaseModel):
    """How far a symmetry is off on trained weights: the largest relative error over samples and elements, and the mean.

    `mean` is None for dynamics, where the error is the asymmetry of J Df.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    largest: float
    mean: float | None = None


class Outcome(BaseModel):
    """What came of a run. `key` says of which one; `seconds` is training alone, None where it cannot be known.

    `diverged` is the message where the loss was no longer finite: such a run has no metrics.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    key: str
    metrics: dict[str, float] = {}
    symmetry: SymmetryError | None = None
    seconds: float | None = None
    epochs: int = 0
    broken: tuple[str, ...] = ()
    diverged: str | None = None


def run_all(
    runs: Sequence[PlannedRun], data: FieldArrays, symmetry: str, say: Talk, quiet: bool = False
) -> tuple[Outcome, ...]:
    """Every run, in order. Raises SymdslError SYM1223 (exit code 2), before any, where a folder holds another run."""
    digest = data_hash(data.arrays)
    keys = [run_key(run, digest) for run in runs]
    found = [finished(run, key) for run, key in zip(runs, keys, strict=True)]
    outcomes: list[Outcome] = []
    spent: dict[str, list[float]] = {}
    for place, (run, key, known) in enumerate(zip(runs, keys, found, strict=True)):
        head = f"run {place + 1} of {len(runs)}: {run.planned.label}, seed {run.seed}"
        if known is not None:
            say(f"{head}, is finished already")
            outcomes.append(known)
            continue
        waiting = [each.planned.label for each, done in zip(runs[place:], found[place:], strict=True) if done is None]
        say(head + time_left(waiting, spent))
        start = perf_counter()
        outcomes.append(run_one(run, data, symmetry, key, quiet))
        spent.setdefault(run.planned.label, []).append(perf_counter() - start)
    return tuple(outcomes)


def run_key(run: PlannedRun, digest: str) -> str:
    """What a run depends on, hashed: its spec, its data, its options, backend, numbers and device."""
    session = run.compilation.session
    told = {
        "spec": run.compilation.spec.text, "data": digest, "options": run.options.model_dump(mode="json"),
        "backend": run.compilation.backend.name, "dtype": session.dtype, "device": session.device,
    }  # fmt: skip
    return content_hash(json.dumps(told, sort_keys=True))


def finished(run: PlannedRun, key: str) -> Outcome | None:
    """What came of the run, where it was made before; None where it is to be made or to go on.

    Raises SymdslError SYM1223 (exit code 2) where its folder holds something else.
    """
    spec, path = run.folder / SPEC, run.folder / OUTCOME
    try:
        outcome = Outcome.model_validate_json(path.read_bytes()) if path.exists() else None
    except (ValidationError, OSError):
        outcome = None
    holds_run = any((run.folder / name).exists() for name in (CHECKPOINT, WEIGHTS))
    other_spec = holds_run and (not spec.exists() or spec.read_bytes() != run.compilation.spec.text.encode())
    if other_spec or (outcome is not None and outcome.key != key):
        message = f"{run.folder} holds a run of another comparison"
        note = "its spec, data, options, backend or numbers are others"
        hint = "name another folder with -o, or remove this one"
        raise SymdslError(Diagnostic("SYM1223", message, notes=(note,), hint=hint), exit_code=2)
    return outcome


def time_left(waiting: Sequence[str], spent: dict[str, list[float]]) -> str:
    """The time that the waiting runs will take, where one was made; of a variant without a run, the mean of all."""
    everything = [seconds for times in spent.values() for seconds in times]
    if not everything:
        return ""
    total = 0.0
    for label in waiting:
        times = spent.get(label, everything)
        total += sum(times) / len(times)
    return f"; about {total:.0f} s left" if total < 120 else f"; about {total / 60:.0f} min left"


def run_one(run: PlannedRun, data: FieldArrays, symmetry: str, key: str, quiet: bool) -> Outcome:
    """Train and verify one run, and write what came of it, last. A run that diverges is an outcome."""
    before = trained_epochs(run.folder)
    try:
        result = train(
            run.compilation, run.compilation.instantiate(), data, run.options,
            folder=run.folder, resume=True, quiet=quiet,
        )  # fmt: skip
    except SymdslError as refusal:
        if refusal.exit_code != DIVERGED:
            raise
        outcome = Outcome(key=key, diverged=refusal.diagnostics[0].message)
    else:
        report = verify(run.compilation, result.weights, measured_options(), inputs=samples(run, data, result))
        certify(run.folder, read_manifest(run.folder / FILE_NAME), json.loads(report.model_dump_json()))
        made = result.epochs - before
        outcome = Outcome(
            key=key,
            metrics=result.metrics,
            symmetry=symmetry_error(report, symmetry),
            seconds=result.seconds * result.epochs / made if made > 0 else None,
            epochs=result.epochs,
            broken=tuple(diagnostic.message for diagnostic in report.diagnostics),
        )
    write_text(run.folder / OUTCOME, outcome.model_dump_json(indent=1) + "\n")
    return outcome


def measured_options() -> VerifyOptions:
    """End to end only: layers are for finding a fault."""
    return VerifyOptions(layers=False)


def trained_epochs(folder: Path) -> int:
    """How many epochs lie behind in a folder; the time of those that follow stands for all."""
    path = folder / CHECKPOINT
    return int(read_metadata(path).get("epoch", 0)) if path.exists() else 0


def samples(run: PlannedRun, data: FieldArrays, result: TrainingResult) -> dict[str, Any]:
    """The first samples of the test part, or of what else there is."""
    split = result.split
    chosen = next(part for part in (split.test, split.validation, split.train) if len(part))[:SAMPLES]
    return {name: data.take(name, chosen) for name in run.compilation.spec.inputs}


def symmetry_error(report: Report, symmetry: str) -> SymmetryError | None:
    """The error of one symmetry over all elements; None where nothing of it is measured."""
    rows = [
        row for row in report.measurements
        if row.subject == symmetry and row.quantity in ("equivariance", "symplecticity")
    ]  # fmt: skip
    if not rows:
        return None
    means = [(row.mean, row.elements) for row in rows if row.mean is not None]
    count = sum(elements for _, elements in means)
    mean = sum(value * elements for value, elements in means) / count if count else None
    return SymmetryError(largest=max(row.error for row in rows), mean=mean)
