"""Reordering, regrouping and stretching axes: linear maps that do no arithmetic."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.linear import make_adjoint_vjp, make_linear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Evaluate,
    InferTypes,
    Operation,
    Types,
    count_nothing,
    leading,
    require,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symdsl.plan.value import Value


def _make_shape_operation(
    name: str,
    documentation: str,
    infer_shape: Callable[[tuple[int, ...], Attributes], tuple[int, ...]],
    adjoint: Callable[[Value, Application, Attributes], Value | None],
    attributes: Mapping[str, str],
    evaluate: Evaluate | None = None,
) -> Operation:
    """A linear operation on one array; without `evaluate` it is a reshape to the inferred shape."""

    def infer_types(operands: Types, given: Attributes) -> Types:
        only = operands[0]
        return (ArrayType(infer_shape(only.shape, given), only.dtype, only.batched),)

    def reshape(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
        front = arrays[0].shape[: leading(types[0])]
        return (arrays[0].reshape(front + infer_shape(types[0].shape, given)),)

    rule: InferTypes = infer_types
    return Operation(
        name,
        documentation,
        (1, 1),
        rule,
        evaluate or reshape,
        make_adjoint_vjp(adjoint),
        make_linear_jvp(name),
        count_nothing,
        attributes=attributes,
    )


def _transposed(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    permutation = given["permutation"]
    require(sorted(permutation) == list(range(len(shape))), f"{permutation} does not permute {len(shape)} axes")
    return tuple(shape[axis] for axis in permutation)


def _evaluate_transpose(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    front = leading(types[0])
    return (arrays[0].transpose(*range(front), *(front + axis for axis in given["permutation"])),)


def _untranspose(g: Value, application: Application, given: Attributes) -> Value:
    permutation = given["permutation"]
    return g.apply("transpose", permutation=tuple(permutation.index(axis) for axis in range(len(permutation))))


def _merged(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    axis, count = given["axis"], given["count"]
    require(count >= 1 and axis + count <= len(shape), f"cannot merge {count} axes from {axis} of {shape}")
    return (*shape[:axis], prod(shape[axis : axis + count]), *shape[axis + count :])


def _unmerge(g: Value, application: Application, given: Attributes) -> Value:
    axis = given["axis"]
    return g.apply("split", axis=axis, sizes=application.operands[0].shape[axis : axis + given["count"]])


def _split(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    axis, sizes = given["axis"], given["sizes"]
    require(len(sizes) >= 1 and prod(sizes) == shape[axis], f"axis {axis} of {shape} does not split into {sizes}")
    return (*shape[:axis], *sizes, *shape[axis + 1 :])


def _unsplit(g: Value, application: Application, given: Attributes) -> Value:
    return g.apply("merge", axis=given["axis"], count=len(given["sizes"]))


def _expanded(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    return (*shape[: given["axis"]], 1, *shape[given["axis"] :])


def _squeezed(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    require(shape[given["axis"]] == 1, f"axis {given['axis']} of {shape} is not of size 1")
    return (*shape[: given["axis"]], *shape[given["axis"] + 1 :])


def _broadcast(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    target = given["shape"]
    fits = not shape or (
        len(shape) == len(target) and all(old in (1, new) for old, new in zip(shape, target, strict=True))
    )
    require(fits, f"{shape} does not stretch to {target}")
    return target


def _evaluate_broadcast(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    only, target = arrays[0], given["shape"]
    front = only.shape[: leading(types[0])]
    if not types[0].shape:
        only = only.reshape(front + (1,) * len(target))
    return (np.broadcast_to(only, front + target),)


def _evaluate_memory_format(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return (arrays[0],)


def _same_with_format(shape: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    require(given["format"] in ("channels_last", "contiguous"), f"no memory format {given['format']}")
    return shape


def _unbroadcast(g: Value, application: Application, given: Attributes) -> Value:
    return g.builder.sum_to(g, application.operands[0].shape)


SHAPE: tuple[Operation, ...] = (
    _make_shape_operation(
        "transpose",
        "result axis i is operand axis permutation[i]",
        _transposed,
        _untranspose,
        {"permutation": "integers"},
        _evaluate_transpose,
    ),
    _make_shape_operation(
        "merge",
        "`count` neighbouring axes from `axis` on become one, the last fastest",
        _merged,
        _unmerge,
        {"axis": "axis", "count": "integer"},
    ),
    _make_shape_operation(
        "split",
        "one axis becomes several, the last fastest: the inverse of merge",
        _split,
        _unsplit,
        {"axis": "axis", "sizes": "integers"},
    ),
    _make_shape_operation(
        "expand",
        "a new axis of size 1 at position `axis` of the result",
        _expanded,
        lambda g, application, given: g.apply("squeeze", axis=given["axis"]),
        {"axis": "new_axis"},
    ),
    _make_shape_operation(
        "squeeze",
        "drops an axis of size 1",
        _squeezed,
        lambda g, application, given: g.apply("expand", axis=given["axis"]),
        {"axis": "axis"},
    ),
    _make_shape_operation(
        "broadcast",
        "axes of size 1 stretch to `shape` (of equal rank); a scalar stretches to any shape",
        _broadcast,
        _unbroadcast,
        {"shape": "integers"},
        _evaluate_broadcast,
    ),
    _make_shape_operation(
        "memory_format",
        "the identity; a hint on how the array should lie in memory (channels_last or contiguous)",
        _same_with_format,
        lambda g, application, given: g,
        {"format": "text"},
        _evaluate_memory_format,
    ),
)
