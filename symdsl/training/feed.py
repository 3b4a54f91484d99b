"""The batches of an epoch: indices into data that are on the device, or arrays read from files ahead of the loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from symdsl.check.training_options import TrainingOptions
from symdsl.data.batches import shuffled_batches
from symdsl.data.match import FieldArrays
from symdsl.training.step import Arrays, Batch, Indices

AHEAD = 2
"""How many batches are read before they are asked for."""


def epoch_batches(
    options: TrainingOptions, count: int, size: int, epoch: int, first: int = 0
) -> Iterator[Indices]:
    """The index arrays of an epoch, into `count` training samples, from batch number `first`."""
    return islice(shuffled_batches(count, size, options.seed, epoch, options.last_batch), first, None)


def resident_batches(batches: Iterator[Indices], count: int) -> Iterator[Batch]:
    """The same batches for data on the device: None stands for all samples, which need not be picked."""
    for indices in batches:
        yield None if len(indices) == count else indices


def streamed_batches(
    batches: Iterator[Indices], data: FieldArrays, names: Sequence[str], samples: Indices
) -> Iterator[Batch]:
    """The arrays of each batch, read by one thread in order, at most `AHEAD` batches before they are asked for."""

    def read(indices: Indices) -> Arrays:
        return tuple(np.asarray(data.take(name, samples[indices])) for name in names)

    with ThreadPoolExecutor(1, thread_name_prefix="symdsl-read") as reader:
        waiting: list[Future[Arrays]] = [reader.submit(read, indices) for indices in islice(batches, AHEAD)]
        try:
            while waiting:
                arrays = waiting.pop(0).result()
                waiting += [reader.submit(read, indices) for indices in islice(batches, 1)]
                yield arrays
        finally:
            for each in waiting:
                each.cancel()
