"""Groups by generators that are classical ones in other coordinates."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.containment import is_subgroup
from symdsl.groups.families.classical import symplectic
from symdsl.groups.families.pseudo_orthogonal import orthogonal
from symdsl.groups.group import Group
from symdsl.groups.identification.classical import classical
from symdsl.groups.identification.tensors import kept_by

_LARGEST: Final = 32
_KEEPERS: Final = ("orthogonal", "special_orthogonal", "symplectic", "unitary", "special_unitary")


@functools.cache
def recognised(group: Group) -> tuple[Group, Array] | None:
    """The group O(p, q), SO(p, q), Sp(n), U(n) or SU(n) with elements h, and P (d, d), of elements P h P^-1.

    None for a group that is not given by generators, or not known to be a conjugate of these. Both have the same
    polynomial invariants: of SO(p, q) there may be one component, and of O(p, q) some.
    """
    size, count = group.dimension, group.algebra_data.count
    half = size // 2
    if group.family != "matrix_group" or size > _LARGEST:
        return None
    if count not in (size * (size - 1) // 2, size * (size + 1) // 2, half**2, half**2 - 1) or not count:
        return None
    try:
        basis = span_of(group.lie_algebra).reshape(-1, size, size)
        known = classical(basis, kept_by(basis))
    except SymdslError:
        return None
    if known is None or known.group is None or known.frame is None:
        return None
    found = symplectic(2) if known.name == "sl(2,R)" else known.group
    if found.family not in _KEEPERS:
        return None
    discrete = np.asarray(np.linalg.solve(known.frame, group.discrete @ known.frame), dtype=np.float64)
    if found.family == "special_orthogonal" and np.any(np.linalg.det(discrete) < 0.0):
        found = orthogonal(*(found.signature or (size, 0)))
    moved = replace(group, algebra_data=found.algebra_data, discrete_data=Matrices.of(discrete))
    return (found, known.frame) if is_subgroup(moved, found) else None
