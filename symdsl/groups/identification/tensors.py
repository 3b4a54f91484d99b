"""What an algebra of matrices keeps: bilinear forms, and matrices that commute with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import are_zero, right_singular


@dataclass(frozen=True, eq=False)
class Kept:
    """Orthonormal bases (k, d, d) of the symmetric and the alternating invariant forms, and of the commutant."""

    symmetric: Array
    alternating: Array
    commutant: Array


def kept_by(generators: Array) -> Kept:
    """The forms F with A^T F + F A = 0 and the matrices X with A X = X A, for all A of generators (r, d, d).

    Raises SymdslError SYM0422 for an unclear rank, SYM0704 over the limit of entries.
    """
    size = generators.shape[-1]
    rows, columns = np.triu_indices(size)
    upper = np.zeros((len(rows), size, size))
    upper[np.arange(len(rows)), rows, columns] = np.where(rows == columns, 0.5, np.sqrt(0.5))
    mirrored = upper.swapaxes(1, 2)

    def on_forms(forms: Array) -> Array:
        images = generators.swapaxes(1, 2)[:, None] @ forms[None]
        return images + forms[None] @ generators[:, None]

    check_entries(len(generators) * size**4, "the equations of invariant forms")
    return Kept(
        null_space(upper + mirrored, on_forms(upper + mirrored)),
        null_space((upper - mirrored)[rows != columns], on_forms((upper - mirrored)[rows != columns])),
        commutant_of(generators),
    )


def commutant_of(generators: Array) -> Array:
    """An orthonormal basis (k, d, d) of the matrices that commute with all of generators (r, d, d).

    Raises SymdslError SYM0422 for an unclear rank, SYM0704 over the limit of entries.
    """
    size = generators.shape[-1]
    check_entries(len(generators) * size**4, "the equations of the commutant")
    everything = np.eye(size * size).reshape(-1, size, size)
    return null_space(everything, generators[:, None] @ everything[None] - everything[None] @ generators[:, None])


def null_space(matrices: Array, images: Array) -> Array:
    """An orthonormal basis (k, d, d) of the combinations of `matrices` (n, d, d) whose images (r, n, d, d) vanish.

    Raises SymdslError SYM0422 for an unclear rank.
    """
    count = len(matrices)
    if not count:
        return matrices
    equations = images.swapaxes(0, 1).reshape(count, -1).T
    triangle = np.linalg.qr(equations, mode="r") if len(equations) > count else equations
    values, rows = right_singular(np.asarray(triangle, dtype=np.float64), full_matrices=True)
    values = np.concatenate([values, np.zeros(count - len(values))])
    named = "relative singular values of their equations lie"
    null = (
        are_zero(values / max(float(values[0]), 1e-300), "what they keep", named) if values[0] > 0.0 else values == 0.0
    )
    combined = np.tensordot(rows[null], matrices, axes=1).reshape(-1, matrices[0].size)
    return np.linalg.qr(combined.T)[0].T.reshape(-1, *matrices.shape[1:]) if len(combined) else matrices[:0]
