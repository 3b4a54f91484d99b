"""Sums, means, extremes and norms over axes of a sample; the axes disappear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.linear import make_adjoint_vjp, make_linear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Evaluate,
    Jvp,
    Operation,
    Types,
    Vjp,
    leading,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _infer_reduction(operands: Types, given: Attributes) -> Types:
    only = operands[0]
    require(only.dtype == "real", "reductions are of reals")
    shape = tuple(size for axis, size in enumerate(only.shape) if axis not in given["axes"])
    return (ArrayType(shape, "real", only.batched),)


def _infer_nonempty_reduction(operands: Types, given: Attributes) -> Types:
    require(all(operands[0].shape[axis] for axis in given["axes"]), "the extreme of no entries")
    return _infer_reduction(operands, given)


def _count_reduction(operands: Types, attributes: Attributes, results: Types) -> int:
    return prod(operands[0].shape)


def restore_axes(value: Value, axes: tuple[int, ...]) -> Value:
    """Put the reduced axes back, with size 1."""
    for axis in sorted(axes):
        value = value.apply("expand", axis=axis)
    return value


def _make_reduction(
    name: str,
    documentation: str,
    function: Callable[[NDArray[Any], tuple[int, ...]], NDArray[Any]],
    vjp: Vjp,
    jvp: Jvp,
    empty: bool = True,
) -> Operation:
    def evaluate(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
        front = leading(types[0])
        return (np.asarray(function(arrays[0], tuple(front + axis for axis in given["axes"]))),)

    meaning: Evaluate = evaluate
    rule = _infer_reduction if empty else _infer_nonempty_reduction
    return Operation(
        name, documentation, (1, 1), rule, meaning, vjp, jvp, _count_reduction, attributes={"axes": "axes"}
    )


def _unsum(g: Value, application: Application, given: Attributes) -> Value:
    return restore_axes(g, given["axes"]).apply("broadcast", shape=application.operands[0].shape)


def _unmean(g: Value, application: Application, given: Attributes) -> Value:
    count = prod(application.operands[0].shape[axis] for axis in given["axes"])
    return _unsum(g * (1.0 / max(count, 1)), application, given)


def _make_pointwise_rules(weight: Callable[[Application], Value]) -> tuple[Vjp, Jvp]:
    """Rules of a reduction with dy = sum(weight * dx)."""

    def vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
        if cotangents[0] is None:
            return None
        return weight(application) * restore_axes(cotangents[0], application.attributes["axes"])

    def jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
        if tangents[0] is None:
            return (None,)
        return ((weight(application) * tangents[0]).apply("sum", axes=application.attributes["axes"]),)

    return vjp, jvp


def _winning_share(application: Application) -> Value:
    axes = application.attributes["axes"]
    wins = application.operands[0].apply("equal", restore_axes(application.result, axes)).apply("cast", dtype="real")
    return wins / restore_axes(wins.apply("sum", axes=axes), axes)


def _exponential_share(application: Application) -> Value:
    return (application.operands[0] - restore_axes(application.result, application.attributes["axes"])).apply("exp")


def _direction(application: Application) -> Value:
    length = restore_axes(application.result, application.attributes["axes"])
    builder = length.builder
    vanishes = length.apply("equal", builder.full((), 0.0))
    # At 0 the numerator is 0 already; the 1 keeps the quotient, and its own derivative, finite.
    return application.operands[0] / vanishes.apply("where", builder.full((), 1.0), length)


def _log_sum_exp(x: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    from scipy.special import logsumexp

    return np.asarray(logsumexp(x, axis=axes)) if axes else x


def _infer_argmax(operands: Types, given: Attributes) -> Types:
    axis, only = given["axis"], operands[0]
    require(only.shape[axis] > 0 and only.dtype == "real", "argmax needs entries that are real")
    return (ArrayType((*only.shape[:axis], *only.shape[axis + 1 :]), "integer", only.batched),)


_EXTREME = _make_pointwise_rules(_winning_share)
_EXPONENTIAL = _make_pointwise_rules(_exponential_share)
_NORM = _make_pointwise_rules(_direction)

REDUCTION: tuple[Operation, ...] = (
    _make_reduction(
        "sum",
        "the sum over some axes",
        lambda x, axes: x.sum(axis=axes),
        make_adjoint_vjp(_unsum),
        make_linear_jvp("sum"),
    ),
    _make_reduction(
        "mean",
        "the mean over some axes",
        lambda x, axes: x.mean(axis=axes),
        make_adjoint_vjp(_unmean),
        make_linear_jvp("mean"),
        empty=False,
    ),
    _make_reduction(
        "max", "the largest; ties share the derivative", lambda x, axes: x.max(axis=axes), *_EXTREME, empty=False
    ),
    _make_reduction(
        "min", "the smallest; ties share the derivative", lambda x, axes: x.min(axis=axes), *_EXTREME, empty=False
    ),
    _make_reduction("logsumexp", "log of the sum of exponentials", _log_sum_exp, *_EXPONENTIAL, empty=False),
    _make_reduction(
        "norm",
        "the Euclidean norm, with value and derivative 0 at 0",
        lambda x, axes: np.sqrt(np.square(x).sum(axis=axes)),
        *_NORM,
    ),
    Operation(
        "argmax",
        "the place of the largest entry of one axis, the first at a tie",
        (1, 1),
        _infer_argmax,
        lambda arrays, given, types: (np.asarray(np.argmax(arrays[0], axis=leading(types[0]) + given["axis"])),),
        count_work=_count_reduction,
        attributes={"axis": "axis"},
    ),
)
