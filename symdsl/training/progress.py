"""How far a run is, on stderr, and only where a person watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

PERIOD = 0.1


class Progress(Protocol):
    """Told every few steps."""

    def update(self, steps: int, loss: float | None) -> None:
        """`steps` updates are done; `loss` is the last one, where it is known."""
        ...


class Silence:
    """Shows nothing."""

    def update(self, steps: int, loss: float | None) -> None:
        """Does nothing."""


@dataclass(frozen=True)
class Pace:
    """What turns steps into epochs and samples."""

    per_epoch: int
    epochs: int
    samples: int


class Bar:
    """A bar with the mean pace in samples and the time left; drawn at most ten times a second."""

    def __init__(self, bar: RichProgress, task: TaskID, pace: Pace, done: int) -> None:
        self.bar, self.task, self.pace, self.done = bar, task, pace, done
        self.start = self.shown = monotonic()
        self.loss = ""

    def update(self, steps: int, loss: float | None) -> None:
        """Move the bar."""
        if loss is not None:
            self.loss = f"loss {loss:.4g}"
        now = monotonic()
        if now - self.shown < PERIOD or now <= self.start:
            return
        self.shown = now
        rate = (steps - self.done) / self.pace.per_epoch * self.pace.samples / (now - self.start)
        epoch = f"epoch {steps // self.pace.per_epoch}/{self.pace.epochs}"
        self.bar.update(self.task, completed=steps, epoch=epoch, pace=f"{rate:,.0f} samples/s", loss=self.loss)


@contextmanager
def show_progress(title: str, pace: Pace, done: int = 0, *, quiet: bool = False) -> Iterator[Progress]:
    """A bar on stderr if that is a terminal and `quiet` is False, else silence; `done` steps lie behind already."""
    if quiet or not sys.stderr.isatty():
        yield Silence()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[epoch]}"),
        TextColumn("{task.fields[pace]}"), TimeRemainingColumn(), TextColumn("{task.fields[loss]}"),
    )  # fmt: skip
    with RichProgress(*columns, console=console, transient=True) as bar:
        total = pace.per_epoch * pace.epochs
        yield Bar(bar, bar.add_task(title, total=total, completed=done, epoch="", loss="", pace=""), pace, done)
