"""An element that may be a discrete symmetry, before any data have been asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Axis = Literal["vectors", "slots"]


@dataclass(frozen=True, eq=False)
class Proposal:
    """A matrix of finite `order` that acts on the last axis of x (d, d), or on its slots (S, S)."""

    kind: str
    text: str
    matrix: Array
    order: int
    on: Axis = "vectors"

    @property
    def powers(self) -> Array:
        """g, g^2, ..., g^(order - 1), as (order - 1, d, d)."""
        found = [self.matrix]
        for _ in range(self.order - 2):
            found.append(found[-1] @ self.matrix)
        return np.stack(found)


def moved(x: Array, matrix: Array, on: Axis) -> Array:
    """The samples x (N, *slots, d) with one matrix applied to all, or one (N, n, n) for each."""
    if on == "slots":
        return np.swapaxes(moved(np.swapaxes(x, -1, -2), matrix, "vectors"), -1, -2)
    if matrix.ndim == 2:
        return x @ matrix.T
    rows = x.reshape(len(x), -1, x.shape[-1])
    return np.einsum("nij,nsj->nsi", matrix, rows).reshape(x.shape)
