"""How far in time a rollout is, on stderr, and only where a person watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from symdsl.data.integrate import Watch


@contextmanager
def show_time(title: str, duration: float) -> Iterator[Watch]:
    """A bar over [0, `duration`] on stderr if that is a terminal, else silence."""
    if not sys.stderr.isatty():
        yield lambda time: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("t = {task.completed:.4g}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=duration)
        # rich redraws ten times a second, however often it is told
        yield lambda time: bar.update(task, completed=time)
