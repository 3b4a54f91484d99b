"""How far a discovery is, on stderr, and only where a person watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symdsl.discovery.estimate import Silent, Watch

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@dataclass
class Bars:
    """A bar for each stage, one below the other; a stage is over when the next one begins."""

    bars: Progress
    task: TaskID | None = None

    def stage(self, title: str, steps: int) -> None:
        """A new bar; that of the stage before is full."""
        self.finish()
        self.task = self.bars.add_task(title, total=max(1, steps))

    def step(self, count: int = 1) -> None:
        """Move the last bar."""
        if self.task is not None:
            self.bars.advance(self.task, count)

    def finish(self) -> None:
        """The last stage is over."""
        if self.task is not None:
            total = self.bars.tasks[self.task].total
            self.bars.update(self.task, completed=total or 0)


@contextmanager
def show_stages() -> Iterator[Watch]:
    """Bars on stderr if that is a terminal, else silence."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield Bars(bars)
