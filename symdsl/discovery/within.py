"""The algebra that a learned one must lie in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def algebra_within(within: str, dimension: int) -> Array:
    """A basis (R, D, D) of the Lie algebra of the group that a spec would write as `within`, acting on vectors.

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
    return np.array(group.lie_algebra)
