"""How near spans of matrices are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def principal_cosine(found: Array, truth: Array) -> float:
    """The smallest cosine between two spans of matrices (r, d, d); 0 where their dimensions differ."""
    if len(found) != len(truth):
        return 0.0
    bases = [np.linalg.qr(each.reshape(len(each), -1).T)[0] for each in (found, truth)]
    return float(np.linalg.svd(bases[0].T @ bases[1], compute_uv=False).min())
