"""A run in progress: where it stands, one epoch, one evaluation, one checkpoint."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.check.training_options import TrainingOptions
from symdsl.data.batches import batch_count
from symdsl.data.match import FieldArrays
from symdsl.data.split import Split
from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.training.checkpoint import Checkpoint, LossTally
from symdsl.training.divergence import diverged
from symdsl.training.feed import epoch_batches, resident_batches, streamed_batches
from symdsl.training.metrics import evaluate, prefixed
from symdsl.training.patience import JUDGED, Standing, standing_after
from symdsl.training.progress import Progress, Silence
from symdsl.training.run_folder import RunFolder
from symdsl.training.schedule import Clock, learning_rate
from symdsl.training.step import Batch, Stepper, compared_names

Array = NDArray[Any]
DRAIN = 64
"""How many losses may wait on the device: fetching one makes the host wait for it."""


@dataclass
class Run:
    """A run in progress. `safe` is the last checkpoint, or the start, which a divergence is traced from."""

    options: TrainingOptions
    stepper: Stepper
    data: FieldArrays
    model: Model
    split: Split
    batch: int
    identity: Mapping[str, Any]
    folder: RunFolder | None = None
    scales: Mapping[str, Array] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    steps: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    losses: LossTally = field(default_factory=LossTally)
    pending: list[Any] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    best: Mapping[str, Array] = field(default_factory=dict)
    progress: Progress = field(default_factory=Silence)
    safe: Checkpoint = field(init=False)
    saved: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self.safe = self.checkpoint()

    @property
    def clock(self) -> Clock:
        """Updates of an epoch and of the run."""
        per_epoch = batch_count(len(self.split.train), self.batch, self.options.last_batch)
        return Clock(per_epoch, self.options.epochs)

    @property
    def epoch(self) -> int:
        """How many whole epochs are done."""
        return self.steps // self.clock.per_epoch

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or validation stopped the run."""
        return self.steps >= self.clock.total or self.standing.is_over(self.options)

    @property
    def is_due(self) -> bool:
        """Whether a checkpoint is, by the steps or the minutes since the last one."""
        every, minutes = self.options.checkpoint_steps, self.options.checkpoint_minutes
        if every is not None and self.steps - self.safe.step >= every:
            return True
        return minutes is not None and monotonic() - self.saved >= 60 * minutes

    def batches_from(self, step: int) -> Iterator[Batch]:
        """The batches that are left of the epoch that update number `step` is in, that update's first."""
        epoch, first = divmod(step, self.clock.per_epoch)
        count = len(self.split.train)
        batches = epoch_batches(self.options, count, self.batch, epoch, first)
        if self.data.resident:
            return resident_batches(batches, count)
        return streamed_batches(batches, self.data, compared_names(self.model), self.split.train)

    def train_epoch(self) -> None:
        """What is left of one pass over the training part. Raises SymdslError (SYM1201)."""
        options, clock, stepper, decays = self.options, self.clock, self.stepper, self.standing.decays
        for batch in self.batches_from(self.steps):
            self.pending.append(stepper.step(batch, learning_rate(options, clock, self.steps, decays)))
            self.steps += 1
            if len(self.pending) >= DRAIN:
                self.drain()
            # at the end of an epoch an evaluation may come first
            if self.is_due and self.steps % clock.per_epoch:
                self.save()

    def drain(self) -> None:
        """Fetch the losses that are still on the device, and look at them. Raises SymdslError (SYM1201)."""
        values = self.stepper.losses(self.pending)
        first = self.steps - len(values)
        self.pending.clear()
        for place, value in enumerate(values):
            if not math.isfinite(value):
                raise diverged(self, value, first + place)
            self.losses.add(value)
        self.progress.update(self.steps, values[-1] if values else None)

    def rate_of(self, step: int) -> float:
        """The learning rate that update number `step` had."""
        before = (record for record in self.history if record["step"] <= step)
        return learning_rate(self.options, self.clock, step, standing_after(before, self.options).decays)

    def evaluate_part(self, part: str) -> dict[str, float]:
        """Metrics of "train", "validation" or "test"; {} for an empty part."""
        samples = getattr(self.split, part)
        if not len(samples):
            return {}
        found = evaluate(self.stepper.forward, self.data, self.model, samples, self.options.loss, scales=self.scales)
        return prefixed(part, found)

    def record(self) -> None:
        """Evaluate, and remember: the mean loss of the steps since the last record, and the validation metrics.

        Raises SymdslError (SYM1201) where the validation loss is not finite.
        """
        self.drain()
        rate = learning_rate(self.options, self.clock, self.steps - 1, self.standing.decays)
        record = {"epoch": self.epoch, "step": self.steps, "learning_rate": rate}
        record |= {"train.loss": self.losses.take_mean(), **self.evaluate_part("validation")}
        judged = record.get(JUDGED)
        if judged is not None:
            if not math.isfinite(judged):
                raise diverged(self, judged, self.steps - 1, "validation loss")
            self.standing = self.standing.after(judged, self.options)
            if self.options.keep == "best" and self.standing.waited == 0:
                self.best = self.stepper.judged_weights()
        self.history.append(record)
        if self.folder:
            self.folder.add_metrics(record)

    def checkpoint(self) -> Checkpoint:
        """Everything that the rest of the run depends on, on the host."""
        weights, state = self.stepper.weights(), self.stepper.optimiser_state()
        return Checkpoint(
            self.steps, len(self.history), weights, state, self.identity, self.losses.copy(), self.best
        )  # fmt: skip

    def save(self) -> None:
        """Make a checkpoint, and write it."""
        self.drain()
        self.safe = self.checkpoint()
        self.saved = monotonic()
        if self.folder:
            self.folder.save_checkpoint(self.safe)

    def resume(self) -> None:
        """Go back to the last checkpoint of the folder, if it has one. Raises SymdslError."""
        if self.folder is None:
            return
        checkpoint, self.history = self.folder.resume(self.identity)
        if checkpoint is not None:
            self.stepper.restore(checkpoint.weights, checkpoint.optimiser)
            self.steps, self.losses, self.best = checkpoint.step, checkpoint.losses.copy(), checkpoint.best
            self.standing = standing_after(self.history, self.options)
            self.safe = checkpoint

    def kept_weights(self) -> dict[str, Array]:
        """The weights that the run gives: of the best evaluation, or the last ones; averaged where `ema` is given."""
        return dict(self.best) or self.stepper.judged_weights()
