"""Softmax, dropout and layer normalisation: fused operations on one sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.decomposition import make_decomposed_rules
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    leading,
    require,
)
from symdsl.plan.operations.reduction import restore_axes

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _infer_softmax(operands: Types, given: Attributes) -> Types:
    require(operands[0].dtype == "real" and operands[0].shape[given["axis"]] > 0, "softmax of reals, at least one")
    return (operands[0],)


def _evaluate_softmax(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    axis = leading(types[0]) + given["axis"]
    weights = np.exp(arrays[0] - arrays[0].max(axis=axis, keepdims=True))
    return (weights / weights.sum(axis=axis, keepdims=True),)


def _evaluate_log_softmax(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    axis = leading(types[0]) + given["axis"]
    shifted = arrays[0] - arrays[0].max(axis=axis, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)),)


def _sum_along(value: Value, axis: int) -> Value:
    return restore_axes(value.apply("sum", axes=(axis,)), (axis,))


def _softmax_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    g, y = cotangents[0], application.result
    if g is None:
        return None
    return y * (g - _sum_along(g * y, application.attributes["axis"]))


def _softmax_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    return (_softmax_vjp(application, tangents, 0),)  # the derivative is a symmetric matrix


def _log_softmax_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    g, axis = cotangents[0], application.attributes["axis"]
    if g is None:
        return None
    return g - application.result.apply("exp") * _sum_along(g, axis)


def _log_softmax_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    t, axis = tangents[0], application.attributes["axis"]
    if t is None:
        return (None,)
    return (t - _sum_along(application.result.apply("exp") * t, axis),)


def _infer_dropout(operands: Types, given: Attributes) -> Types:
    x, noise = operands
    require(0.0 <= given["rate"] < 1.0, f"a dropout rate of {given['rate']}")
    require(x.shape == noise.shape and x.dtype == noise.dtype == "real", "the noise of dropout is not like x")
    require(noise.batched or not x.batched, "the noise of dropout is not drawn for each sample")
    return (ArrayType(x.shape, "real", any_batched(operands)),)


def _evaluate_dropout(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    x, noise = arrays
    return (np.where(noise >= given["rate"], x / (1.0 - given["rate"]), 0.0),)


def _dropout_mask(application: Application) -> Value:
    noise, rate = application.operands[1], application.attributes["rate"]
    kept = noise.builder.full((), rate).apply("less_equal", noise).apply("cast", dtype="real")
    return kept * (1.0 / (1.0 - rate))


def _dropout_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None or position == 1:
        return None
    return cotangents[0] * _dropout_mask(application)


def _dropout_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    return (None if tangents[0] is None else tangents[0] * _dropout_mask(application),)


def _infer_layer_norm(operands: Types, given: Attributes) -> Types:
    x, scale, shift = operands
    wanted = tuple(x.shape[axis] for axis in given["axes"])
    require(scale.shape == shift.shape == wanted, f"scale and shift of layer_norm have shape {wanted}")
    require(not any_batched((scale, shift)), "scale and shift of layer_norm are batch-free")
    require(all(value.dtype == "real" for value in operands) and len(wanted) > 0, "layer_norm of reals, over some axes")
    return (x,)


def _evaluate_layer_norm(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    x, scale, shift = arrays
    front, shape = leading(types[0]), types[0].shape
    axes = tuple(front + axis for axis in given["axes"])
    place = tuple(size if axis in given["axes"] else 1 for axis, size in enumerate(shape))
    centred = x - x.mean(axis=axes, keepdims=True)
    variance = np.square(centred).mean(axis=axes, keepdims=True)
    normal = centred / np.sqrt(variance + given["epsilon"])
    return (normal * scale.reshape(place) + shift.reshape(place),)


def _decompose_layer_norm(operands: tuple[Value, ...], application: Application) -> tuple[Value, ...]:
    x, scale, shift = operands
    axes, epsilon = application.attributes["axes"], application.attributes["epsilon"]
    absent = tuple(axis for axis in range(x.rank) if axis not in axes)
    centred = x - restore_axes(x.apply("mean", axes=axes), axes)
    variance = restore_axes(centred.apply("square").apply("mean", axes=axes), axes)
    normal = centred / (variance + epsilon).apply("sqrt")
    return (normal * restore_axes(scale, absent) + restore_axes(shift, absent),)


_LAYER_NORM = make_decomposed_rules(_decompose_layer_norm)

NORMALISATION: tuple[Operation, ...] = (
    Operation(
        "softmax",
        "exponentials along an axis, divided by their sum",
        (1, 1),
        _infer_softmax,
        _evaluate_softmax,
        _softmax_vjp,
        _softmax_jvp,
        attributes={"axis": "axis"},
    ),
    Operation(
        "log_softmax",
        "the logarithm of softmax",
        (1, 1),
        _infer_softmax,
        _evaluate_log_softmax,
        _log_softmax_vjp,
        _log_softmax_jvp,
        attributes={"axis": "axis"},
    ),
    Operation(
        "dropout",
        "x / (1 - rate) where the uniform noise is at least rate, else 0",
        (2, 2),
        _infer_dropout,
        _evaluate_dropout,
        _dropout_vjp,
        _dropout_jvp,
        attributes={"rate": "number"},
    ),
    Operation(
        "layer_norm",
        "x normalised over some axes of a sample, then scaled and shifted entry by entry",
        (3, 3),
        _infer_layer_norm,
        _evaluate_layer_norm,
        *_LAYER_NORM,
        attributes={"axes": "axes", "epsilon": "number"},
        defaults={"epsilon": 1e-5},
    ),
)
