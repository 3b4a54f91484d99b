"""A group by its generators."""

from __future__ import annotations

import numpy as np

from symdsl.groups.families.catalogue import matrix_group
from symdsl.groups.group import Group


def quaternion() -> Group:
    """Quaternion(): the group {+-1, +-i, +-j, +-k} of order 8, by left multiplication on R^4 = H."""
    i = np.array([[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]], dtype=np.float64)
    j = np.array([[0, 0, -1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, -1, 0, 0]], dtype=np.float64)
    return matrix_group(discrete=np.stack([i, j]), name="Quaternion()")
