"""Checkpoints: everything that the rest of a run depends on, in one file that is whole or not there."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.weights import read_metadata, read_weights, write_weights
from symdsl.data.lazy import CastArray, SampleArray, blocks
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.training.differences import differing_rows

Array = NDArray[Any]
WEIGHTS, OPTIMISER, BEST = "weights.", "optimiser.", "best."
REMEMBERED = 3


@dataclass
class LossTally:
    """The losses since the last record: their sum in order, how many, and the last few for a message."""

    total: float = 0.0
    count: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def add(self, loss: float) -> None:
        """One more."""
        self.total += loss
        self.count += 1
        self.recent.append(loss)

    def take_mean(self) -> float:
        """Their mean, with which the next record begins anew; the last few are remembered."""
        mean = self.total / self.count
        self.total, self.count = 0.0, 0
        return mean

    def copy(self) -> LossTally:
        """A tally of its own."""
        return LossTally(self.total, self.count, deque(self.recent, REMEMBERED))


@dataclass(frozen=True)
class Checkpoint:
    """The state after `step` updates and `records` evaluations; `identity` says which run it belongs to.

    `best` are the weights of the best evaluation so far, where the run keeps them.
    """

    step: int
    records: int
    weights: Mapping[str, Array]
    optimiser: Mapping[str, Array]
    identity: Mapping[str, Any]
    losses: LossTally = field(default_factory=LossTally)
    best: Mapping[str, Array] = field(default_factory=dict)


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file. Raises SymdslError (SYM0907)."""
    arrays = {WEIGHTS + name: array for name, array in checkpoint.weights.items()}
    arrays |= {OPTIMISER + name: array for name, array in checkpoint.optimiser.items()}
    arrays |= {BEST + name: array for name, array in checkpoint.best.items()}
    losses = checkpoint.losses
    metadata = {
        "step": checkpoint.step,
        "records": checkpoint.records,
        "identity": dict(checkpoint.identity),
        "losses": {"total": losses.total, "count": losses.count, "recent": list(losses.recent)},
    }
    write_weights(path, arrays, metadata)


def read_checkpoint(path: Path, identity: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint of this very run.

    Raises SymdslError: SYM0901 damaged, SYM1204 of another spec, data, option, backend or version, with what differs.
    """
    arrays, metadata = read_weights(path), read_metadata(path)
    stated = metadata.get("identity", {})
    rows = differing_rows(stated, identity)
    if rows:
        message = f"{path} belongs to another run"
        raise SymdslError(
            Diagnostic("SYM1204", message, notes=rows, hint="give the same settings, or another folder"), exit_code=2
        )
    losses = metadata["losses"]
    return Checkpoint(
        step=metadata["step"],
        records=metadata["records"],
        weights=below(arrays, WEIGHTS),
        optimiser=below(arrays, OPTIMISER),
        identity=stated,
        losses=LossTally(losses["total"], losses["count"], deque(losses["recent"], REMEMBERED)),
        best=below(arrays, BEST),
    )


def below(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    """The arrays whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def shapes_of(weights: Mapping[str, Array]) -> dict[str, list[int]]:
    """The shape of every weight, for the identity of a run."""
    return {name: list(weights[name].shape) for name in sorted(weights)}


def data_hash(arrays: Mapping[str, SampleArray]) -> str:
    """SHA-256 over names, shapes, dtypes and values, a block at a time; of an array in a file, as the file holds it."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        if isinstance(array, CastArray):
            array = array.source
        digest.update(f"{name}{array.shape}{array.dtype.str}".encode())
        for _, block in blocks(array):
            digest.update(np.asarray(block, order="C").data if block.size else b"")
    return digest.hexdigest()
