"""The tensor of inertia of five masses (Finzi et al. 2021, 2104.09459, section 7.1, as its code has it)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.regression import draw_normal
from symdsl.data.source import Reference

Array = NDArray[np.float64]
MASSES = 5


def inertia(m: Array, r: Array) -> Array:
    """sum_i m_i (|r_i|^2 1 - r_i r_i^T): masses (N, n) and positions (N, n, d) -> (N, d, d)."""
    trace = np.einsum("ni,nij,nij->n", m, r, r)
    return trace[:, None, None] * np.eye(r.shape[2]) - np.einsum("ni,nij,nik->njk", m, r, r)


class MomentOfInertia:
    """Masses softplus of a normal number, positions standard normal."""

    name = "moment_of_inertia"
    description = "five masses, their positions, and their tensor of inertia (EMLP, section 7.1)"
    keys: Mapping[str, str] = MappingProxyType({
        "m": "(N, 5) masses, log(1 + exp n) of normal numbers n",
        "r": "(N, 5, 3) standard normal positions",
        "I": "(N, 3, 3) tensor of inertia about the origin",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """m, r and I, in the parts of the options (`RegressionOptions`)."""
        drawn, partition = draw_normal(reference, 4 * MASSES, seed)
        m, r = np.logaddexp(0, drawn[:, :MASSES]), drawn[:, MASSES:].reshape(-1, MASSES, 3)
        arrays = {"m": m, "r": r, "I": inertia(m, r)}
        return Dataset(reference.text, arrays, {"m": "scalar", "r": "vector", "I": "tensor"}, partition)


SOURCE = MomentOfInertia()
