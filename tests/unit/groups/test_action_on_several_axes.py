"""A representation that acts on two axes of an array at once acts on them flattened, row by row."""

from __future__ import annotations

import numpy as np

from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Sum
from symdsl.groups.families.catalogue import matrix_group
from symdsl.groups.representation import Defining, Dual


def test_position_and_momentum() -> None:
    """(q, p) as (2, 3): q by g and p by its inverse transposed, which mixes nothing else."""
    group = matrix_group(generators=[[[1, 2, 0], [0, -1, 1], [1, 0, 0]]])
    action = Action(group, (4, 2, 3), (((1, 2), Sum((Defining(group), Dual(Defining(group))))),))
    (element,) = group.sample(np.random.default_rng(1), 1)
    array = np.random.default_rng(2).standard_normal((5, 4, 2, 3))
    moved = action.apply(element, array)
    np.testing.assert_allclose(moved[:, :, 0], array[:, :, 0] @ element.T, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(moved[:, :, 1], array[:, :, 1] @ np.linalg.inv(element), rtol=1e-10, atol=1e-10)
