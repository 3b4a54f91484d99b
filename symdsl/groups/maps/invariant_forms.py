"""Invariant forms of the classical groups: what all polynomial invariants of their vectors are made of.

The first fundamental theorem (Weyl, The Classical Groups, 1939, chapters II and VI): polynomial invariants of vectors
of O(p, q), Sp(n) and U(n) are polynomials in the values of bilinear forms; SO(p, q) and SU(n) have volume forms beside
them. Groups by generators that are conjugates of these, as learned ones often are, have their forms in coordinates of
their own.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np

from symdsl.groups.arrays.matrices import Array, frozen, symplectic_form
from symdsl.groups.group import Group
from symdsl.groups.identification.recognition import recognised
from symdsl.groups.maps.pairings import levi_civita

LARGEST_VOLUME = 50_000
"""Entries of a volume form; one with more is left out: SO(7) and SU(5) are then served as O(7) and U(5) are."""
MOST_SUBSETS = 64
"""Of more subsets of vectors than this, only runs of neighbours are taken."""


@functools.cache
def bilinear_forms(group: Group) -> Array | None:
    """The forms F (m, d, d) with g^T F g = F that span the invariants of two vectors; None for an unknown group.

    The first is invertible, so that F_1 lowers an index and its inverse raises one. O(p, q) and SO(p, q): the metric.
    Sp(n): q . p' - p . q'. U(n), SU(n): real and imaginary part of the Hermitian form. For SO(2),
    SO(1, 1) and SU(2) the volume forms are bilinear too, and stand after these.
    """
    if group.order == 1:
        return None
    if group.metric is not None:
        forms = [group.metric]
        volume = levi_civita_tensor(2)[None] if group.dimension == 2 and not group.has_reflections else None
    elif group.family == "symplectic":
        forms, volume = [symplectic_form(group.dimension // 2)], None
    elif group.family in ("unitary", "special_unitary"):
        forms = [np.eye(group.dimension), np.kron(np.eye(group.dimension // 2), symplectic_form(1))]
        volume = complex_volume(2) if group.family == "special_unitary" and group.dimension == 4 else None
    else:
        found = recognised(group)
        own = bilinear_forms(found[0]) if found is not None else None
        return None if found is None or own is None else frozen(_moved(own, found[1]))
    return frozen(np.stack([*forms, *(volume if volume is not None else ())]))


@functools.cache
def volume_forms(group: Group) -> Array | None:
    """The alternating forms (p, d, ..., d) of more than two vectors, or None: one for SO(n), two, the real and the
    imaginary part of the complex determinant, for SU(n)."""
    if group.order == 1:
        return None
    if group.signature is not None and not group.has_reflections:
        size = group.dimension
        if size > 2 and size**size <= LARGEST_VOLUME:
            return frozen(levi_civita_tensor(size)[None])
    if group.family == "special_unitary":
        size = group.dimension // 2
        if size > 2 and 2 * group.dimension**size <= LARGEST_VOLUME:
            return frozen(complex_volume(size))
    found = recognised(group)
    own = volume_forms(found[0]) if found is not None else None
    return None if found is None or own is None else frozen(_moved(own, found[1]))


def _moved(forms: Array, frame: Array) -> Array:
    """F(P^-1 v, P^-1 w, ...) of forms (k, d, ..., d), exactly symmetric or alternating where two vectors are taken."""
    inverse = np.linalg.inv(frame)
    moved = forms
    for _ in range(forms.ndim - 1):
        moved = np.tensordot(moved, inverse, axes=(1, 0))  # the first argument is moved and put last
    if forms.ndim > 3:
        return moved
    signs = np.array([1.0 if is_symmetric(form) else -1.0 for form in forms])
    return 0.5 * (moved + signs[:, None, None] * moved.swapaxes(1, 2))


def is_symmetric(form: Array) -> bool:
    """Whether F(v, w) = F(w, v); every other form of `bilinear_forms` is alternating."""
    return bool(np.array_equal(form, form.T))


def vector_subsets(count: int, size: int) -> tuple[tuple[int, ...], ...]:
    """Which `size` of `count` vectors a volume form is evaluated on: all subsets, or, of too many, runs of neighbours.

    The value on one independent subset and the bilinear forms give those on all others, so that runs leave nothing out
    where some run is independent.
    """
    if size > count:
        return ()
    subsets = list(itertools.islice(itertools.combinations(range(count), size), MOST_SUBSETS + 1))
    if len(subsets) <= MOST_SUBSETS:
        return tuple(subsets)
    return tuple(tuple(sorted((start + step) % count for step in range(size))) for start in range(count))


def levi_civita_tensor(size: int) -> Array:
    """The alternating tensor (size,) * size with entry 1 at (0, 1, ..., size - 1)."""
    permutations, signs = levi_civita(size)
    tensor = np.zeros((size,) * size)
    tensor[tuple(permutations.T)] = signs
    return tensor


def complex_volume(size: int) -> Array:
    """Real and imaginary part (2, d, ..., d), d = 2 size, of the determinant of `size` vectors of C^size."""
    permutations, signs = levi_civita(size)
    tensor = np.zeros((2, *(2 * size,) * size))
    for parts in itertools.product((0, 1), repeat=size):
        power = sum(parts)
        value = signs * (1.0 if power % 4 in (0, 1) else -1.0)
        tensor[(power % 2, *(2 * permutations + np.array(parts)).T)] = value
    return tensor
