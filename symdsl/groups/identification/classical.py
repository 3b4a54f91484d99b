"""Algebras of matrices that are all that a form, a complex structure or a determinant leaves: the classical ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.groups.arrays.matrices import Array
from symdsl.groups.families.classical import general_linear, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.families.pseudo_orthogonal import special_orthogonal
from symdsl.groups.group import Group
from symdsl.groups.identification.frames import (
    of_unit_determinant,
    orthogonal_frame,
    signature_of,
    symplectic_frame,
    unitary_frame,
)
from symdsl.groups.identification.tensors import Kept

_NONE = 1e-9


@dataclass(frozen=True, eq=False)
class Classical:
    """The name of a classical algebra in its defining representation, such as "so(1,3)".

    P of `frame` (d, d) takes the Lie algebra of `group` to it, as P A P^-1, where the catalogue has such a group; its
    identity component is then that of the algebra. `form` (d, d) is the form that defines it, with |det| = 1.
    """

    name: str
    group: Group | None = None
    frame: Array | None = None
    form: Array | None = None


def classical(generators: Array, kept: Kept) -> Classical | None:
    """The classical algebra that matrices (r, d, d), independent and closed, are a basis of; None where it is none."""
    count, size = len(generators), generators.shape[-1]
    if size == 1 or not count:
        return None
    if count == size * size:
        return Classical(f"gl({size},R)", general_linear(size), np.eye(size))
    if count == size * size - 1 and _traceless(generators):
        return Classical(f"sl({size},R)", special_linear(size), np.eye(size))
    return _of_one_form(count, size, kept) or _complex(generators, kept)


def _of_one_form(count: int, size: int, kept: Kept) -> Classical | None:
    """so(p,q) and sp(2n,R): the algebra has the dimension of all that keep one form, and keeps it."""
    if len(kept.symmetric) == 1 and count == size * (size - 1) // 2 and _invertible(kept.symmetric[0]):
        form = of_unit_determinant(kept.symmetric[0])
        plus, minus = signature_of(form)
        name = f"so({plus},{minus})" if minus else f"so({size})"
        return Classical(name, special_orthogonal(plus, minus), orthogonal_frame(form), form)
    if len(kept.alternating) == 1 and count == size * (size + 1) // 2 and _invertible(kept.alternating[0]):
        form = of_unit_determinant(kept.alternating[0])
        return Classical(f"sp({size},R)", symplectic(size), symplectic_frame(form), form)
    return None


def _complex(generators: Array, kept: Kept) -> Classical | None:
    """u(p,q), su(p,q), gl(n,C), sl(n,C), so(n,C) and sp(2n,C) on R^2n, and sp(n) on R^4n."""
    count, size = len(generators), generators.shape[-1]
    turn = complex_structure(kept.commutant)
    if turn is None or size % 2:
        return None
    half = size // 2
    if len(kept.symmetric) == 1 and _invertible(kept.symmetric[0]):
        form = of_unit_determinant(kept.symmetric[0])
        plus, minus = signature_of(form)
        definite = unitary_frame(form, turn) if not minus else None
        order = f"{plus // 2},{minus // 2}" if minus else f"{half}"
        if len(kept.commutant) == 2 or half == 2:
            if count == half**2:
                return Classical(f"u({order})", None if minus else unitary(half), definite, form)
            if count == half**2 - 1:
                return Classical(f"su({order})", None if minus else special_unitary(half), definite, form)
        if len(kept.commutant) == 4 and count == half * (half + 1) // 2:
            return Classical(f"sp({plus // 4},{minus // 4})" if minus else f"sp({size // 4})", form=form)
    if len(kept.commutant) != 2:
        return None
    names = {2 * half**2: f"gl({half},C)" if half > 1 else "so(2) + R", 2 * half**2 - 2: f"sl({half},C)"}
    if count in names:
        return Classical(names[count])
    if count == half * (half - 1) and len(kept.symmetric) == 2:
        return Classical(f"so({half},C)")
    if count == half * (half + 1) and len(kept.alternating) == 2:
        return Classical(f"sp({half},C)")
    return None


def is_division_algebra(commutant: Array) -> bool:
    """Whether the matrices of a commutant (k, d, d) are the real or complex numbers or the quaternions.

    Of those that have no trace all squares are then negative multiples of 1; of other semisimple algebras some are not.
    """
    count = len(commutant)
    if count not in (1, 2, 4):
        return False
    pure = _without_traces(commutant)
    values = np.linalg.eigvalsh(np.einsum("iab,jba->ij", pure, pure))
    return bool(np.sum(values < -1e-7) == count - 1)


def complex_structure(commutant: Array) -> Array | None:
    """J (d, d) with J^2 = -1 in a commutant (k, d, d) that is the complex numbers or the quaternions; None else."""
    if len(commutant) == 1 or not is_division_algebra(commutant):
        return None
    pure = _without_traces(commutant)
    first = pure[np.argmax(np.linalg.norm(pure, axis=(1, 2)))]
    return first / np.sqrt(-np.trace(first @ first) / len(first))


def _without_traces(matrices: Array) -> Array:
    size = matrices.shape[-1]
    return matrices - np.trace(matrices, axis1=1, axis2=2)[:, None, None] * np.eye(size) / size


def _traceless(generators: Array) -> bool:
    return bool(np.max(np.abs(np.trace(generators, axis1=1, axis2=2))) < _NONE * np.max(np.abs(generators)))


def _invertible(form: Array) -> bool:
    values = np.linalg.svd(form, compute_uv=False)
    return bool(values[-1] > 1e-7 * values[0])
