"""One orthonormal basis for each subspace, whatever basis it was found in."""

from __future__ import annotations

from typing import Final

import numpy as np

from symdsl.groups.arrays.matrices import Array

_PIVOT: Final = 0.37
_SNAP: Final = 1e-12
_UNUSED: Final = 1e-26


def canonical_basis(vectors: Array) -> Array:
    """An orthonormal basis (k, n) of the row space of independent rows (k, n), determined by that space alone.

    Pivot columns are the first whose remainder is at least 0.37 of the largest; the basis is reduced to the identity on
    them, entries near multiples of 1/60 are set to these, and the rows are orthonormalised in order, diagonal positive.
    """
    count = len(vectors)
    if not count:
        return vectors
    sizes = np.einsum("kn,kn->n", vectors, vectors)
    used = sizes > _UNUSED * np.max(sizes)
    if 2 * np.count_nonzero(used) <= len(used):
        basis = np.zeros_like(vectors)
        basis[:, used] = canonical_basis(vectors[:, used])
        return basis
    orthonormal = np.linalg.qr(vectors.T)[0].T
    pivots = _pivot_columns(orthonormal)
    reduced = np.linalg.solve(orthonormal[:, pivots], orthonormal)
    nearest = np.round(reduced * 60.0) / 60.0
    reduced = np.where(np.abs(reduced - nearest) < _SNAP, nearest, reduced)
    q, r = np.linalg.qr(reduced.T)
    basis = (q * np.sign(np.diagonal(r))).T
    basis[np.abs(basis) < 1e-15] = 0.0
    return np.ascontiguousarray(basis)


def _pivot_columns(orthonormal: Array) -> np.ndarray:
    """Columns on which the rows are well independent, chosen greedily from the left, sorted (k,)."""
    remainder = np.einsum("kn,kn->n", orthonormal, orthonormal)
    directions = np.zeros((len(orthonormal), len(orthonormal)))
    pivots = []
    for done in range(len(orthonormal)):
        pivot = int(np.argmax(remainder >= _PIVOT**2 * remainder.max()))
        direction = orthonormal[:, pivot].copy()
        for _ in range(2):
            direction -= directions[:done].T @ (directions[:done] @ direction)
        direction /= np.linalg.norm(direction)
        directions[done] = direction
        remainder -= (direction @ orthonormal) ** 2
        pivots.append(pivot)
    return np.sort(np.array(pivots))
