"""Pooling over windows, and its transposes; any number of spatial axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
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
    Operation,
    Types,
    require,
)
from symdsl.plan.operations.spatial import (
    count_windows,
    gather_windows,
    images_back,
    images_first,
    join_image,
    scatter_windows,
    split_image,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value

_GEOMETRY = {"size": "spatial", "stride": "spatial", "padding": "spatial", "layout": "text"}
_DEFAULTS = {"padding": 0, "layout": "channels_first"}

# Stands for minus infinity in float32 too.
LOWEST = -3.0e38


def _pooled(value: ArrayType, given: Attributes) -> ArrayType:
    channels, sizes = split_image(value.shape, given["layout"])
    require(value.dtype == "real", "pooling is of reals")
    pairs = zip(given["padding"], given["size"], strict=True)
    require(all(2 * edge <= width for edge, width in pairs), "the padding of a pool is more than half its window")
    places = count_windows(sizes, given["size"], given)
    return ArrayType(join_image(channels, places, given["layout"]), "real", value.batched)


def _infer_pool(operands: Types, given: Attributes) -> Types:
    return (_pooled(operands[0], given),)


def _infer_max_gradient(operands: Types, given: Attributes) -> Types:
    x, g = operands
    require(_pooled(x, given) == g, f"{g} is not the type of a pool of {x}")
    return (x,)


def _infer_average_gradient(operands: Types, given: Attributes) -> Types:
    g = operands[0]
    channels, _ = split_image(g.shape, given["layout"])
    result = ArrayType(join_image(channels, given["input_size"], given["layout"]), "real", g.batched)
    require(_pooled(result, given) == g, f"{g} is not the type of a pool of {result}")
    return (result,)


def _windows(x: NDArray[Any], batched: bool, given: Attributes, fill: float) -> NDArray[Any]:
    """(batch, channels, *places, entries of a window)."""
    size = given["size"]
    views = gather_windows(images_first(x, batched, given["layout"]), size, given, fill)
    return views.reshape(*views.shape[: views.ndim - len(size)], prod(size))


def _evaluate_max(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    windows = _windows(arrays[0], types[0].batched, given, -np.inf)
    return (images_back(windows.max(axis=-1), types[0].batched, given["layout"]),)


def _evaluate_average(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    windows = _windows(arrays[0], types[0].batched, given, 0.0)
    return (images_back(windows.mean(axis=-1), types[0].batched, given["layout"]),)


def _spread(weights: NDArray[Any], sizes: tuple[int, ...], batched: bool, given: Attributes) -> NDArray[Any]:
    windows = weights.reshape(*weights.shape[:-1], *given["size"])
    return images_back(scatter_windows(windows, sizes, given), batched, given["layout"])


def _evaluate_max_gradient(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    batched = types[0].batched
    windows = _windows(arrays[0], batched, given, -np.inf)
    first = windows.argmax(axis=-1)[..., None] == np.arange(windows.shape[-1])
    weights = first * images_first(arrays[1], batched, given["layout"])[..., None]
    return (_spread(weights, split_image(types[0].shape, given["layout"])[1], batched, given),)


def _evaluate_average_gradient(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    g = images_first(arrays[0], types[0].batched, given["layout"])[..., None]
    entries = prod(given["size"])
    return (_spread(np.repeat(g / entries, entries, axis=-1), given["input_size"], types[0].batched, given),)


def _stack_windows(x: Value, given: Attributes, fill: float) -> Value:
    """The entries of each window along a new last axis, in plan operations."""
    first = 1 if given["layout"] == "channels_first" else 0
    edges = [0] * x.rank
    edges[first : first + len(given["size"])] = given["padding"]
    places = count_windows(split_image(x.shape, given["layout"])[1], given["size"], given)
    if any(edges):
        x = x.apply("pad", low=tuple(edges), high=tuple(edges), value=fill)
    entries = []
    for offset in product(*(range(width) for width in given["size"])):
        entry = x
        for axis, (start, step, count) in enumerate(zip(offset, given["stride"], places, strict=True), start=first):
            stop = start + (count - 1) * step + 1
            entry = entry.apply("slice", axis=axis, start=start, stop=stop, step=step)
        entries.append(entry)
    return x.builder.add("stack", *entries, axis=x.rank)


def select_maximum(x: Value, values: Value, given: Attributes) -> Value:
    """The entries of `values` at the places where x has the (first) maximum of each window.

    This is the derivative of max_pool at x in the direction `values`, and the transpose of max_pool_gradient.
    """
    windows = _stack_windows(x, given, LOWEST)
    entries = prod(given["size"])
    first = windows.apply("argmax", axis=windows.rank - 1).apply("one_hot", classes=entries)
    return (first * _stack_windows(values, given, 0.0)).apply("sum", axes=(windows.rank - 1,))


def _max_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    return application.operands[0].apply("max_pool_gradient", cotangents[0], **application.attributes)


def _max_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None:
        return (None,)
    return (select_maximum(application.operands[0], tangents[0], application.attributes),)


def _max_gradient_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    # Towards x the derivative vanishes: which entry is largest does not change, except at ties.
    if cotangents[0] is None or position == 0:
        return None
    return select_maximum(application.operands[0], cotangents[0], application.attributes)


def _max_gradient_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[1] is None:
        return (None,)
    return (application.operands[0].apply("max_pool_gradient", tangents[1], **application.attributes),)


def _unaverage(g: Value, application: Application, given: Attributes) -> Value:
    size = split_image(application.operands[0].shape, given["layout"])[1]
    return g.apply("average_pool_gradient", input_size=size, **given)


def _reaverage(g: Value, application: Application, given: Attributes) -> Value:
    return g.apply("average_pool", **{name: given[name] for name in _GEOMETRY})


def _make_count(pooled_operand: int | None) -> Callable[[Types, Attributes, Types], int]:
    """Work: one step for each entry of each window; the windows are those of an operand, or of the result."""

    def count(operands: Types, given: Attributes, results: Types) -> int:
        pooled = results[0] if pooled_operand is None else operands[pooled_operand]
        return prod(pooled.shape) * prod(given["size"])

    return count


POOLING: tuple[Operation, ...] = (
    Operation(
        "max_pool",
        "the largest entry of each window; padding never wins; the first of equals takes the derivative",
        (1, 1),
        _infer_pool,
        _evaluate_max,
        _max_vjp,
        _max_jvp,
        _make_count(None),
        attributes=_GEOMETRY,
        defaults=_DEFAULTS,
    ),
    Operation(
        "average_pool",
        "the mean of each window, padded zeros counted",
        (1, 1),
        _infer_pool,
        _evaluate_average,
        make_adjoint_vjp(_unaverage),
        make_linear_jvp("average_pool"),
        _make_count(None),
        attributes=_GEOMETRY,
        defaults=_DEFAULTS,
    ),
    Operation(
        "max_pool_gradient",
        "g put at the place of each window's first largest entry of x",
        (2, 2),
        _infer_max_gradient,
        _evaluate_max_gradient,
        _max_gradient_vjp,
        _max_gradient_jvp,
        _make_count(1),
        attributes=_GEOMETRY,
        defaults=_DEFAULTS,
    ),
    Operation(
        "average_pool_gradient",
        "the transpose of average_pool: g spread evenly over each window",
        (1, 1),
        _infer_average_gradient,
        _evaluate_average_gradient,
        make_adjoint_vjp(_reaverage),
        make_linear_jvp("average_pool_gradient"),
        _make_count(0),
        attributes={**_GEOMETRY, "input_size": "spatial"},
        defaults=_DEFAULTS,
    ),
)
