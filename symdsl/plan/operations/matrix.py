"""Matrix operations on the two last axes whose derivatives are matrix products: solves, inverse, triangles."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from string import ascii_letters
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.elementwise import add_all
from symdsl.plan.operations.linear import make_adjoint_vjp, make_linear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    count_nothing,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def matmul(left: Value, right: Value) -> Value:
    """The product over the two last axes, entry by entry in the axes before."""
    front = ascii_letters[3 : 3 + left.rank - 2]
    return left.apply("einsum", right, subscripts=f"{front}ab,{front}bc->{front}ac")


def transpose_matrix(value: Value) -> Value:
    """The two last axes exchanged."""
    rank = value.rank
    return value.apply("transpose", permutation=(*range(rank - 2), rank - 1, rank - 2))


def check_matrices(operands: Types, square: bool = True) -> None:
    """Raise PlanError unless the operands are real matrices (the first square), with equal axes in front."""
    for value in operands:
        require(value.dtype == "real" and len(value.shape) >= 2, f"{value} is no array of real matrices")
        require(value.shape[:-2] == operands[0].shape[:-2], "the axes before the matrices differ")
    first = operands[0].shape
    require(not square or first[-1] == first[-2], f"{first} is no array of square matrices")


def infer_square(operands: Types, given: Attributes) -> Types:
    """The type of a square matrix, of the same size."""
    check_matrices(operands)
    return (operands[0],)


def count_cubic(operands: Types, given: Attributes, results: Types) -> int:
    """n^3 for each matrix of size n."""
    return prod(operands[0].shape) * operands[0].shape[-1]


def _infer_solve(operands: Types, given: Attributes) -> Types:
    check_matrices(operands)
    require(operands[0].shape[-1] == operands[1].shape[-2], f"{operands[0].shape} does not solve {operands[1].shape}")
    return (ArrayType(operands[1].shape, "real", any_batched(operands)),)


def _solve(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        front = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        return np.full((*front, *b.shape[-2:]), np.nan)


def _inverse(a: NDArray[Any]) -> NDArray[Any]:
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return np.full(a.shape, np.nan)


def _solve_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    towards_b = transpose_matrix(application.operands[0]).apply("solve", cotangents[0])
    if position == 1:
        return towards_b
    return -matmul(towards_b, transpose_matrix(application.result))


def _solve_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    of_a, of_b = tangents
    change = add_all([of_b, None if of_a is None else -matmul(of_a, application.result)])
    return (None if change is None else application.operands[0].apply("solve", change),)


def _inverse_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    flipped = transpose_matrix(application.result)
    return -matmul(matmul(flipped, cotangents[0]), flipped)


def _inverse_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    return (-matmul(matmul(application.result, tangents[0]), application.result),)


def _infer_triangle(operands: Types, given: Attributes) -> Types:
    check_matrices(operands, square=False)
    return (operands[0],)


def _evaluate_triangle(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return ((np.tril if given["lower"] else np.triu)(arrays[0], given["diagonal"]),)


def _evaluate_triangular_solve(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    a, b = arrays
    triangle = np.tril(a) if given["lower"] else np.triu(a)
    return (_solve(np.swapaxes(triangle, -1, -2) if given["transpose"] else triangle, b),)


def _triangular_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    lower, transpose = application.attributes["lower"], application.attributes["transpose"]
    a, x = application.operands[0], application.result
    towards_b = a.apply("triangular_solve", cotangents[0], lower=lower, transpose=not transpose)
    if position == 1:
        return towards_b
    pair = (x, towards_b) if transpose else (towards_b, x)
    return -matmul(pair[0], transpose_matrix(pair[1])).apply("triangle", lower=lower, diagonal=0)


def _triangular_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    of_a, of_b = tangents
    lower, transpose = application.attributes["lower"], application.attributes["transpose"]
    moved = None
    if of_a is not None:
        triangle = of_a.apply("triangle", lower=lower, diagonal=0)
        moved = -matmul(transpose_matrix(triangle) if transpose else triangle, application.result)
    change = add_all([of_b, moved])
    if change is None:
        return (None,)
    return (application.operands[0].apply("triangular_solve", change, lower=lower, transpose=transpose),)


MATRIX: tuple[Operation, ...] = (
    Operation(
        "solve",
        "x with a x = b, for matrices a (.., n, n) and b (.., n, k)",
        (2, 2),
        _infer_solve,
        lambda arrays, given, types: (_solve(*arrays),),
        _solve_vjp,
        _solve_jvp,
        count_cubic,
    ),
    Operation(
        "inverse",
        "the inverse of each matrix",
        (1, 1),
        infer_square,
        lambda arrays, given, types: (_inverse(arrays[0]),),
        _inverse_vjp,
        _inverse_jvp,
        count_cubic,
    ),
    Operation(
        "triangle",
        "keeps the entries on and below (lower) or on and above the given diagonal; the others become 0",
        (1, 1),
        _infer_triangle,
        _evaluate_triangle,
        make_adjoint_vjp(lambda g, application, given: g.apply("triangle", **given)),
        make_linear_jvp("triangle"),
        count_nothing,
        attributes={"lower": "flag", "diagonal": "integer"},
        defaults={"diagonal": 0},
    ),
    Operation(
        "triangular_solve",
        "x with T x = b, or T^T x = b; T is the lower or upper triangle of a, with its diagonal",
        (2, 2),
        _infer_solve,
        _evaluate_triangular_solve,
        _triangular_vjp,
        _triangular_jvp,
        count_cubic,
        attributes={"lower": "flag", "transpose": "flag"},
        defaults={"transpose": False},
    ),
)
