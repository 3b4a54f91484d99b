"""Which singular values are zero, and what lies in the span of some matrices."""

from __future__ import annotations

from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array

NULL: Final = 1e-9
CLEAR: Final = 1e-5


def are_zero(relative: Array, undecided: str, named: str) -> np.ndarray:
    """Which of some values, relative to their scale, are zero. Raises SymdslError SYM0422 for one that is neither.

    `undecided` is what the generators then do not decide, and `named` says which values these are.
    """
    unclear = relative[(relative > NULL) & (relative < CLEAR)]
    if len(unclear):
        numbers = ", ".join(f"{value:.2e}" for value in unclear[:6])
        raise SymdslError(
            Diagnostic(
                "SYM0422",
                f"the generators do not decide {undecided}",
                notes=(f"{named} between {NULL:.0e} and {CLEAR:.0e}: {numbers}",),
                hint="give the generators to full precision, or drop those that are noise",
            )
        )
    return relative <= NULL


def right_singular(matrix: Array, full_matrices: bool = False) -> tuple[Array, Array]:
    """The singular values, descending, and right singular vectors as rows, of a matrix (m, n).

    LAPACK's divide and conquer does not converge on some few finite matrices; with the rows reversed, which leaves both
    as they are, it does.
    """
    try:
        _, values, rows = np.linalg.svd(matrix, full_matrices=full_matrices)
    except np.linalg.LinAlgError:
        _, values, rows = np.linalg.svd(matrix[::-1], full_matrices=full_matrices)
    return np.asarray(values, dtype=np.float64), np.asarray(rows, dtype=np.float64)


def span_of(matrices: Array) -> Array:
    """An orthonormal basis (r, d * d) of the span of matrices (D, d, d), none of which is zero."""
    if not len(matrices):
        return np.zeros((0, matrices.shape[-1] ** 2))
    unit = matrices / np.linalg.norm(matrices, axis=(1, 2), keepdims=True)
    values, rows = right_singular(unit.reshape(len(unit), -1))
    return rows[values > NULL * values[0]]


def outside(matrices: Array, span: Array) -> Array:
    """The norms (...) of what lies of matrices (..., d, d) outside an orthonormal span (r, d * d)."""
    flat = matrices.reshape(*matrices.shape[:-2], -1)
    return np.linalg.norm(flat - (flat @ span.T) @ span, axis=-1)
