"""Cholesky factors, eigenvalues, matrix exponential and pseudo-inverse.

Derivatives: Giles 2008, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (Cholesky, symmetric eigenproblem); Golub & Pereyra 1973 (pseudo-inverse of constant rank);
Van Loan 1978 (the exponential of a block matrix holds the directional derivative of the exponential).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.elementwise import add_all
from symdsl.plan.operations.matrix import check_matrices, count_cubic, infer_square, matmul, transpose_matrix
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _lower_half(value: Value) -> Value:
    """The lower triangle with half the diagonal."""
    strict = value.apply("triangle", lower=True, diagonal=-1)
    return 0.5 * (strict + value.apply("triangle", lower=True, diagonal=0))


def _from_symmetric(cotangent: Value) -> Value:
    """The cotangent of the lower triangle that a symmetric matrix was made from."""
    mirrored = transpose_matrix(cotangent).apply("triangle", lower=True, diagonal=-1)
    return cotangent.apply("triangle", lower=True, diagonal=0) + mirrored


def _to_symmetric(tangent: Value) -> Value:
    """The symmetric matrix that a lower triangle stands for."""
    strict = tangent.apply("triangle", lower=True, diagonal=-1)
    return tangent.apply("triangle", lower=True, diagonal=0) + transpose_matrix(strict)


def _evaluate_cholesky(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    try:
        return (np.linalg.cholesky(arrays[0]),)
    except np.linalg.LinAlgError:
        return (np.full(arrays[0].shape, np.nan),)


def _cholesky_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    factor = application.result
    inner = _lower_half(matmul(transpose_matrix(factor), cotangents[0]))
    left = factor.apply("triangular_solve", inner, lower=True, transpose=True)
    full = factor.apply("triangular_solve", transpose_matrix(left), lower=True, transpose=True)
    symmetric = 0.5 * (full + transpose_matrix(full))
    return _from_symmetric(symmetric)


def _cholesky_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    factor = application.result
    left = factor.apply("triangular_solve", _to_symmetric(tangents[0]), lower=True, transpose=False)
    inner = factor.apply("triangular_solve", transpose_matrix(left), lower=True, transpose=False)
    return (matmul(factor, _lower_half(inner)),)


def _infer_eigh(operands: Types, given: Attributes) -> Types:
    check_matrices(operands)
    only = operands[0]
    return (ArrayType(only.shape[:-1], "real", only.batched), only)


def _evaluate_eigh(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    values, vectors = np.linalg.eigh(arrays[0], UPLO="L")
    return values, vectors


def _inverse_gaps(values: Value) -> Value:
    """F[i, j] = 1 / (values[j] - values[i]), 0 where they are equal (so on the diagonal)."""
    gaps = values.apply("expand", axis=values.rank - 1) - values.apply("expand", axis=values.rank)
    none = gaps.apply("equal", values.builder.full((), 0.0))
    safe = none.apply("where", values.builder.full((), 1.0), gaps)
    return none.apply("where", values.builder.full((), 0.0), safe.apply("reciprocal"))


def _eigh_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    values, vectors = application.results
    of_values, of_vectors = cotangents
    adjoint = transpose_matrix(vectors)
    parts: list[Value | None] = []
    if of_vectors is not None:
        inner = _inverse_gaps(values) * matmul(adjoint, of_vectors)
        parts.append(matmul(matmul(vectors, inner), adjoint))
    if of_values is not None:
        parts.append(matmul(vectors * of_values.apply("expand", axis=values.rank - 1), adjoint))
    total = add_all(parts)
    return None if total is None else _from_symmetric(0.5 * (total + transpose_matrix(total)))


def _eigh_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None, None)
    values, vectors = application.results
    turned = matmul(matmul(transpose_matrix(vectors), _to_symmetric(tangents[0])), vectors)
    front = "cdefghijklmnopqrstuvwxyz"[: values.rank - 1]
    of_values = turned.apply("einsum", subscripts=f"{front}aa->{front}a")
    return of_values, matmul(vectors, _inverse_gaps(values) * turned)


def _evaluate_expm(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    from scipy.linalg import expm

    return (np.asarray(expm(arrays[0])),)


def _exponential_derivative(a: Value, direction: Value) -> Value:
    """d expm(a + t direction) / dt at t = 0: the upper right block of expm([[a, direction], [0, a]])."""
    size, rank = a.shape[-1], a.rank
    builder = a.builder
    upper = builder.add("concatenate", a, direction, axis=rank - 1)
    lower = builder.add("concatenate", builder.zeros_like(a), a, axis=rank - 1)
    block = builder.add("concatenate", upper, lower, axis=rank - 2).apply("expm")
    rows = block.apply("slice", axis=rank - 2, start=0, stop=size)
    return rows.apply("slice", axis=rank - 1, start=size, stop=2 * size)


def _expm_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    return _exponential_derivative(transpose_matrix(application.operands[0]), cotangents[0])


def _expm_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    return (_exponential_derivative(application.operands[0], tangents[0]),)


def _infer_pinv(operands: Types, given: Attributes) -> Types:
    check_matrices(operands, square=False)
    only = operands[0]
    require(given["cutoff"] >= 0, "a negative cutoff")
    return (ArrayType((*only.shape[:-2], only.shape[-1], only.shape[-2]), "real", only.batched),)


def _evaluate_pinv(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    result: NDArray[Any] = np.linalg.pinv(arrays[0], rcond=given["cutoff"])
    return (result,)


def _pinv_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    t, a, p = tangents[0], application.operands[0], application.result
    if t is None:
        return (None,)
    flipped, adjoint = transpose_matrix(t), transpose_matrix(p)
    # -p t p + p p^T t^T (1 - a p) + (1 - p a) t^T p^T p
    onto_range = matmul(matmul(p, adjoint), flipped)
    onto_kernel = matmul(flipped, matmul(adjoint, p))
    left = onto_range - matmul(matmul(onto_range, a), p)
    right = onto_kernel - matmul(p, matmul(a, onto_kernel))
    return (left + right - matmul(matmul(p, t), p),)


def _pinv_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    g, a, p = cotangents[0], application.operands[0], application.result
    if g is None:
        return None
    flipped, adjoint = transpose_matrix(g), transpose_matrix(p)
    # The transpose of the three terms of the tangent.
    outside = flipped - matmul(a, matmul(p, flipped))
    inside = flipped - matmul(matmul(flipped, p), a)
    left = matmul(outside, matmul(p, adjoint))
    right = matmul(matmul(adjoint, p), inside)
    return left + right - matmul(matmul(adjoint, g), adjoint)


FACTORISATION: tuple[Operation, ...] = (
    Operation(
        "cholesky",
        "the lower L with positive diagonal and L L^T = a, from the lower triangle of a",
        (1, 1),
        infer_square,
        _evaluate_cholesky,
        _cholesky_vjp,
        _cholesky_jvp,
        count_cubic,
    ),
    Operation(
        "eigh",
        "eigenvalues, rising, and eigenvectors as columns, from the lower triangle of a",
        (1, 1),
        _infer_eigh,
        _evaluate_eigh,
        _eigh_vjp,
        _eigh_jvp,
        count_cubic,
    ),
    Operation(
        "expm",
        "the matrix exponential",
        (1, 1),
        infer_square,
        _evaluate_expm,
        _expm_vjp,
        _expm_jvp,
        count_cubic,
    ),
    Operation(
        "pinv",
        "the pseudo-inverse; singular values up to cutoff times the largest count as 0; derivative at fixed rank",
        (1, 1),
        _infer_pinv,
        _evaluate_pinv,
        _pinv_vjp,
        _pinv_jvp,
        count_cubic,
        attributes={"cutoff": "number"},
        defaults={"cutoff": 1e-10},
    ),
)
