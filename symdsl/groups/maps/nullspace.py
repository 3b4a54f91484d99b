"""Invariant tensors of any matrix group, from its generators: weights, a sieve, then one strict rank test.

A tensor t of shape (n_1, ..., n_r) is invariant if (A_1 + ... + A_r) t = 0 for every Lie-algebra generator (A_i acts on
axis i) and (h_1 x ... x h_r) t = t for every discrete one (Finzi et al. 2021, 2104.09459, equations 7 and 8). A
generator that can be diagonalised on every axis leaves only the entries whose weights add to zero (multiply to one).
Where none can, as in a nilpotent algebra, the equations are sparse, and fall into parts that are solved apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.components import components, equations
from symdsl.groups.arrays.limits import MAXIMUM_UNKNOWNS, check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import are_zero, right_singular

_LOOSE: Final = 1e-4
_WORST_CONDITION: Final = 1e6
_ATTEMPTS: Final = 12


@dataclass(frozen=True, eq=False)
class Constraint:
    """One generator by its matrix on each axis; `discrete` says that it acts by products instead of sums.

    `size` is the norm of the generator itself: a matrix far below it is rounding of zero.
    """

    axes: tuple[Array, ...]
    discrete: bool
    size: float = 1e-300

    def scale(self) -> float:
        """A bound on the norm of the operator that has to vanish."""
        norms = [float(np.linalg.norm(matrix, 2)) for matrix in self.axes]
        return 1.0 + float(np.prod(norms)) if self.discrete else max(sum(norms), self.size)

    def apply(self, tensors: Array) -> Array:
        """(A_1 + ... + A_r) t, or (h_1 x ... x h_r) t - t, for tensors (n_1, ..., n_r, m)."""
        if self.discrete:
            moved = tensors
            for axis, matrix in enumerate(self.axes):
                moved = _along(matrix, moved, axis)
            return moved - tensors
        total = np.zeros_like(tensors)
        for axis, matrix in enumerate(self.axes):
            if np.any(matrix):
                total += _along(matrix, tensors, axis)
        return total


def _along(matrix: Array, tensors: Array, axis: int) -> Array:
    shape = tensors.shape
    before, after = int(np.prod(shape[:axis])), int(np.prod(shape[axis + 1 :]))
    return np.matmul(matrix, tensors.reshape(before, shape[axis], after)).reshape(shape)


def invariant_tensors(
    constraints: Sequence[Constraint], mixtures: Sequence[Constraint], shape: tuple[int, ...]
) -> Array:
    """A real basis (k, n_1, ..., n_r), not normalised, of the tensors on which all constraints vanish.

    `mixtures` are further members of the algebra, or of the group, that follow from the constraints; they only speed
    up.
    Raises SymdslError SYM0422 for an unclear rank, SYM0703 for a problem over the limits.
    """
    candidates = _weight_candidates([*mixtures, *constraints], shape)
    if candidates is None:
        return _by_components(constraints, shape)
    for constraint in (*mixtures, *constraints):
        if candidates.shape[-1]:
            candidates = _sieved(constraint, candidates, shape)
    return np.moveaxis(_certified(constraints, candidates, shape).reshape(*shape, -1), -1, 0)


@dataclass(frozen=True, eq=False)
class _Spectrum:
    """The eigenvalues (n,) and eigenvectors (n, n) of one axis; `partner` is the index of the complex conjugate."""

    values: np.ndarray
    vectors: np.ndarray
    partner: np.ndarray

    @property
    def condition(self) -> float:
        """How far the eigenvectors are from orthonormal ones; 1 for a normal matrix."""
        return float(np.linalg.cond(self.vectors))


def _spectrum(matrix: Array) -> _Spectrum:
    values, vectors = np.linalg.eig(matrix)
    return _Spectrum(values, vectors, np.arange(len(values)) + np.sign(np.imag(values)).astype(np.int64))


def _weight_candidates(constraints: Sequence[Constraint], shape: tuple[int, ...]) -> Array | None:
    """Orthonormal columns (n, m) whose span holds every invariant: entries of weight zero of the best generator.

    None where no generator can be diagonalised.
    """
    size = int(np.prod(shape))
    best: tuple[list[_Spectrum], np.ndarray] | None = None
    for constraint in constraints[:_ATTEMPTS]:
        spectra = [_spectrum(matrix) for matrix in constraint.axes]
        if sum(np.log(spectrum.condition) for spectrum in spectra) <= np.log(_WORST_CONDITION):
            chosen = _zero_weights(spectra, constraint)
            if best is None or len(chosen) < len(best[1]):
                best = (spectra, chosen)
    if best is None:
        return None
    check_entries(2 * size * len(best[1]), "the search for equivariant maps")
    return _real_columns(*best, shape)


def _zero_weights(spectra: Sequence[_Spectrum], constraint: Constraint) -> np.ndarray:
    """Flat indices of tensor entries whose weights add to zero, or multiply to one, within a loose tolerance."""
    discrete = constraint.discrete
    total = np.array([1.0 if discrete else 0.0], dtype=np.complex128)
    for spectrum in spectra:
        total = (total[:, None] * spectrum.values if discrete else total[:, None] + spectrum.values).ravel()
    size = max(sum(float(np.max(np.abs(spectrum.values))) for spectrum in spectra), constraint.size)
    return np.flatnonzero(np.abs(total - 1.0) <= _LOOSE if discrete else np.abs(total) <= _LOOSE * size)


def _real_columns(spectra: Sequence[_Spectrum], chosen: np.ndarray, shape: tuple[int, ...]) -> Array:
    """The real span of the chosen products of eigenvectors: one column for a real product, two for a conjugate pair."""
    positions = np.unravel_index(chosen, shape)
    partners = [spectrum.partner[index] for spectrum, index in zip(spectra, positions, strict=True)]
    partner = np.ravel_multi_index(partners, shape)
    columns = np.ones((1, len(chosen)), dtype=np.complex128)[:, chosen <= partner]
    for spectrum, index in zip(spectra, positions, strict=True):
        vectors = spectrum.vectors[:, index[chosen <= partner]]
        columns = (columns[:, None, :] * vectors[None]).reshape(len(columns) * len(vectors), -1)
    paired = (chosen < partner)[chosen <= partner]
    root = np.sqrt(2.0)
    real = [columns.real[:, ~paired], root * columns.real[:, paired], root * columns.imag[:, paired]]
    joined = np.concatenate(real, axis=1)
    normal = max((spectrum.condition for spectrum in spectra), default=1.0) < 1.0 + 1e-12
    return joined if normal else np.linalg.qr(joined)[0]


def _sieved(constraint: Constraint, candidates: Array, shape: tuple[int, ...]) -> Array:
    """Drops the directions on which one constraint is far from vanishing; keeps the candidates orthonormal."""
    image = constraint.apply(candidates.reshape(*shape, -1)).reshape(candidates.shape) / constraint.scale()
    values, vectors = np.linalg.eigh(image.T @ image)
    kept = values <= _LOOSE**2
    return candidates if bool(np.all(kept)) else np.linalg.qr(candidates @ vectors[:, kept])[0]


def _certified(constraints: Sequence[Constraint], candidates: Array, shape: tuple[int, ...]) -> Array:
    """The null directions among orthonormal candidates, by the singular values of all constraints together."""
    count = candidates.shape[1]
    if not count or not constraints:
        return candidates
    triangle: Array = np.zeros((0, count))
    for constraint in constraints:
        image = constraint.apply(candidates.reshape(*shape, -1)).reshape(-1, count) / constraint.scale()
        triangle = np.asarray(np.linalg.qr(np.concatenate([triangle, image]), mode="r"))
    return candidates @ _null_directions(triangle)


def _by_components(constraints: Sequence[Constraint], shape: tuple[int, ...]) -> Array:
    """The null space of the sparse equations, one component of unknowns after another: (k, *shape)."""
    size = int(np.prod(shape))
    systems = [equations(constraint.axes, constraint.discrete) for constraint in constraints]
    scales = [constraint.scale() for constraint in constraints]
    found: list[tuple[np.ndarray, Array]] = []
    for unknowns, blocks in components(systems, size):
        if len(unknowns) > MAXIMUM_UNKNOWNS:
            text = f"{len(unknowns):,} coupled unknowns and no diagonal generator; the limit is {MAXIMUM_UNKNOWNS:,}"
            raise SymdslError(Diagnostic("SYM0703", text))
        triangle: Array = np.zeros((0, len(unknowns)))
        for block, scale in zip(blocks, scales, strict=True):
            triangle = np.asarray(np.linalg.qr(np.concatenate([triangle, block / scale]), mode="r"))
        directions = _null_directions(triangle)
        if directions.shape[1]:
            found.append((unknowns, directions))
    count = sum(directions.shape[1] for _, directions in found)
    check_entries(count * size, "a basis of invariants")
    tensors, row = np.zeros((count, size)), 0
    for unknowns, directions in found:
        tensors[row : row + directions.shape[1], unknowns] = directions.T
        row += directions.shape[1]
    return tensors.reshape(count, *shape)


def _null_directions(triangle: Array) -> Array:
    """Orthonormal columns (n, k) on which a matrix (m, n) vanishes. Raises SymdslError SYM0422 for an unclear rank."""
    count = triangle.shape[1]
    values, rows = right_singular(triangle, full_matrices=True)
    values = np.concatenate([values, np.zeros(count - len(values))])
    named = "relative singular values of their equations lie"
    return rows[are_zero(values, "how many equivariant maps there are", named)].T
