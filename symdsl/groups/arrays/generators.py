"""Checks on the matrices that generate a group."""

from __future__ import annotations

from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_DEFINING_DIMENSION, check_size
from symdsl.groups.arrays.matrices import Array

LARGEST_ENTRY = 1e60
SINGULAR = 1e-10
"""A matrix is singular where its smallest singular value is no more than this part of its largest."""


def checked_generators(name: str, generators: Any, discrete: Any) -> tuple[Array, Array]:
    """Both stacks as float64 arrays (D, d, d), (M, d, d) of one size, finite; discrete ones invertible.

    Raises SymdslError SYM0406 (shape, numbers, none at all), SYM0407 (singular), SYM0702 (over the size limit).
    """
    algebra = [checked_matrix(name, "generator", i, matrix) for i, matrix in enumerate(_listed(generators))]
    components = [checked_matrix(name, "discrete generator", i, matrix) for i, matrix in enumerate(_listed(discrete))]
    sizes = sorted({matrix.shape[0] for matrix in [*algebra, *components]})
    if not sizes:
        raise SymdslError(
            Diagnostic("SYM0406", f"{name} has no generators", hint="give `generators`, `discrete` or both")
        )
    if len(sizes) > 1:
        raise SymdslError(
            Diagnostic("SYM0406", f"the generators of {name} are of different sizes: {', '.join(map(str, sizes))}")
        )
    check_size(name, sizes[0], maximum=MAXIMUM_DEFINING_DIMENSION)
    for i, matrix in enumerate(algebra):
        if not np.any(matrix):
            raise SymdslError(Diagnostic("SYM0406", f"generator {i + 1} of {name} is zero: it generates nothing"))
    for i, matrix in enumerate(components):
        check_invertible(name, i, matrix)
    return np.array(algebra).reshape(-1, sizes[0], sizes[0]), np.array(components).reshape(-1, sizes[0], sizes[0])


def _listed(stack: Any) -> list[Any]:
    return list(stack) if isinstance(stack, list | tuple | np.ndarray) else [stack]


def checked_matrix(name: str, what: str, position: int, entries: Any) -> Array:
    """A square matrix (d, d) of finite numbers, `what` number `position` of `name`. Raises SymdslError SYM0406."""
    place = f"{what} {position + 1} of {name}"
    try:
        numbers = np.array(entries)
    except (TypeError, ValueError):
        numbers = np.array(None)
    lengths = _row_lengths(entries)
    if len(set(lengths)) > 1:
        row = next(i for i, length in enumerate(lengths) if length != lengths[0])
        raise SymdslError(
            Diagnostic(
                "SYM0406",
                f"{place} is not a square matrix: row 1 has length {lengths[0]}, row {row + 1} has {lengths[row]}",
                hint=f"write {len(lengths)} rows of {len(lengths)} numbers",
            )
        )
    if numbers.dtype.kind not in "iuf":
        raise SymdslError(
            Diagnostic("SYM0406", f"{place} is not a matrix of real numbers", hint="write [[0, -1], [1, 0]]")
        )
    matrix = numbers.astype(np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        shape = " x ".join(map(str, matrix.shape)) or "a single number"
        flat = matrix.ndim < 2
        hint = "write a list of matrices, [[[0, -1], [1, 0]]] for a single one" if flat else "write [[0, -1], [1, 0]]"
        what = f"{matrix.size} numbers in a row" if flat and matrix.ndim else shape
        raise SymdslError(Diagnostic("SYM0406", f"{place} is not a square matrix: {what}", hint=hint))
    if not np.all(np.isfinite(matrix)):
        raise SymdslError(Diagnostic("SYM0406", f"{place} has a number that is not finite"))
    if np.max(np.abs(matrix)) > LARGEST_ENTRY:
        raise SymdslError(
            Diagnostic(
                "SYM0406",
                f"{place} has a number over {LARGEST_ENTRY:g}, whose powers cannot be computed",
                hint="scale the matrix: a generator times a number generates the same group",
            )
        )
    return matrix


def _row_lengths(entries: Any) -> tuple[int, ...]:
    """How many entries each row has; empty where an entry is no row."""
    if not isinstance(entries, list | tuple) or not all(isinstance(row, list | tuple) for row in entries):
        return ()
    return tuple(len(row) for row in entries)


def check_invertible(name: str, position: int, matrix: Array) -> None:
    """Refuses a singular discrete generator (d, d) of `name`. Raises SymdslError SYM0407."""
    values = np.linalg.svd(matrix, compute_uv=False)
    if values[-1] <= SINGULAR * max(values[0], 1e-300):
        raise SymdslError(
            Diagnostic(
                "SYM0407",
                f"discrete generator {position + 1} of {name} is singular",
                notes=(f"its smallest singular value is at most {SINGULAR:.0e} of its largest, {values[0]:.1e}",),
                hint="`discrete` takes elements of the group, which are invertible; `generators` takes its Lie algebra",
            )
        )


def is_orthogonal_group(algebra: Array, discrete: Array) -> bool:
    """Whether every generator keeps the Euclidean length: A + A^T = 0 and h^T h = 1, to 1e-12 of its size."""
    sizes = np.maximum(1.0, np.max(np.abs(algebra), axis=(1, 2), initial=0.0))
    skew = np.max(np.abs(algebra + algebra.transpose(0, 2, 1)), axis=(1, 2), initial=0.0) <= 1e-12 * sizes
    gram = discrete.transpose(0, 2, 1) @ discrete - np.eye(discrete.shape[-1])
    return bool(np.all(skew)) and bool(np.max(np.abs(gram), initial=0.0) <= 1e-12)
