"""Weights files in the safetensors format: an 8-byte length, a JSON header, then raw little-endian arrays.

Each function is printed into emitted files, so it uses only its arguments, `json`, `os`, `np`, and its neighbours here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np


def read_weights(path: str | os.PathLike[str]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a safetensors file by name. Raises ValueError for a file that is damaged or of another kind."""
    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}
    with open(path, "rb") as file:
        content = file.read()
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > len(content) - 8:
        raise ValueError(f"{path}: no safetensors file, or cut short")
    try:
        header = json.loads(content[8 : 8 + size])
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        arrays = {}
        for name, entry in entries.items():
            start, stop = entry["data_offsets"]
            data = content[8 + size + start : 8 + size + stop]
            if start < 0 or len(data) != stop - start:
                raise ValueError(f"array {name} is cut short")
            arrays[name] = np.frombuffer(data, dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError(f"{path}: damaged safetensors file: {fault}") from fault
    return arrays


def write_weights(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> None:
    """Write arrays (all that NumPy can read) as a safetensors file, in order of name: whole, or not at all."""
    kinds = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "<i8": "I64", "<i4": "I32", "|u1": "U8", "|b1": "BOOL"}
    header: dict[str, Any] = {}
    parts = []
    offset = 0
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        array = array.astype(array.dtype.newbyteorder("<"))
        data = array.tobytes()
        stop = offset + len(data)
        header[name] = {"dtype": kinds[array.dtype.str], "shape": list(array.shape), "data_offsets": [offset, stop]}
        parts.append(data)
        offset = stop
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    unfinished = f"{os.fspath(path)}.{os.getpid()}.part"
    with open(unfinished, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(parts))
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
