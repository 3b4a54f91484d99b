"""A run in progress: where it stands, one epoch, one evaluation, one checkpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.data.batches import batch_count, shuffled_batches
from symdsl.data.lazy import SampleArray
from symdsl.data.split import Split
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.training.checkpoint import Checkpoint
from symdsl.training.metrics import evaluate, prefixed
from symdsl.training.options import TrainingOptions
from symdsl.training.run_folder import RunFolder
from symdsl.training.schedule import learning_rate
from symdsl.training.step import Stepper

Array = NDArray[Any]
DRAIN = 64
"""How many losses may wait on the device: fetching one makes the host wait for it."""


@dataclass
class Run:
    """A run in progress."""

    options: TrainingOptions
    stepper: Stepper
    arrays: Mapping[str, SampleArray]
    model: Model
    split: Split
    batch: int
    identity: Mapping[str, Any]
    folder: RunFolder | None = None
    scales: Mapping[str, Array] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    epoch: int = 0
    steps: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    pending: list[Any] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many updates the whole run makes."""
        return self.options.epochs * batch_count(len(self.split.train), self.batch, self.options.last_batch)

    def pick(self, names: Sequence[str], indices: Array) -> list[Array]:
        """The arrays of fields at some samples."""
        return [self.arrays[name][indices] for name in names]

    def train_epoch(self) -> None:
        """One pass over the training part. Raises SymdslError (SYM1201) where the loss is no longer finite."""
        options, count = self.options, len(self.split.train)
        total = self.total
        for indices in shuffled_batches(count, self.batch, options.seed, self.epoch, options.last_batch):
            rate = learning_rate(options, self.steps, total)
            self.pending.append(self.stepper.step(None if len(indices) == count else indices, rate))
            self.steps += 1
            if len(self.pending) >= DRAIN:
                self.drain()
        self.epoch += 1

    def drain(self) -> None:
        """Fetch the losses that are still on the device, and look at them. Raises SymdslError (SYM1201)."""
        values = self.stepper.losses(self.pending)
        first = self.steps - len(values)
        self.pending.clear()
        for place, value in enumerate(values):
            if not math.isfinite(value):
                raise diverged(value, first + place + 1, self.options, self.losses)
            self.losses.append(value)

    def evaluate_part(self, part: str) -> dict[str, float]:
        """Metrics of "train", "validation" or "test"; {} for an empty part."""
        indices = getattr(self.split, part)
        if not len(indices):
            return {}
        fields = [self.model.fields[name] for name in self.model.outputs]
        inputs, targets = self.pick(self.model.inputs, indices), self.pick(self.model.outputs, indices)
        found = evaluate(self.stepper.forward, inputs, targets, fields, self.options.loss, scales=self.scales)
        return prefixed(part, found)

    def record(self) -> None:
        """Evaluate, and remember: the mean loss of the steps since the last record, and the validation metrics."""
        self.drain()
        mean = sum(self.losses) / len(self.losses)
        rate = learning_rate(self.options, self.steps - 1, self.total)
        record = {"epoch": self.epoch, "step": self.steps, "learning_rate": rate, "train.loss": mean}
        record |= self.evaluate_part("validation")
        self.losses.clear()
        self.history.append(record)
        if self.folder:
            self.folder.add_metrics(record)

    def save(self) -> None:
        """Write a checkpoint."""
        self.drain()
        if self.folder:
            weights, state = self.stepper.weights(), self.stepper.optimiser_state()
            self.folder.save_checkpoint(
                Checkpoint(self.epoch, self.steps, weights, state, self.identity, tuple(self.losses))
            )

    def resume(self) -> None:
        """Go back to the last checkpoint of the folder, if it has one. Raises SymdslError."""
        if self.folder is None:
            return
        checkpoint, self.history = self.folder.resume(self.identity)
        if checkpoint is not None:
            self.stepper.restore(checkpoint.weights, checkpoint.optimiser)
            self.epoch, self.steps, self.losses = checkpoint.epoch, checkpoint.step, list(checkpoint.pending)


def diverged(value: float, step: int, options: TrainingOptions, before: Sequence[float]) -> SymdslError:
    """SYM1201, exit code 5: the step, the losses before it, and what to try."""
    notes = [f"the losses before it: {', '.join(f'{loss:.4g}' for loss in before[-3:])}"] if before else []
    notes.append(f"{options.optimiser} with learning_rate = {options.learning_rate:g}")
    hint = f"try learning_rate = {options.learning_rate / 10:g}, scale the data to order 1, or use --dtype float64"
    diagnostic = Diagnostic("SYM1201", f"the loss became {value} at step {step}", notes=tuple(notes), hint=hint)
    return SymdslError(diagnostic, exit_code=5)
