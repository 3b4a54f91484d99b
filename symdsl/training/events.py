"""The records of a run for TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from symdsl.diagnostics.missing import missing_extra

FOLDER = "tensorboard"


class EventFiles:
    """Writes scalars, by step, into the folder `tensorboard` of a run. Without tensorboardX: SYM1009 (exit 4)."""

    def __init__(self, path: Path) -> None:
        if find_spec("tensorboardX") is None:
            raise missing_extra("tensorboardX", "tensorboard", "--tensorboard")
        self.path = path / FOLDER
        self.writer: Any = None

    def begin(self, history: Sequence[Mapping[str, float]]) -> None:
        """Go on after these records: TensorBoard forgets what a killed run had written beyond them."""
        from tensorboardX import SummaryWriter

        beyond = int(history[-1]["step"]) + 1 if history else 0
        self.writer = SummaryWriter(str(self.path), purge_step=beyond)

    def add(self, record: Mapping[str, float]) -> None:
        """One record: everything in it but the step and the epoch."""
        for name, value in record.items():
            if name not in ("step", "epoch"):
                self.writer.add_scalar(name.replace(".", "/"), value, int(record["step"]))
        self.writer.flush()

    def close(self) -> None:
        """No more records."""
        if self.writer is not None:
            self.writer.close()
