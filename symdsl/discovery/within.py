"""The group that a learned one must lie in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.groups.group import Group

Array = NDArray[np.float64]


def group_within(within: str, dimension: int) -> Group:
    """The group that a spec would write as `within`, acting on vectors.

    Raises SymdslError for what is no group, or does not act on vectors of this dimension.
    """
    from symdsl.api import check

    text = f"""model within {{
  data {{
    x: vector({dimension})
    y: scalar
  }}
  symmetry g: {within}
  predict y from x
}}"""
    group = check(text).model(None).symmetries["g"].group
    assert group is not None
    return group


def algebra_within(within: str, dimension: int) -> Array:
    """A basis (R, D, D) of the Lie algebra of `group_within`. Raises SymdslError as that does."""
    return np.array(group_within(within, dimension).lie_algebra)
