"""A lazy array over one in memory that counts what is read of it."""

from __future__ import annotations

import numpy as np

from symdsl.data.lazy import LazyArray


class CountedArray(LazyArray):
    """`largest` is the greatest number of samples that one reading took, `read` all of them together."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.largest = self.read = 0

    def count(self, taken):
        self.largest, self.read = max(self.largest, len(taken)), self.read + len(taken)
        return np.array(taken)

    def read_slice(self, start, stop):
        return self.count(self.array[start:stop])

    def read_samples(self, indices):
        return self.count(self.array[indices])
