"""Cutting, padding, joining, flipping and rolling along axes: linear maps that do no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.linear import make_adjoint_vjp, make_linear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    count_nothing,
    leading,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value

MANY = 1_000_000


def _infer_slice(operands: Types, given: Attributes) -> Types:
    only, axis = operands[0], given["axis"]
    start, stop, step = given["start"], given["stop"], given["step"]
    require(0 <= start <= stop <= only.shape[axis] and step >= 1, f"slice {start}:{stop}:{step} of {only.shape}")
    size = len(range(start, stop, step))
    return (ArrayType((*only.shape[:axis], size, *only.shape[axis + 1 :]), only.dtype, only.batched),)


def _evaluate_slice(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    where = (slice(None),) * (leading(types[0]) + given["axis"])
    return (arrays[0][(*where, slice(given["start"], given["stop"], given["step"]))],)


def _unslice(g: Value, application: Application, given: Attributes) -> Value:
    axis, step, size = given["axis"], given["step"], g.shape[given["axis"]]
    if step > 1 and size > 0:
        # Put step - 1 zeros behind each entry, then drop those behind the last.
        spread = _pad_axis(g.apply("expand", axis=axis + 1), axis + 1, 0, step - 1)
        merged = spread.apply("merge", axis=axis, count=2)
        g = merged.apply("slice", axis=axis, start=0, stop=(size - 1) * step + 1, step=1)
    total = application.operands[0].shape[axis]
    return _pad_axis(g, axis, given["start"], total - given["start"] - g.shape[axis])


def _pad_axis(x: Value, axis: int, low: int, high: int) -> Value:
    zeros = [0] * x.rank
    lows, highs = list(zeros), list(zeros)
    lows[axis], highs[axis] = low, high
    return x.apply("pad", low=tuple(lows), high=tuple(highs), value=0.0)


def _infer_pad(operands: Types, given: Attributes) -> Types:
    only, low, high = operands[0], given["low"], given["high"]
    require(len(low) == len(high) == len(only.shape), f"pad of {only.shape} needs an entry for each axis")
    require(min((*low, *high), default=0) >= 0, "a negative padding")
    require(only.dtype == "real", "pad needs reals")
    shape = tuple(a + size + b for a, size, b in zip(low, only.shape, high, strict=True))
    return (ArrayType(shape, only.dtype, only.batched),)


def _evaluate_pad(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    widths = [(0, 0)] * leading(types[0]) + list(zip(given["low"], given["high"], strict=True))
    return (np.pad(arrays[0], widths, constant_values=given["value"]) if widths else arrays[0],)


def _unpad(g: Value, application: Application, given: Attributes) -> Value:
    for axis, (low, size) in enumerate(zip(given["low"], application.operands[0].shape, strict=True)):
        if g.shape[axis] != size:
            g = g.apply("slice", axis=axis, start=low, stop=low + size, step=1)
    return g


def _pad_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    return (
        tangents[0].apply("pad", low=application.attributes["low"], high=application.attributes["high"], value=0.0),
    )


def _joined(operands: Types, stacked: bool, axis: int) -> Types:
    first = operands[0]
    require(all(value.dtype == first.dtype for value in operands), "dtypes differ")
    if stacked:
        require(all(value.shape == first.shape for value in operands), f"shapes differ: {[v.shape for v in operands]}")
        shape = (*first.shape[:axis], len(operands), *first.shape[axis:])
    else:
        rest = {(*value.shape[:axis], *value.shape[axis + 1 :]) for value in operands}
        ranks = {len(value.shape) for value in operands}
        require(len(rest) == 1 and len(ranks) == 1, f"shapes do not join: {[value.shape for value in operands]}")
        shape = (*first.shape[:axis], sum(value.shape[axis] for value in operands), *first.shape[axis + 1 :])
    return (ArrayType(shape, first.dtype, any_batched(operands)),)


def _with_batch(arrays: Arrays, types: Types) -> list[np.ndarray]:
    """All operands with a batch axis if any has one."""
    batches = [array.shape[0] for array, value in zip(arrays, types, strict=True) if value.batched]
    if not batches:
        return list(arrays)
    pairs = zip(arrays, types, strict=True)
    return [array if value.batched else np.broadcast_to(array, (batches[0], *array.shape)) for array, value in pairs]


def _evaluate_concatenate(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    front = 1 if any_batched(types) else 0
    return (np.concatenate(_with_batch(arrays, types), axis=front + given["axis"]),)


def _evaluate_stack(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    front = 1 if any_batched(types) else 0
    return (np.stack(_with_batch(arrays, types), axis=front + given["axis"]),)


def _concatenate_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    cotangent, axis = cotangents[0], application.attributes["axis"]
    if cotangent is None:
        return None
    start = sum(value.shape[axis] for value in application.operands[:position])
    stop = start + application.operands[position].shape[axis]
    return cotangent.apply("slice", axis=axis, start=start, stop=stop, step=1)


def _stack_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    cotangent, axis = cotangents[0], application.attributes["axis"]
    if cotangent is None:
        return None
    return cotangent.apply("slice", axis=axis, start=position, stop=position + 1, step=1).apply("squeeze", axis=axis)


def _join_jvp(operation: str, application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    builder, axis = application.operands[0].builder, application.attributes["axis"]
    if application.result.type.dtype != "real" or all(tangent is None for tangent in tangents):
        return (None,)
    pairs = zip(application.operands, tangents, strict=True)
    filled = [builder.zeros_like(value) if tangent is None else tangent for value, tangent in pairs]
    return (builder.add(operation, *filled, axis=axis),)


def _infer_same(operands: Types, given: Attributes) -> Types:
    return (operands[0],)


def _evaluate_flip(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return (np.flip(arrays[0], tuple(leading(types[0]) + axis for axis in given["axes"])),)


def _evaluate_roll(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return (np.roll(arrays[0], given["shift"], leading(types[0]) + given["axis"]),)


WINDOW: tuple[Operation, ...] = (
    Operation(
        "slice",
        "entries start, start + step, ... below stop of one axis",
        (1, 1),
        _infer_slice,
        _evaluate_slice,
        make_adjoint_vjp(_unslice),
        make_linear_jvp("slice"),
        count_nothing,
        attributes={"axis": "axis", "start": "integer", "stop": "integer", "step": "integer"},
        defaults={"start": 0, "step": 1},
    ),
    Operation(
        "pad",
        "`low` and `high` entries of `value` before and behind each axis",
        (1, 1),
        _infer_pad,
        _evaluate_pad,
        make_adjoint_vjp(_unpad),
        _pad_jvp,
        count_nothing,
        attributes={"low": "integers", "high": "integers", "value": "number"},
        defaults={"value": 0.0},
    ),
    Operation(
        "concatenate",
        "the operands behind each other along an axis they all have",
        (1, MANY),
        lambda operands, given: _joined(operands, False, given["axis"]),
        _evaluate_concatenate,
        _concatenate_vjp,
        lambda application, tangents: _join_jvp("concatenate", application, tangents),
        count_nothing,
        attributes={"axis": "axis"},
    ),
    Operation(
        "stack",
        "the operands behind each other along a new axis",
        (1, MANY),
        lambda operands, given: _joined(operands, True, given["axis"]),
        _evaluate_stack,
        _stack_vjp,
        lambda application, tangents: _join_jvp("stack", application, tangents),
        count_nothing,
        attributes={"axis": "new_axis"},
    ),
    Operation(
        "flip",
        "reverses the order along some axes",
        (1, 1),
        _infer_same,
        _evaluate_flip,
        make_adjoint_vjp(lambda g, application, given: g.apply("flip", axes=given["axes"])),
        make_linear_jvp("flip"),
        count_nothing,
        attributes={"axes": "axes"},
    ),
    Operation(
        "roll",
        "entry i moves to i + shift, cyclically",
        (1, 1),
        _infer_same,
        _evaluate_roll,
        make_adjoint_vjp(lambda g, a, given: g.apply("roll", axis=given["axis"], shift=-given["shift"])),
        make_linear_jvp("roll"),
        count_nothing,
        attributes={"axis": "axis", "shift": "integer"},
    ),
)
