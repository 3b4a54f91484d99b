"""A predictor that assumes no smoothness: local linear regression over the nearest known samples.

A smooth network does not learn a law with jumps, such as one that is invariant under turns by 2 pi / 7 and under no
smaller ones; its average over the jumps is invariant under every turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.discrete.proposal import Array

Predictor = Callable[[NDArray[np.float64]], Array]
LARGEST: Final = 12
"""Numbers in a sample up to which near samples are near."""


def neighbour_predictor(x: Array, targets: Array) -> Predictor | None:
    """The regression (Cleveland 1979) on known samples x (N, ...) and targets (N, m); None for too few, or too long.

    The weight of a neighbour falls as a Gaussian that is exp(-2) at the farthest of 3 (D + 1).
    """
    from scipy.spatial import KDTree

    rows = x.reshape(len(x), -1)
    size = rows.shape[1]
    count = 3 * (size + 1)
    if size > LARGEST or len(rows) < 10 * count:
        return None
    scale = np.maximum(rows.std(axis=0), 1e-12)
    known = rows / scale
    tree = KDTree(known)

    def predict(samples: Array) -> Array:
        points = samples.reshape(len(samples), -1) / scale
        distance, near = tree.query(points, count)
        weight = np.exp(-2.0 * (distance / np.maximum(distance[:, -1:], 1e-300)) ** 2)[..., None]
        # Distances in units of the farthest, so that the ridge of the slopes does not depend on the density.
        steps = (known[near] - points[:, None]) / np.maximum(distance[:, -1:, None], 1e-300)
        design = np.concatenate([np.ones((*steps.shape[:2], 1)), steps], axis=2)
        normal = np.swapaxes(design * weight, 1, 2)
        ridge = 1e-2 * np.diag([0.0] + [1.0] * size)
        fitted = np.linalg.solve(normal @ design + ridge, normal @ targets[near])
        return fitted[:, 0]

    return predict
