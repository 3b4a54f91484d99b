"""Weights files: arrays by plan path in the safetensors format, read on either backend."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.write import write_file
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.suggest import did_you_mean

Array = NDArray[Any]
METADATA = "symdsl"


def encode_weights(arrays: Mapping[str, Array], metadata: Mapping[str, Any] | None = None) -> bytes:
    """The content of a weights file: equal arrays and metadata give equal bytes."""
    from safetensors.numpy import save

    ordered = {name: np.asarray(arrays[name], order="C") for name in sorted(arrays)}
    # one entry: the library keeps its metadata in no fixed order
    text = json.dumps(dict(metadata), sort_keys=True, allow_nan=False) if metadata else None
    return save(ordered, {METADATA: text} if text else None)


def write_weights(path: Path, arrays: Mapping[str, Array], metadata: Mapping[str, Any] | None = None) -> None:
    """Write arrays, and JSON metadata if given, whole or not at all. Raises SymdslError (SYM0907)."""
    write_file(path, encode_weights(arrays, metadata))


def read_weights(path: Path, shapes: Mapping[str, tuple[int, ...]] | None = None) -> dict[str, Array]:
    """The arrays of a file; with `shapes`, exactly those names with exactly those shapes.

    Raises SymdslError: SYM0901 missing or damaged, SYM0903 names missing or unknown, SYM0904 a wrong shape.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    content = read_content(path)
    try:
        arrays = load(content)
    except (SafetensorError, KeyError, ValueError, AttributeError) as error:
        # KeyError and AttributeError: a number format that NumPy does not have
        raise unreadable(path, f"it is not a whole weights file that NumPy can hold: {error}") from None
    if shapes is not None:
        check_weights(path.name, arrays, shapes)
    return arrays


def read_metadata(path: Path) -> dict[str, Any]:
    """The JSON metadata of a weights file, empty where it has none. Raises SymdslError (SYM0901)."""
    from safetensors import SafetensorError, safe_open

    read_content(path)
    try:
        with safe_open(path, framework="numpy") as stream:
            found = stream.metadata() or {}
        return json.loads(found.get(METADATA, "{}"))
    except (SafetensorError, ValueError) as error:
        raise unreadable(path, f"its metadata is damaged: {error}") from None


def check_weights(name: str, arrays: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises SymdslError with one diagnostic for each name that is missing or unknown and each wrong shape."""
    faults: list[Diagnostic] = []
    for path in sorted(set(shapes) - set(arrays)):
        hint = did_you_mean(path, set(arrays) - set(shapes))
        faults.append(Diagnostic("SYM0903", f"{name} has no weight `{path}`", hint=hint))
    for path in sorted(set(arrays) - set(shapes)):
        faults.append(Diagnostic("SYM0903", f"the model has no weight `{path}`, which {name} holds"))
    for path in sorted(set(arrays) & set(shapes)):
        if arrays[path].shape != tuple(shapes[path]):
            message = f"`{path}` of {name} has shape {arrays[path].shape}, and the model wants {tuple(shapes[path])}"
            faults.append(Diagnostic("SYM0904", message))
    if faults:
        raise SymdslError(*faults, exit_code=2)


def read_content(path: Path) -> bytes:
    """The bytes of a file. Raises SymdslError (SYM0901)."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error.strerror or str(error)) from None


def unreadable(path: Path, why: str) -> SymdslError:
    """SYM0901, exit code 2."""
    return SymdslError(Diagnostic("SYM0901", f"{path} cannot be read: {why}"), exit_code=2)
