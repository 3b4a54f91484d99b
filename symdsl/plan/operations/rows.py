"""From rows of one kind to rows of another: each row's share of its owner, and what an owner's rows add up to.

A batch of graphs has rows of several kinds: the graphs themselves, all their nodes, all their edges. An index has an
entry for each row of B and names a row of A, as edges name their senders and nodes their graph. Rows of different
samples never meet as long as each index stays within its sample, which is what a data source checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.linear import make_adjoint_vjp, make_linear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    count_elements,
    count_nothing,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _require_index(index: ArrayType) -> None:
    one_each = index.batched and index.dtype == "integer" and index.shape == ()
    require(one_each, "an index of rows is one integer for each row")


def _infer_take(operands: Types, given: Attributes) -> Types:
    array, index = operands
    _require_index(index)
    require(array.batched, "rows are taken of a batched array")
    return (ArrayType(array.shape, array.dtype, True, index.rows),)


def _check_range(index: NDArray[Any], rows: int) -> None:
    require(index.size == 0 or (index.min() >= 0 and index.max() < rows), f"an index is outside 0..{rows - 1}")


def _evaluate_take(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    _check_range(arrays[1], len(arrays[0]))
    return (arrays[0][arrays[1]],)


def _infer_reduction(operands: Types, given: Attributes) -> Types:
    array, index, like = operands
    _require_index(index)
    require(array.batched and array.dtype == "real", "rows of reals are brought together")
    require(array.rows == index.rows, f"an index of {index.rows or 'samples'} meets rows of {array.rows or 'samples'}")
    require(like.batched, "the last operand shows which rows the result has")
    return (ArrayType(array.shape, "real", True, like.rows),)


def _evaluate_sum(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    array, index, like = arrays
    _check_range(index, len(like))
    result = np.zeros((len(like), *array.shape[1:]))
    np.add.at(result, index, array)
    return (result,)


def _evaluate_max(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    array, index, like = arrays
    _check_range(index, len(like))
    result = np.full((len(like), *array.shape[1:]), -np.inf)
    np.maximum.at(result, index, array)
    return (np.where(np.isneginf(result), 0.0, result),)


def _untake(g: Value, application: Application, given: Attributes) -> Value:
    array, index = application.operands
    return g.apply("sum_rows", index, array)


def _unsum(g: Value, application: Application, given: Attributes) -> Value:
    return g.apply("take_rows", application.operands[1])


def _winners(application: Application) -> tuple[Value, Value]:
    """1 where an entry is the largest of its owner's, and how many such entries each owner has (at least 1)."""
    array, index, like = application.operands
    wins = array.apply("equal", application.result.apply("take_rows", index)).apply("cast", dtype="real")
    return wins, wins.apply("sum_rows", index, like).apply("maximum", array.builder.full((), 1.0))


def _max_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None or position != 0:
        return None
    wins, ties = _winners(application)
    return wins * (cotangents[0] / ties).apply("take_rows", application.operands[1])


def _max_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    wins, ties = _winners(application)
    _, index, like = application.operands
    return ((wins * tangents[0]).apply("sum_rows", index, like) / ties,)


ROWS: tuple[Operation, ...] = (
    Operation(
        "take_rows",
        "for each row of the index, the row of x that it names",
        (2, 2),
        _infer_take,
        _evaluate_take,
        make_adjoint_vjp(_untake),
        make_linear_jvp("take_rows"),
        count_nothing,
        changes_rows=True,
    ),
    Operation(
        "sum_rows",
        "for each row of `like`, the sum of the rows of x whose index names it; 0 where there are none",
        (3, 3),
        _infer_reduction,
        _evaluate_sum,
        make_adjoint_vjp(_unsum),
        make_linear_jvp("sum_rows"),
        count_elements,
        changes_rows=True,
    ),
    Operation(
        "max_rows",
        "for each row of `like`, the largest of the rows of x whose index names it, ties sharing the derivative; "
        "0 where there are none",
        (3, 3),
        _infer_reduction,
        _evaluate_max,
        _max_vjp,
        _max_jvp,
        count_elements,
        changes_rows=True,
    ),
)
