"""How far a run is, on stderr, and only where a person watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

PERIOD = 0.1


class Progress(Protocol):
    """Told after every epoch."""

    def update(self, epoch: int, loss: float | None) -> None:
        """`epoch` whole epochs are done; `loss` is the last one recorded."""
        ...


class Silence:
    """Shows nothing."""

    def update(self, epoch: int, loss: float | None) -> None:
        """Does nothing."""


class Bar:
    """A bar with the mean pace and the time left; drawn at most ten times a second."""

    def __init__(self, bar: RichProgress, task: TaskID, done: int) -> None:
        self.bar, self.task, self.done = bar, task, done
        self.start = self.shown = monotonic()

    def update(self, epoch: int, loss: float | None) -> None:
        """Move the bar."""
        now = monotonic()
        if now - self.shown < PERIOD:
            return
        self.shown = now
        pace = f"{(epoch - self.done) / (now - self.start):.3g} epochs/s"
        self.bar.update(self.task, completed=epoch, pace=pace, loss="" if loss is None else f"loss {loss:.4g}")


@contextmanager
def show_progress(title: str, epochs: int, done: int = 0, *, quiet: bool = False) -> Iterator[Progress]:
    """A bar on stderr if that is a terminal and `quiet` is False, else silence; `done` epochs lie behind already."""
    if quiet or not sys.stderr.isatty():
        yield Silence()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"),
        TimeRemainingColumn(), TextColumn("{task.fields[loss]}"),
    )  # fmt: skip
    with RichProgress(*columns, console=console, transient=True) as bar:
        yield Bar(bar, bar.add_task(title, total=epochs, completed=done, loss="", pace=""), done)
