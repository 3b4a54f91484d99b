"""Electron-muon scattering, squared matrix element (Finzi et al. 2021, 2104.09459, section 7.1, as its code has it)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.regression import draw_normal
from symdsl.data.source import Reference

Array = NDArray[np.float64]
METRIC = np.array([1.0, -1.0, -1.0, -1.0])
"""Diagonal of the Minkowski metric eta; a momentum is (E, px, py, pz)."""


def squared_matrix_element(p: Array) -> Array:
    """4 L(p1, p3)^{mu nu} L(p2, p4)_{mu nu} of momenta (N, 4 particles, 4): (N,), the same in every inertial frame.

    L(a, b)^{mu nu} = a^mu b^nu - (a.b - a.a) eta^{mu nu}, without the term b^mu a^nu that the lepton tensor of a
    textbook has: so the published code draws its data. The products are taken out, with eta_{mu nu} eta^{mu nu} = 4.
    """
    products = np.einsum("nai,i,nbi->nab", p, METRIC, p)
    electron, muon = products[:, 0, 2] - products[:, 0, 0], products[:, 1, 3] - products[:, 1, 1]
    outer = products[:, 0, 1] * products[:, 2, 3]
    return 4 * (outer - electron * products[:, 1, 3] - muon * products[:, 0, 2] + 4 * electron * muon)


class ParticleScattering:
    """Momenta are normal of scale 1/4: particles 1 and 3 are the electron in and out, 2 and 4 the muon."""

    name = "particle_scattering"
    description = "four momenta and the squared matrix element of electron-muon scattering (EMLP, section 7.1)"
    keys: Mapping[str, str] = MappingProxyType({
        "p": "(N, 4, 4) momenta (E, px, py, pz) of electron in, muon in, electron out, muon out",
        "y": "(N,) the squared matrix element, with the published code's lepton tensor",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """p and y, in the parts of the options (`RegressionOptions`)."""
        drawn, partition = draw_normal(reference, 16, seed)
        p = drawn.reshape(-1, 4, 4) / 4
        arrays = {"p": p, "y": squared_matrix_element(p)}
        return Dataset(reference.text, arrays, {"p": "vector", "y": "scalar"}, partition)


SOURCE = ParticleScattering()
