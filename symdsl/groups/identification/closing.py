"""The nearest exact Lie algebra to noisy generators.

The span of V = B + X Q, rows of B the given generators and of Q what is orthogonal to them, is closed under brackets
where F_ij = Q [V_i, V_j] - X^T (B [V_i, V_j]) vanishes. These equations have a manifold of solutions, all conjugates
of an algebra among them. A step of Gauss and Newton is damped in proportion to |F| (Yamashita and Fukushima 2001): it
is then nearly the shortest one, and convergence stays quadratic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array

FARTHEST: Final = 0.5
"""The tangent of the largest angle by which closing may turn the span of the generators."""
_CLOSED: Final = 1e-10
_STEPS: Final = 60
_DAMPING: Final = 0.1
_LEAST_DAMPING: Final = 1e-8
_ROUNDING: Final = 1e-14


@dataclass(frozen=True, eq=False)
class Closed:
    """Generators (r, d, d) of an exact Lie algebra, orthonormal, and how they were come by.

    `moved` is the tangent of the largest angle between their span and that of the noisy ones; `residuals` are the
    norms of the brackets outside the span, one for each step.
    """

    generators: Array
    moved: float
    residuals: tuple[float, ...]


def close(generators: Array) -> Closed | None:
    """The exact Lie algebra next to the span of independent noisy matrices (r, d, d); None where there is none near.

    Entries that are zero in all generators stay so, if matrices that are zero there make an algebra: pairs (A, B) as
    block-diagonal matrices close jointly, and affine motions keep their last row. Generators that all keep a form, or
    are all without a trace, stay so too. Raises SymdslError SYM0704 over the limit of entries.
    """
    count, size = len(generators), generators.shape[-1]
    places = np.flatnonzero(filled_entries(generators))
    free = len(places) - count
    check_entries(2 * (count * max(free, 0)) ** 2 + 3 * (count * size) ** 2 * max(free, 1), "the closing of generators")
    _, strengths, rows = np.linalg.svd(generators.reshape(count, -1)[:, places], full_matrices=True)
    if free < 0 or strengths[-1] <= _CLOSED * strengths[0]:
        return None
    within = np.zeros((len(places), size * size))
    within[np.arange(len(places)), places] = 1.0
    directions = (rows @ within).reshape(-1, size, size)
    span, rest = directions[:count], directions[count:]
    shift = np.zeros((count, free))
    residuals = [] if free else [0.0]
    for _ in range(_STEPS if free else 0):
        defect, step = _newton_step(span, rest, shift)
        residuals.append(defect)
        if defect <= _ROUNDING * count or not np.isfinite(defect) or _stalled(residuals):
            break
        shift = shift + step
    moved = float(np.linalg.norm(shift, 2)) if shift.size else 0.0
    if not residuals[-1] <= _CLOSED or moved > FARTHEST:
        return None
    orthonormal = np.linalg.qr((rows[:count] + shift @ rows[count:]).T)[0].T
    return Closed((orthonormal @ within).reshape(generators.shape), moved, tuple(residuals))


def tangent_between(first: Array, second: Array) -> float:
    """The tangent of the largest angle between the spans of orthonormal rows (r, n)."""
    beyond = first - first @ second.T @ second
    sine = min(float(np.linalg.norm(beyond, 2)), 1.0)
    return sine / max(float(np.sqrt(1.0 - sine**2)), 1e-300)


def filled_entries(generators: Array) -> np.ndarray:
    """Which entries (d, d) the algebra may fill: those of some generator, and those that products of these fill."""
    filled = np.any(generators != 0.0, axis=0)
    while True:
        products = filled | (filled.astype(np.int64) @ filled.astype(np.int64) > 0)
        if np.array_equal(products, filled):
            return filled
        filled = products


def _newton_step(span: Array, rest: Array, shift: Array) -> tuple[float, Array]:
    """The defect |F| at a shift X (r, m), and the damped step (r, m) from there, by the normal equations.

    dF_ij = P [dV_i, V_j] + P [V_i, dV_j] - dX^T b_ij with P = Q - X^T B and b_ij = B [V_i, V_j]. With A_i the matrix
    (m, m) of P [V_i, .] on the rest, J^T J has the blocks
    (k, l): delta_kl sum_i A_i^T A_i - A_l^T A_k - sum_i b_ilk A_i - (sum_i b_ikl A_i)^T + sum_{i<j} b_ijk b_ijl.
    """
    count, free = shift.shape
    flat_span, flat_rest = span.reshape(count, -1), rest.reshape(free, -1)
    current = span + np.tensordot(shift, rest, axes=1)
    brackets = _brackets(current, current)
    along = brackets @ flat_span.T
    residual = brackets @ flat_rest.T - along @ shift
    defect = float(np.sqrt(0.5 * np.sum(residual**2)))
    if not np.isfinite(defect):
        return defect, np.zeros_like(shift)
    outward = flat_rest - shift.T @ flat_span
    maps = (_brackets(current, rest) @ outward.T).swapaxes(1, 2)
    columns = maps.transpose(1, 0, 2).reshape(free, count * free)
    products = (columns.T @ columns).reshape(count, free, count, free)
    mixed = np.tensordot(along, maps, axes=(0, 0)).transpose(1, 2, 0, 3)  # sum_i b_ilk A_i at (k, :, l, :)
    normal = -products.transpose(2, 1, 0, 3) - mixed - mixed.transpose(2, 3, 0, 1)
    each = np.arange(count)
    normal[each, :, each, :] += np.einsum("iaib->ab", products)
    lengths = 0.5 * np.einsum("ijk,ijl->kl", along, along)
    normal += lengths[:, None, :, None] * np.eye(free)[None, :, None, :]
    gradient = np.einsum("iab,ika->kb", maps, residual) - 0.5 * np.einsum("ijk,ija->ka", along, residual)
    matrix = normal.reshape(count * free, count * free) + max(_DAMPING * defect, _LEAST_DAMPING) * np.eye(count * free)
    return defect, -np.linalg.solve(matrix, gradient.ravel()).reshape(count, free)


def _brackets(left: Array, right: Array) -> Array:
    """[L_i, R_j] of stacks (m, d, d) and (n, d, d), flat: (m, n, d * d)."""
    products = left[:, None] @ right[None] - right[None] @ left[:, None]
    return products.reshape(len(left), len(right), -1)


def _stalled(residuals: list[float]) -> bool:
    """Whether ten steps have not halved the defect, or it is far above where it began."""
    if len(residuals) < 11:
        return residuals[-1] > 100.0 * max(residuals[0], _CLOSED)
    return residuals[-1] > 0.5 * residuals[-11]
