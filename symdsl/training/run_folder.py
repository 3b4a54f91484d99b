"""The folder of a run: what was trained, how it went, and the weights."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from symdsl.artifact.manifest import FILE_NAME, Manifest, content_hash, write_manifest
from symdsl.artifact.weights import encode_weights, unreadable
from symdsl.artifact.write import cannot_write, write_file, write_text
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from symdsl.training.differences import differing_lines
from symdsl.training.events import EventFiles
from symdsl.training.plot import plot_metrics

SPEC, METRICS, WEIGHTS, CHECKPOINT, PLOT = (
    "spec.sym", "metrics.jsonl", "weights.safetensors", "checkpoint.safetensors", "metrics.png",
)  # fmt: skip


class RunFolder:
    """Writes a run as it goes. Every file is whole at any moment; `metrics.jsonl` may have a torn last line.

    One of several processes `writes`; the others only read.
    """

    def __init__(self, path: Path, events: EventFiles | None = None, writes: bool = True) -> None:
        self.path = path
        self.events = events
        self.writes = writes

    def start(self, spec_text: str, resume: bool) -> None:
        """Make the folder, put the spec into it, and drop what a killed run left half written.

        Raises SymdslError: SYM0909 where it holds a run and `resume` is False, SYM1204 where it holds that of another
        spec, SYM0907 where it cannot be written.
        """
        spec = self.path / SPEC
        # a run that ended before its first checkpoint left nothing worth keeping
        holds_run = any((self.path / name).exists() for name in (CHECKPOINT, WEIGHTS))
        if holds_run and not resume:
            hint = "continue it with --resume, or name another folder"
            raise SymdslError(Diagnostic("SYM0909", f"{self.path} holds a run already", hint=hint), exit_code=2)
        if holds_run and (not spec.exists() or spec.read_bytes() != spec_text.encode()):
            message = f"{self.path} holds a run of another spec"
            then = spec.read_text(encoding="utf-8", errors="replace") if spec.exists() else ""
            notes = differing_lines(then, spec_text)
            raise SymdslError(Diagnostic("SYM1204", message, notes=notes, hint="name another folder"), exit_code=2)
        if not self.writes:
            return
        for name in (SPEC, METRICS, WEIGHTS, CHECKPOINT, PLOT, FILE_NAME):
            for unfinished in self.path.glob(f".{name}.*"):
                unfinished.unlink(missing_ok=True)
        write_text(spec, spec_text)

    def resume(self, identity: Mapping[str, Any]) -> tuple[Checkpoint | None, list[dict[str, float]]]:
        """The last checkpoint and the records up to it; (None, []) where there is none. Raises SymdslError."""
        if not (self.path / CHECKPOINT).exists():
            return None, []
        checkpoint = read_checkpoint(self.path / CHECKPOINT, identity)
        history = self.read_metrics()[: checkpoint.records]
        if len(history) < checkpoint.records:
            raise unreadable(self.path / METRICS, f"it lacks records that {CHECKPOINT} counts")
        return checkpoint, history

    def read_metrics(self) -> list[dict[str, float]]:
        """The records, without a torn last line."""
        path = self.path / METRICS
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def begin_metrics(self, history: Sequence[Mapping[str, float]]) -> None:
        """Put these records, and nothing else, into the metrics file."""
        if not self.writes:
            return
        write_text(self.path / METRICS, "".join(record_line(record) for record in history))
        if self.events:
            self.events.begin(history)

    def add_metrics(self, record: Mapping[str, float]) -> None:
        """Append a record, on disk before any checkpoint that counts it. Raises SymdslError (SYM0907)."""
        if not self.writes:
            return
        path = self.path / METRICS
        try:
            with path.open("a", encoding="utf-8") as stream:
                stream.write(record_line(record))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise cannot_write(path, error) from error
        if self.events:
            self.events.add(record)

    def close(self) -> None:
        """No more records."""
        if self.events:
            self.events.close()

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint. Raises SymdslError (SYM0907)."""
        if self.writes:
            write_checkpoint(self.path / CHECKPOINT, checkpoint)

    def finish(
        self, weights: Mapping[str, NDArray[Any]], history: Sequence[Mapping[str, float]], manifest: Manifest
    ) -> None:
        """Weights, plot, and the manifest with their hashes, last. Raises SymdslError (SYM0907)."""
        if not self.writes:
            return
        content = encode_weights(weights)
        write_file(self.path / WEIGHTS, content)
        plot_metrics(history, self.path / PLOT)
        files = {SPEC: content_hash((self.path / SPEC).read_bytes()), WEIGHTS: content_hash(content)}
        write_manifest(self.path / FILE_NAME, manifest.model_copy(update={"files": files}))


def record_line(record: Mapping[str, float]) -> str:
    """One line of JSON, keys in the order of the record."""
    return json.dumps(dict(record), allow_nan=False) + "\n"
