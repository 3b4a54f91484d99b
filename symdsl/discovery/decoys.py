"""Groups that are as large as a candidate and as easy to enforce, and wrong: its conjugates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NEAREST, FARTHEST = 0.25, 2.0
"""How far from the identity decoys are conjugated: the size of R in 1 + R, from the first to the last."""


def decoy_frames(frame: Array, count: int, affine: bool, seed: int) -> Array:
    """Frames (count, D, D) of conjugates P (1 + R) of a group whose frame is P, R normal and ever larger.

    Affine frames keep their last row.
    """
    generator = np.random.default_rng([seed, 4])
    size = len(frame)
    found = []
    for strength in np.geomspace(NEAREST, FARTHEST, count):
        while True:
            change = np.eye(size) + strength * generator.standard_normal((size, size)) / np.sqrt(size)
            if affine:
                change[-1] = np.eye(size)[-1]
            if np.linalg.cond(change) < 50.0:
                break
        found.append(frame @ change)
    return np.stack(found)
