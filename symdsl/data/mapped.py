"""Arrays that are a stretch of bytes of a file, mapped into memory while they are read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from symdsl.data.files import check_bytes, damaged, reading
from symdsl.data.lazy import Array, Indices, LazyArray
from symdsl.diagnostics.diagnostic import Span, SymdslError


def map_whole(
    path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], offset: int, order: Literal["C", "F"] = "C",
    span: Span | None = None,
) -> MappedArray:  # fmt: skip
    """The array that takes a file from byte `offset` to its end. Raises SymdslError: SYM0807, SYM0815; OSError."""
    check_bytes(path, "array", shape, dtype.itemsize, span)
    found, expected = path.stat().st_size, offset + math.prod(shape) * dtype.itemsize
    if found != expected:
        raise wrong_length(path, expected, found, span)
    return MappedArray(path, shape, dtype, offset, order, span)


def wrong_length(path: Path, expected: int, found: int, span: Span | None) -> SymdslError:
    """SYM0807 with both lengths in bytes."""
    return damaged(path, f"its header asks for {expected:,} bytes, and it has {found:,}", span)


@dataclass(frozen=True)
class MappedArray(LazyArray):
    """The array of `shape` and `dtype` that begins at byte `offset` of the file `path`.

    The map lives for one reading: no page that was read stays with the process, and a file that has become shorter is
    a diagnostic, not a fault of the bus.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int = 0
    order: Literal["C", "F"] = "C"
    span: Span | None = None

    def read_slice(self, start: int, stop: int) -> Array:
        """The samples start .. stop - 1. Raises SymdslError (SYM0801, SYM0807)."""
        return np.array(self.map()[start:stop])

    def read_samples(self, indices: Indices) -> Array:
        """The samples of these indices. Raises SymdslError (SYM0801, SYM0807)."""
        return np.asarray(self.map()[indices])

    def map(self) -> NDArray[Any]:
        """The array as a view of the file. Raises SymdslError: SYM0801 unreadable, SYM0807 the file is too short."""
        needed = self.offset + math.prod(self.shape) * self.dtype.itemsize
        with reading(self.path, self.span):
            found = self.path.stat().st_size
            if found < needed:
                raise wrong_length(self.path, needed, found, self.span)
            if not math.prod(self.shape):
                return np.empty(self.shape, self.dtype)
            return np.asarray(np.memmap(self.path, self.dtype, "r", self.offset, self.shape, self.order))
