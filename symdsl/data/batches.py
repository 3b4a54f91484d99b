"""Minibatches, shuffled anew in every epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
LastBatch = Literal["keep", "drop"]


def shuffled_batches(count: int, size: int, seed: int, epoch: int, last: LastBatch = "keep") -> Iterator[Indices]:
    """Index arrays of `size` that go once through range(count) in an order set by (seed, epoch) alone.

    `last` says what becomes of a smaller last batch; a single batch is always kept. A full batch is not shuffled: the
    order would only change the rounding. Any epoch can be asked for without the ones before it.
    """
    if size >= count:
        yield np.arange(count)
        return
    order = np.random.default_rng([seed, epoch]).permutation(count)
    stop = count - count % size if last == "drop" else count
    for start in range(0, stop, size):
        yield order[start : start + size]


def batch_count(count: int, size: int, last: LastBatch = "keep") -> int:
    """How many batches an epoch has."""
    return max(1, count // size if last == "drop" else -(-count // size))
