"""Arrays of rows, of which each sample has its own number: a batch of samples is their rows, one sample after another.

All samples lie in one array, `offsets` (N + 1,) says where each begins. What is asked for by samples comes as rows, and
integers that name rows are counted within the batch that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.lazy import Array, Indices, LazyArray


def offsets_of(counts: Indices) -> Indices:
    """(N,) numbers of rows -> (N + 1,) where the rows of each sample begin, and where all end."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])


def rows_of(offsets: Indices, samples: Indices) -> Indices:
    """The rows of some samples, in their order."""
    counts = offsets[samples + 1] - offsets[samples]
    first = offsets[samples] - offsets_of(counts)[:-1]
    return np.repeat(first, counts) + np.arange(counts.sum(), dtype=np.int64)


@dataclass(frozen=True)
class RowArray(LazyArray):
    """Rows (sum of counts, *own), asked for by samples; its length is the number of samples."""

    rows: NDArray[Any]
    offsets: Indices

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """(samples, *own): rows of a sample are not counted."""
        return (len(self.offsets) - 1, *self.rows.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """That of the rows."""
        return self.rows.dtype

    @property
    def size(self) -> int:
        """How many numbers all samples have."""
        return self.rows.size

    def counts(self, samples: Indices) -> Indices:
        """How many rows these samples have."""
        return self.offsets[samples + 1] - self.offsets[samples]

    def read_slice(self, start: int, stop: int) -> Array:
        """The rows of neighbouring samples."""
        return self.read_samples(np.arange(start, stop))

    def read_samples(self, indices: Indices) -> Array:
        """The rows of these samples, one sample after another."""
        return self.rows[rows_of(self.offsets, indices)]


@dataclass(frozen=True)
class NamingRows(RowArray):
    """Rows (sum of counts,) of integers that name rows of another kind, counted from 0 within their sample.

    `named` (N + 1,) says where those of each sample begin. What is asked for names rows of the batch.
    """

    named: Indices

    def read_samples(self, indices: Indices) -> Array:
        """As rows of the batch that these samples are."""
        begin = offsets_of(self.named[indices + 1] - self.named[indices])[:-1]
        return super().read_samples(indices) + np.repeat(begin, self.counts(indices))


@dataclass(frozen=True)
class SampleOfRow(LazyArray):
    """For each row the place in the batch of the sample that it belongs to."""

    offsets: Indices
    dtype = np.dtype(np.int64)

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """(samples,)."""
        return (len(self.offsets) - 1,)

    def read_slice(self, start: int, stop: int) -> Array:
        """As `read_samples`."""
        return self.read_samples(np.arange(start, stop))

    def read_samples(self, indices: Indices) -> Array:
        """0, 0, 0, 1, 1, ... for samples of 3, 2, ... rows."""
        return np.repeat(np.arange(len(indices)), self.offsets[indices + 1] - self.offsets[indices])
