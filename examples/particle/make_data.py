"""Momenta and the squared matrix element of electron-muon scattering, as particle.npz beside this file.

With L(a, b)^{mu nu} = a^mu b^nu + b^mu a^nu - (a.b - a.a) eta^{mu nu}, y = 4 L(p1, p2)^{mu nu} L(p3, p4)_{mu nu}
(Finzi, Welling, Wilson 2021, 2104.09459, section 7.1, up to a constant). Momenta are drawn normal, of scale 1/4.

python examples/particle/make_data.py [--samples 2000] [--seed 0]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def lepton_tensor(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """L(a, b): (N, 4), (N, 4) -> (N, 4, 4), both indices up."""
    outer = np.einsum("ni,nj->nij", first, second)
    between = np.einsum("ni,ij,nj->n", first, METRIC, second - first)
    return outer + outer.transpose(0, 2, 1) - between[:, None, None] * METRIC


def squared_matrix_element(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """y of momenta (N, 4 particles, 4): (N,), the same in every inertial frame."""
    electron, muon = lepton_tensor(p[:, 0], p[:, 1]), lepton_tensor(p[:, 2], p[:, 3])
    return 4 * np.einsum("nij,ik,jl,nkl->n", electron, METRIC, METRIC, muon)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    p = np.random.default_rng(given.seed).standard_normal((given.samples, 4, 4)) / 4
    path = Path(__file__).resolve().parent / "particle.npz"
    np.savez(path, p=p, y=squared_matrix_element(p))
    print(f"wrote {path.name}: {given.samples} samples")


if __name__ == "__main__":
    main()
