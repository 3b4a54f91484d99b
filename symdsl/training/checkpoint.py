"""Checkpoints: everything that the rest of a run depends on, in one file that is whole or not there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.weights import read_metadata, read_weights, write_weights
from symdsl.data.lazy import CastArray, SampleArray, blocks
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

Array = NDArray[Any]
WEIGHTS, OPTIMISER = "weights.", "optimiser."


@dataclass(frozen=True)
class Checkpoint:
    """The state after `epoch` whole epochs and `step` updates; `identity` says which run it belongs to."""

    epoch: int
    step: int
    weights: Mapping[str, Array]
    optimiser: Mapping[str, Array]
    identity: Mapping[str, Any]
    pending: tuple[float, ...] = field(default=())
    """Losses since the last record, so that the next one is the mean that it would have been."""


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file. Raises SymdslError (SYM0907)."""
    arrays = {WEIGHTS + name: array for name, array in checkpoint.weights.items()}
    arrays |= {OPTIMISER + name: array for name, array in checkpoint.optimiser.items()}
    metadata = {
        "epoch": checkpoint.epoch,
        "step": checkpoint.step,
        "identity": dict(checkpoint.identity),
        "pending": list(checkpoint.pending),
    }
    write_weights(path, arrays, metadata)


def read_checkpoint(path: Path, identity: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint of this very run.

    Raises SymdslError: SYM0901 damaged, SYM1204 of another spec, data, option, backend or version, with what differs.
    """
    arrays, metadata = read_weights(path), read_metadata(path)
    stated = metadata.get("identity", {})
    differing = sorted(name for name in {*stated, *identity} if stated.get(name) != identity.get(name))
    if differing:
        notes = tuple(f"{name}: {stated.get(name)} then, {identity.get(name)} now" for name in differing)
        message = f"{path} belongs to another run: {', '.join(differing)} differ"
        raise SymdslError(
            Diagnostic("SYM1204", message, notes=notes, hint="give the same settings, or another folder"), exit_code=2
        )
    return Checkpoint(
        epoch=metadata["epoch"],
        step=metadata["step"],
        weights=below(arrays, WEIGHTS),
        optimiser=below(arrays, OPTIMISER),
        identity=stated,
        pending=tuple(metadata["pending"]),
    )


def below(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    """The arrays whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


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
