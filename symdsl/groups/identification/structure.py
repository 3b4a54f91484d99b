"""Subspaces of a Lie algebra by its structure constants: derived algebra, centre, radical, and a Levi factor.

Rows are coordinates in the basis of the constants c (r, r, r), [e_i, e_j] = sum_k c_ijk e_k, which is orthonormal.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.groups.arrays.lie_algebra import row_space
from symdsl.groups.arrays.matrices import Array

_SPLITS: Final = 1e-8


@dataclass(frozen=True, eq=False)
class Structure:
    """Orthonormal rows (k, r) that span the derived algebra, the centre, the radical, and a Levi factor."""

    constants: Array
    derived: Array
    centre: Array
    radical: Array
    levi: Array


def structure_of(constants: Array) -> Structure:
    """The parts of the algebra with constants (r, r, r). Raises SymdslError SYM0422 for an unclear rank."""
    size = len(constants)
    derived = row_space(constants.reshape(size * size, size), 1.0)
    strength = float(np.max(np.sum(constants**2, axis=(1, 2)), initial=0.0))
    killing = np.einsum("ikl,jlk->ij", constants, constants, optimize=True)
    radical = kernel(derived @ killing, strength) if len(derived) else np.eye(size)
    centre = kernel(constants.transpose(1, 2, 0).reshape(size * size, size), 1.0) if len(derived) else np.eye(size)
    levi = complement(constants, radical)
    return Structure(constants, derived, centre, radical, levi if levi is not None else np.zeros((0, size)))


def kernel(rows: Array, scale: float) -> Array:
    """Orthonormal rows (k, r) of what rows (m, r) take to zero. Raises SymdslError SYM0422 for an unclear rank."""
    return beyond(row_space(rows, scale))


def beyond(rows: Array) -> Array:
    """Orthonormal rows (r - k, r) of what is orthogonal to orthonormal rows (k, r)."""
    return np.linalg.svd(rows, full_matrices=True)[2][len(rows) :] if len(rows) else np.eye(rows.shape[1])


def bracket(constants: Array, left: Array, right: Array) -> Array:
    """The span [L, R] of subspaces as orthonormal rows (k, r). Raises SymdslError SYM0422 for an unclear rank."""
    size = len(constants)
    if not len(left) or not len(right):
        return np.zeros((0, size))
    return row_space(np.einsum("mi,nj,ijk->mnk", left, right, constants, optimize=True).reshape(-1, size), 1.0)


def complement(constants: Array, ideal: Array) -> Array | None:
    """A subalgebra beside a solvable ideal (k, r), as orthonormal rows; None where there is none.

    w_i + phi_i with phi_i in the ideal n, such that [w_i + phi_i, w_j + phi_j] = sum_k f_ijk (w_k + phi_k): linear
    modulo [n, n], then one derived algebra further down (Levi's theorem: Jacobson 1962, chapter III, section 9).
    """
    chosen = beyond(ideal)
    outside = chosen
    factors = np.einsum("mi,nj,ijk,lk->mnl", outside, outside, constants, outside, optimize=True)
    series = [ideal]
    while len(series[-1]):
        series.append(bracket(constants, series[-1], series[-1]))
        if len(series[-1]) == len(series[-2]):
            return None
    for upper, lower in itertools.pairwise(series):
        modulo = upper - upper @ lower.T @ lower
        layer = row_space(modulo, 1.0)
        chosen = _corrected(constants, chosen, factors, layer)
    products = np.einsum("mi,nj,ijk->mnk", chosen, chosen, constants, optimize=True)
    error = np.max(np.abs(products - np.tensordot(factors, chosen, axes=1)), initial=0.0)
    return (
        row_space(chosen, 1.0) if error < _SPLITS * max(1.0, float(np.max(np.abs(chosen), initial=0.0)) ** 2) else None
    )


def _corrected(constants: Array, chosen: Array, factors: Array, layer: Array) -> Array:
    """The chosen rows (m, r) with that added from a layer (l, r) which makes them close best."""
    count, depth = len(chosen), len(layer)
    products = np.einsum("mi,nj,ijk->mnk", chosen, chosen, constants, optimize=True)
    defect = (products - np.tensordot(factors, chosen, axes=1)) @ layer.T
    moves = np.einsum("mi,lj,ijk,pk->mlp", chosen, layer, constants, layer, optimize=True)  # [w_m, n_l] along n_p
    each = np.arange(count)
    system = np.zeros((count, count, depth, count, depth))  # equation (i, j, p), unknown (k, l)
    for i in range(count):
        system[i, each, :, each, :] += moves[i].T[None]
        system[each, i, :, each, :] -= moves[i].T[None]
    for place in range(depth):
        system[:, :, place, :, place] -= factors
    matrix = system.reshape(count * count * depth, count * depth)
    solution = np.linalg.lstsq(matrix, -defect.reshape(-1), rcond=1e-9)[0] if matrix.size else np.zeros(count * depth)
    return chosen + solution.reshape(count, depth) @ layer
