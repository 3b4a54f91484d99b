"""Arrays that stay in their files: read some samples at a time, never all at once."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Indices = NDArray[np.int64]

BLOCK_BYTES = 8 << 20
"""How much of an array is held at once by whatever goes through all of it."""
RESIDENT_BYTES = 256 << 20
"""Fields of one source that need no more than this in their final type are loaded; larger ones stay in their file."""


class LazyArray(ABC):
    """An array on disk; the leading axis counts samples. Indexing reads, and gives a NumPy array.

    What can be asked for is what a loop needs: one sample, a slice, or an array of sample indices in any order. NumPy
    arrays, memory maps among them, are used in the same way.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers the array holds."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: SupportsIndex | slice | Indices) -> Array:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return self.read_slice(start, max(start, stop))
            return self.read_samples(np.arange(start, stop, step))
        if isinstance(index, np.ndarray):
            chosen = np.flatnonzero(index) if index.dtype.kind == "b" else index.astype(np.int64)
            return self.read_samples(np.where(chosen < 0, chosen + len(self), chosen))
        place = range(len(self))[index]
        return self.read_slice(place, place + 1)[0]

    def __iter__(self) -> Iterator[Array]:
        return (self[place] for place in range(len(self)))

    def __array__(self, dtype: np.dtype[Any] | None = None, copy: bool | None = None) -> Array:
        return np.asarray(self[:], dtype=dtype)

    @abstractmethod
    def read_slice(self, start: int, stop: int) -> Array:
        """The samples start .. stop - 1, 0 <= start <= stop <= len. Raises SymdslError where reading fails."""
        ...

    @abstractmethod
    def read_samples(self, indices: Indices) -> Array:
        """The samples of these indices, all in range, in any order and perhaps repeated. Raises SymdslError."""
        ...


SampleArray = NDArray[Any] | LazyArray


@dataclass(frozen=True)
class CastArray(LazyArray):
    """`source` in another dtype; what is read is cast, and no more than that."""

    source: LazyArray
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """That of the source."""
        return self.source.shape

    def read_slice(self, start: int, stop: int) -> Array:
        """As the source, cast."""
        return np.ascontiguousarray(self.source.read_slice(start, stop), dtype=self.dtype)

    def read_samples(self, indices: Indices) -> Array:
        """As the source, cast."""
        return np.ascontiguousarray(self.source.read_samples(indices), dtype=self.dtype)


def blocks(array: SampleArray, block_bytes: int = BLOCK_BYTES) -> Iterator[tuple[int, Array]]:
    """All of an array in order: (index of the first sample, some samples), about `block_bytes` at a time."""
    one = max(1, math.prod(array.shape[1:]) * array.dtype.itemsize)
    rows = max(1, block_bytes // one)
    for start in range(0, len(array), rows):
        yield start, array[start : start + rows]
