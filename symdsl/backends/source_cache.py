"""Emitted source in files named by their content, so that tracebacks, pickling and data-loader workers find it."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from symdsl.artifact.cache_folder import cache_folder

WEIGHTS_SUFFIX = ".safetensors"


def write_whole(path: Path, data: bytes) -> None:
    """`path` holds `data`, or what it held before: temporary name, fsync, rename. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def cache_source(source: str, stored: Mapping[str, NDArray[Any]], backend: str) -> Path:
    """A file with `source`, its stored arrays beside it as .safetensors, named by the hash of both.

    A file whose content is not what its name says is written again. Raises OSError.
    """
    arrays = {name: np.ascontiguousarray(stored[name]) for name in sorted(stored)}
    data = save(arrays) if arrays else b""
    digest = sha256(source.encode() + b"\0" + data).hexdigest()[:24]
    path = cache_folder() / f"{backend}_{digest}.py"
    files = [(path.with_suffix(WEIGHTS_SUFFIX), data)] if arrays else []
    for target, content in [*files, (path, source.encode())]:
        if not target.exists() or target.read_bytes() != content:
            write_whole(target, content)
    return path


def import_source(path: Path) -> ModuleType:
    """Import the file as a module whose name is made of its place and content; the same file gives the same module.

    The folder of the file is put on the module search path where the file lies in the cache, so that another
    process can unpickle its classes. Raises OSError, and whatever the file raises.
    """
    path = path.resolve()
    content = path.read_bytes()
    in_cache = path.parent == cache_folder().resolve()
    if in_cache:
        name = path.stem
        _add_search_path(str(path.parent))
    else:
        name = f"{path.stem}_{sha256(str(path).encode() + content).hexdigest()[:16]}"
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    description = importlib.util.spec_from_file_location(name, path)
    if description is None or description.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(description)
    sys.modules[name] = module
    try:
        description.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _add_search_path(folder: str) -> None:
    if folder not in sys.path:
        sys.path.append(folder)
