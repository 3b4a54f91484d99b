"""The constants of e3nn 0.6.0 for bench.e3nn_constants; runs in an environment of e3nn's own.

python bench/e3nn_constants_peer.py GIVEN.npz FOUND.npz DEGREE COUPLED    GIVEN: vectors (n, 3), rotations (m, 3, 3)
"""

from __future__ import annotations

import sys

import numpy as np


def main() -> None:
    """Write spherical harmonics, matrices of rotations and couplings, all in float64."""
    import torch
    from e3nn import o3  # pyright: ignore[reportMissingImports]

    torch.set_default_dtype(torch.float64)
    given = np.load(sys.argv[1])
    vectors, rotations = (torch.from_numpy(given[name]) for name in ("vectors", "rotations"))
    largest, coupled = int(sys.argv[3]), int(sys.argv[4])
    found = {}
    for degree in range(largest + 1):
        for normalisation in ("component", "norm", "integral"):
            values = o3.spherical_harmonics(degree, vectors, normalize=False, normalization=normalisation)
            found[f"{normalisation} {degree}"] = values.numpy()
        found[f"matrix {degree}"] = o3.Irrep(degree, 1).D_from_matrix(rotations).numpy()
    for first in range(coupled + 1):
        for second in range(coupled + 1):
            for third in range(abs(first - second), min(coupled, first + second) + 1):
                found[f"coupling {first} {second} {third}"] = o3.wigner_3j(first, second, third).numpy()
    np.savez(sys.argv[2], **found)


if __name__ == "__main__":
    main()
