"""Whether any equivariant function but zero exists: a value at x must be fixed by what fixes x."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symdsl.check.spec import Field, Symmetry
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.group import Group
from symdsl.groups.matrices import Array

TOLERANCE = 1e-9
LARGEST_TARGET = 512
"""Targets of more numbers are taken to be reachable: the question is then left to the solver."""


def is_reachable(inputs: Sequence[Field], target: Field, symmetry: Symmetry) -> bool:
    """False only if f = 0 is the one equivariant function from the inputs to the target.

    f(x) is fixed by the stabiliser of x, and by every element that fixes all inputs. Two such subgroups are tried: the
    whole group where every input is still, and the group element -1 where it exists. Sources: this is
    the counting argument of Finzi et al. 2021 (arXiv:2104.09459), section 4, applied to the kernel of the action.
    """
    group, action = symmetry.group, symmetry.actions[target.name]
    if group is None or action.is_trivial or action.geometry is not None:
        return True
    if int(np.prod(target.shape)) > LARGEST_TARGET:
        return True
    if all(symmetry.actions[field.name].is_trivial for field in inputs):
        from symdsl.groups.dimension import hom_dimension
        from symdsl.groups.representation import Trivial

        return hom_dimension(Trivial(group), action.representation()) > 0
    inversion = minus_identity(group)
    if inversion is None:
        return True
    if any(_moves(symmetry, field, inversion) for field in inputs):
        return True
    return not _negates(symmetry, target, inversion)


def minus_identity(group: Group) -> Array | None:
    """The element -1 (d, d) where the group is known to have it, else None."""
    minus = -np.eye(group.dimension)
    if group.factors:
        return None
    if group.order is not None:
        try:
            group.index_of(minus)
        except SymdslError:
            return None
        return minus
    return minus if group.family == "orthogonal" or _is_even_rotation(group) else None


def _is_even_rotation(group: Group) -> bool:
    return group.family == "special_orthogonal" and group.orthogonal and group.dimension % 2 == 0


def _moves(symmetry: Symmetry, field: Field, element: Array) -> bool:
    sample = _generic(field)
    moved = symmetry.actions[field.name].apply(element, sample)
    return bool(np.max(np.abs(moved - sample), initial=0.0) > TOLERANCE)


def _negates(symmetry: Symmetry, field: Field, element: Array) -> bool:
    sample = _generic(field)
    moved = symmetry.actions[field.name].apply(element, sample)
    return bool(np.max(np.abs(moved + sample), initial=0.0) <= TOLERANCE)


def _generic(field: Field) -> Array:
    """A sample (1, *shape) in general position, without the cost of importing a random generator."""
    count = int(np.prod(field.shape))
    return np.sin(np.sqrt(2.0) * np.arange(1, count + 1)).reshape(1, *field.shape)
