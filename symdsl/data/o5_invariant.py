"""An invariant function of two vectors of R^5 (Finzi et al. 2021, 2104.09459, section 7.1, as its code has it)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.regression import draw_normal
from symdsl.data.source import Reference

Array = NDArray[np.float64]


def invariant(x: Array) -> Array:
    """sin |a| - |b|^3 / 2 + a.b / (|a| |b|) of pairs (a, b) of vectors: (N, 2, d) -> (N,)."""
    first, second = np.linalg.norm(x, axis=2).T
    return np.sin(first) - second**3 / 2 + np.sum(x[:, 0] * x[:, 1], axis=1) / (first * second)


class O5Invariant:
    """Two standard normal vectors of R^5 and a function of their lengths and their angle."""

    name = "o5_invariant"
    description = "two vectors of R^5 and a function that O(5) leaves alone (EMLP, section 7.1)"
    keys: Mapping[str, str] = MappingProxyType({
        "x": "(N, 2, 5) two standard normal vectors a, b",
        "y": "(N,) sin |a| - |b|^3 / 2 + a.b / (|a| |b|)",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """x and y, in the parts of the options (`RegressionOptions`)."""
        drawn, partition = draw_normal(reference, 10, seed)
        x = drawn.reshape(-1, 2, 5)
        return Dataset(reference.text, {"x": x, "y": invariant(x)}, {"x": "vector", "y": "scalar"}, partition)


SOURCE = O5Invariant()
