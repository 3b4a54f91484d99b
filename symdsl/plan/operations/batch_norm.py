"""Batch normalisation with one statistic for each field (Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1).

The channel axis has size copies * fields, index = copy * fields + field: a field's copies (a group axis) share
their statistic, which keeps the normalisation equivariant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.decomposition import make_decomposed_rules
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    leading,
    require,
)
from symdsl.plan.operations.spatial import split_image

if TYPE_CHECKING:
    from symdsl.plan.value import Value

_ATTRIBUTES = {"layout": "text", "fields": "integer", "epsilon": "number"}
_DEFAULTS = {"layout": "channels_first", "epsilon": 1e-5}


def _check_fields(operands: Types, given: Attributes) -> None:
    channels, _ = split_image(operands[0].shape, given["layout"])
    fields = given["fields"]
    require(fields >= 1 and channels % fields == 0, f"{channels} channels are no copies of {fields} fields")
    for value in operands[1:]:
        require(value == ArrayType((fields,)), f"statistics, scale and shift are batch-free, of shape {(fields,)}")
    require(operands[0].dtype == "real", "batch_norm is of reals")


def _infer_training(operands: Types, given: Attributes) -> Types:
    _check_fields(operands, given)
    require(operands[0].batched, "batch_norm needs a batch")
    statistic = ArrayType((given["fields"],))
    return (operands[0], statistic, statistic)


def _infer_inference(operands: Types, given: Attributes) -> Types:
    _check_fields(operands, given)
    return (operands[0],)


def _channel_axis(rank: int, given: Attributes) -> int:
    return 0 if given["layout"] == "channels_first" else rank - 1


def _by_field(
    x: NDArray[Any], type: ArrayType, given: Attributes
) -> tuple[NDArray[Any], tuple[int, ...], tuple[int, ...]]:
    """x with the channel axis split in (copies, fields); the axes of a statistic; the shape a statistic takes."""
    axis = leading(type) + _channel_axis(len(type.shape), given)
    split = x.reshape(*x.shape[:axis], -1, given["fields"], *x.shape[axis + 1 :])
    summed = tuple(place for place in range(split.ndim) if place != axis + 1)
    place = (given["fields"], *(1,) * (split.ndim - axis - 2))
    return split, summed, place


def _evaluate_training(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    x, scale, shift = arrays
    split, summed, place = _by_field(x, types[0], given)
    count = split.size // given["fields"]
    mean = split.mean(axis=summed)
    centred = split - mean.reshape(place)
    variance = np.square(centred).mean(axis=summed)
    normal = centred / np.sqrt(variance + given["epsilon"]).reshape(place)
    y = normal * scale.reshape(place) + shift.reshape(place)
    with np.errstate(all="ignore"):
        unbiased = variance * (np.float64(count) / (count - 1))
    return y.reshape(x.shape), mean, unbiased


def _evaluate_inference(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    x, mean, variance, scale, shift = arrays
    split, _, place = _by_field(x, types[0], given)
    factor = scale / np.sqrt(variance + given["epsilon"])
    return (((split - mean.reshape(place)) * factor.reshape(place) + shift.reshape(place)).reshape(x.shape),)


def _split_fields(x: Value, given: Attributes) -> tuple[Value, int]:
    axis, fields = _channel_axis(x.rank, given), given["fields"]
    return x.apply("split", axis=axis, sizes=(x.shape[axis] // fields, fields)), axis


def _place(statistic: Value, rank: int, axis: int) -> Value:
    """(fields,) with axes of size 1 around, to meet an array of this rank whose axis `axis` is the fields."""
    for _ in range(axis):
        statistic = statistic.apply("expand", axis=0)
    while statistic.rank < rank:
        statistic = statistic.apply("expand", axis=statistic.rank)
    return statistic


def _decompose_training(operands: tuple[Value, ...], application: Application) -> tuple[Value, ...]:
    x, scale, shift = operands
    given = application.attributes
    split, axis = _split_fields(x, given)
    summed = tuple(place for place in range(split.rank) if place != axis + 1)

    def total(value: Value) -> Value:
        return value.apply("sum", axes=summed).apply("batch_sum")

    count = total(split.apply("full_like", value=1.0))
    mean = total(split) / count
    centred = split - _place(mean, split.rank, axis + 1)
    squares = total(centred.apply("square"))
    deviation = (squares / count + given["epsilon"]).apply("sqrt")
    normal = centred / _place(deviation, split.rank, axis + 1)
    y = normal * _place(scale, split.rank, axis + 1) + _place(shift, split.rank, axis + 1)
    return y.apply("merge", axis=axis, count=2), mean, squares / (count - 1.0)


def _decompose_inference(operands: tuple[Value, ...], application: Application) -> tuple[Value, ...]:
    x, mean, variance, scale, shift = operands
    given = application.attributes
    split, axis = _split_fields(x, given)
    factor = scale / (variance + given["epsilon"]).apply("sqrt")
    centred = split - _place(mean, split.rank, axis + 1)
    y = centred * _place(factor, split.rank, axis + 1) + _place(shift, split.rank, axis + 1)
    return (y.apply("merge", axis=axis, count=2),)


_TRAINING = make_decomposed_rules(_decompose_training)
_INFERENCE = make_decomposed_rules(_decompose_inference)

BATCH_NORM: tuple[Operation, ...] = (
    Operation(
        "batch_norm",
        "x normalised by each field's mean and biased variance over batch, copies, space; and mean, unbiased variance",
        (3, 3),
        _infer_training,
        _evaluate_training,
        *_TRAINING,
        attributes=_ATTRIBUTES,
        defaults=_DEFAULTS,
        mixes_samples=True,
    ),
    Operation(
        "batch_norm_inference",
        "x normalised by given means and variances of each field",
        (5, 5),
        _infer_inference,
        _evaluate_inference,
        *_INFERENCE,
        attributes=_ATTRIBUTES,
        defaults=_DEFAULTS,
    ),
)
