"""Gathering and scattering by integer arrays, the order of entries, and sums over segments."""

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
    any_batched,
    count_elements,
    count_nothing,
    leading,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _infer_take(operands: Types, given: Attributes) -> Types:
    array, index = operands
    require(index.dtype == "integer", "take needs an integer index")
    axis = given["axis"]
    shape = (*array.shape[:axis], *index.shape, *array.shape[axis + 1 :])
    return (ArrayType(shape, array.dtype, any_batched(operands)),)


def _check_range(index: NDArray[Any], size: int) -> None:
    require(index.size == 0 or (index.min() >= 0 and index.max() < size), f"an index is outside 0..{size - 1}")


def _evaluate_take(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    (array, index), (of_array, of_index), axis = arrays, types, given["axis"]
    _check_range(index, of_array.shape[axis])
    if not of_index.batched:
        return (np.take(array, index, axis=leading(of_array) + axis),)
    if not of_array.batched:
        array = np.broadcast_to(array, (index.shape[0], *array.shape))
    return (np.stack([np.take(one, where, axis=axis) for one, where in zip(array, index, strict=True)]),)


def _infer_put(operands: Types, given: Attributes) -> Types:
    array, index = operands
    axis, count = given["axis"], len(index.shape)
    require(index.dtype == "integer" and array.dtype == "real", "put scatters reals by integers")
    require(array.shape[axis : axis + count] == index.shape, f"{array.shape} has no {index.shape} at axis {axis}")
    shape = (*array.shape[:axis], given["size"], *array.shape[axis + count :])
    return (ArrayType(shape, "real", any_batched(operands)),)


def _scatter(array: NDArray[Any], index: NDArray[Any], front: int, size: int) -> NDArray[Any]:
    result = np.zeros((*array.shape[:front], size, *array.shape[front + index.ndim :]))
    where: Any = (*(slice(None),) * front, index)
    np.add.at(result, where, array)
    return result


def _evaluate_put(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    (array, index), (of_array, of_index), axis = arrays, types, given["axis"]
    _check_range(index, given["size"])
    if not of_index.batched:
        return (_scatter(array, index, leading(of_array) + axis, given["size"]),)
    if not of_array.batched:
        array = np.broadcast_to(array, (index.shape[0], *array.shape))
    pairs = zip(array, index, strict=True)
    return (np.stack([_scatter(one, where, axis, given["size"]) for one, where in pairs]),)


def _untake(g: Value, application: Application, given: Attributes) -> Value:
    array, index = application.operands
    return g.apply("put", index, axis=given["axis"], size=array.shape[given["axis"]])


def _unput(g: Value, application: Application, given: Attributes) -> Value:
    return g.apply("take", application.operands[1], axis=given["axis"])


def _infer_argsort(operands: Types, given: Attributes) -> Types:
    require(operands[0].dtype == "real", "argsort orders reals")
    return (ArrayType(operands[0].shape, "integer", operands[0].batched),)


def _evaluate_argsort(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return (np.argsort(arrays[0], axis=leading(types[0]) + given["axis"], kind="stable"),)


def _infer_segment(operands: Types, given: Attributes) -> Types:
    array, index = operands
    axis = given["axis"]
    require(index.dtype == "integer" and array.dtype == "real", "segments are of reals, named by integers")
    require(index.shape == (array.shape[axis],), f"index {index.shape} does not label axis {axis} of {array.shape}")
    shape = (*array.shape[:axis], given["count"], *array.shape[axis + 1 :])
    return (ArrayType(shape, "real", any_batched(operands)),)


def _evaluate_segment_sum(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return _evaluate_put(arrays, {"axis": given["axis"], "size": given["count"]}, types)


def _evaluate_segment_max(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    (array, index), (of_array, of_index), axis, count = arrays, types, given["axis"], given["count"]
    _check_range(index, count)
    if not any_batched(types):
        return (_segment_max(array, index, axis, count),)
    batch = array.shape[0] if of_array.batched else index.shape[0]
    array = array if of_array.batched else np.broadcast_to(array, (batch, *array.shape))
    index = index if of_index.batched else np.broadcast_to(index, (batch, *index.shape))
    return (np.stack([_segment_max(one, who, axis, count) for one, who in zip(array, index, strict=True)]),)


def _segment_max(array: NDArray[Any], index: NDArray[Any], axis: int, count: int) -> NDArray[Any]:
    result = np.zeros((*array.shape[:axis], count, *array.shape[axis + 1 :]))
    for segment in range(count):
        members = np.take(array, np.flatnonzero(index == segment), axis=axis)
        if members.shape[axis]:
            result[(*(slice(None),) * axis, segment)] = members.max(axis=axis)
    return result


def _winners(application: Application) -> tuple[Value, Value]:
    """1 where an entry is its segment's maximum, and how many such entries each segment has (at least 1)."""
    array, index = application.operands
    axis, count = application.attributes["axis"], application.attributes["count"]
    highest = application.result.apply("take", index, axis=axis)
    wins = array.apply("equal", highest).apply("cast", dtype="real")
    ties = wins.apply("segment_sum", index, axis=axis, count=count)
    return wins, ties.apply("maximum", array.builder.full((), 1.0))


def _segment_max_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None or position != 0:
        return None
    wins, ties = _winners(application)
    shared = cotangents[0] / ties
    return wins * shared.apply("take", application.operands[1], axis=application.attributes["axis"])


def _segment_max_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    wins, ties = _winners(application)
    total = (wins * tangents[0]).apply("segment_sum", application.operands[1], **application.attributes)
    return (total / ties,)


INDEX: tuple[Operation, ...] = (
    Operation(
        "take",
        "the axis is replaced by the index's axes: result[.., i.., ..] = x[.., index[i..], ..]",
        (2, 2),
        _infer_take,
        _evaluate_take,
        make_adjoint_vjp(_untake),
        make_linear_jvp("take"),
        count_nothing,
        attributes={"axis": "axis"},
    ),
    Operation(
        "put",
        "the transpose of take: the index's axes, from `axis` on, are summed into one axis of `size` places",
        (2, 2),
        _infer_put,
        _evaluate_put,
        make_adjoint_vjp(_unput),
        make_linear_jvp("put"),
        count_elements,
        attributes={"axis": "axis", "size": "integer"},
    ),
    Operation(
        "argsort",
        "the places of the entries of one axis from the smallest to the largest, equal ones in their order",
        (1, 1),
        _infer_argsort,
        _evaluate_argsort,
        attributes={"axis": "axis"},
    ),
    Operation(
        "segment_sum",
        "the sum of the entries of one axis that carry the same label; 0 for a label without entries",
        (2, 2),
        _infer_segment,
        _evaluate_segment_sum,
        make_adjoint_vjp(_unput),
        make_linear_jvp("segment_sum"),
        count_elements,
        attributes={"axis": "axis", "count": "integer"},
    ),
    Operation(
        "segment_max",
        "the maximum of the entries that carry the same label; 0 for a label without entries; ties share",
        (2, 2),
        _infer_segment,
        _evaluate_segment_max,
        _segment_max_vjp,
        _segment_max_jvp,
        count_elements,
        attributes={"axis": "axis", "count": "integer"},
    ),
)
