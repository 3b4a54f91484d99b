"""Cross-correlation with a batch-free filter bank, and its two transposes; any number of spatial axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.elementwise import add_all
from symdsl.plan.operations.linear import make_multilinear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    require,
)
from symdsl.plan.operations.spatial import (
    count_windows,
    gather_windows,
    images_back,
    images_first,
    join_image,
    join_weight,
    scatter_windows,
    split_image,
    split_weight,
    weight_back,
    weight_first,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value

_GEOMETRY = {"stride": "spatial", "padding": "spatial", "layout": "text"}
_DEFAULTS = {"stride": 1, "padding": 0, "layout": "channels_first"}


def _require_real(operands: Types) -> None:
    require(all(value.dtype == "real" for value in operands), "convolutions are of reals")


def _infer_convolution(operands: Types, given: Attributes) -> Types:
    _require_real(operands)
    layout = given["layout"]
    channels, sizes = split_image(operands[0].shape, layout)
    out, into, window = split_weight(operands[1].shape, layout)
    require(not any_batched(operands[1:]), "the weight and bias of a convolution are batch-free")
    require(channels == into, f"{channels} channels meet a weight for {into}")
    require(len(operands) == 2 or operands[2].shape == (out,), "the bias does not fit the weight")
    places = count_windows(sizes, window, given)
    return (ArrayType(join_image(out, places, layout), "real", operands[0].batched),)


def _evaluate_convolution(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    layout, batched = given["layout"], types[0].batched
    x, weight = images_first(arrays[0], batched, layout), weight_first(arrays[1], layout)
    window = weight.shape[2:]
    rank = len(window)
    windows = gather_windows(x, window, given, 0.0)
    summed = ([1, *range(2 + rank, 2 + 2 * rank)], [1, *range(2, 2 + rank)])
    result = np.moveaxis(np.tensordot(windows, weight, axes=summed), -1, 1)
    if len(arrays) == 3:
        result = result + arrays[2].reshape(-1, *(1,) * rank)
    return (images_back(result, batched, layout),)


def _infer_input(operands: Types, given: Attributes) -> Types:
    _require_real(operands)
    layout = given["layout"]
    channels, places = split_image(operands[0].shape, layout)
    out, into, window = split_weight(operands[1].shape, layout)
    require(not operands[1].batched, "the weight of a convolution is batch-free")
    require(channels == out, f"{channels} channels meet a weight with {out}")
    require(count_windows(given["size"], window, given) == places, f"a result of {places} is not that of {given}")
    return (ArrayType(join_image(into, given["size"], layout), "real", operands[0].batched),)


def _evaluate_input(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    layout, batched = given["layout"], types[0].batched
    g, weight = images_first(arrays[0], batched, layout), weight_first(arrays[1], layout)
    rank = weight.ndim - 2
    # (batch, *places, in, *window) -> (batch, in, *places, *window)
    windows = np.moveaxis(np.tensordot(g, weight, axes=([1], [0])), 1 + rank, 1)
    return (images_back(scatter_windows(windows, given["size"], given), batched, layout),)


def _infer_weight(operands: Types, given: Attributes) -> Types:
    _require_real(operands)
    layout = given["layout"]
    into, sizes = split_image(operands[0].shape, layout)
    out, places = split_image(operands[1].shape, layout)
    require(operands[0].batched == operands[1].batched, "x and g are both batched or both batch-free")
    require(count_windows(sizes, given["size"], given) == places, f"a result of {places} is not that of {given}")
    return (ArrayType(join_weight(out, into, given["size"], layout)),)


def _evaluate_weight(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    layout, batched = given["layout"], types[0].batched
    x, g = (images_first(array, batched, layout) for array in arrays)
    rank = len(given["size"])
    windows = gather_windows(x, given["size"], given, 0.0)
    summed = [0, *range(2, 2 + rank)]
    return (weight_back(np.tensordot(g, windows, axes=(summed, summed)), layout),)


def _geometry(given: Attributes) -> dict[str, Any]:
    return {name: given[name] for name in _GEOMETRY}


def _convolution_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    g, given = cotangents[0], application.attributes
    if g is None:
        return None
    x, weight = application.operands[0], application.operands[1]
    layout = given["layout"]
    if position == 0:
        size = split_image(x.shape, layout)[1]
        return g.apply("convolution_input", weight, size=size, **_geometry(given))
    if position == 1:
        size = split_weight(weight.shape, layout)[2]
        return x.apply("convolution_weight", g, size=size, **_geometry(given))
    channel = 0 if layout == "channels_first" else g.rank - 1
    axes = tuple(axis for axis in range(g.rank) if axis != channel)
    return g.apply("sum", axes=axes) if axes else g


_PRODUCT_JVP = make_multilinear_jvp("convolution", 2)


def _convolution_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    bias = tangents[2] if len(tangents) == 3 else None
    if bias is not None:
        first = application.attributes["layout"] == "channels_first"
        for _ in range(application.result.rank - 1):
            bias = bias.apply("expand", axis=bias.rank if first else 0)
    return (add_all([*_PRODUCT_JVP(application, tangents[:2]), bias]),)


def _input_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    # <h, input(g, w)> = <convolution(h, w), g>
    h, given = cotangents[0], application.attributes
    if h is None:
        return None
    g, weight = application.operands
    if position == 0:
        return h.apply("convolution", weight, **_geometry(given))
    size = split_weight(weight.shape, given["layout"])[2]
    return h.apply("convolution_weight", g, size=size, **_geometry(given))


def _weight_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    # <v, weight(x, g)> = <convolution(x, v), g>
    v, given = cotangents[0], application.attributes
    if v is None:
        return None
    x, g = application.operands
    if position == 0:
        size = split_image(x.shape, given["layout"])[1]
        return g.apply("convolution_input", v, size=size, **_geometry(given))
    return x.apply("convolution", v, **_geometry(given))


def _count_convolution(operands: Types, given: Attributes, results: Types) -> int:
    _, places = split_image(results[0].shape, given["layout"])
    return prod(places) * prod(operands[1].shape)


def _count_input(operands: Types, given: Attributes, results: Types) -> int:
    _, places = split_image(operands[0].shape, given["layout"])
    return prod(places) * prod(operands[1].shape)


def _count_weight(operands: Types, given: Attributes, results: Types) -> int:
    _, places = split_image(operands[1].shape, given["layout"])
    return prod(places) * prod(results[0].shape)


CONVOLUTION: tuple[Operation, ...] = (
    Operation(
        "convolution",
        "cross-correlation of images with a filter bank, plus a bias for each channel",
        (2, 3),
        _infer_convolution,
        _evaluate_convolution,
        _convolution_vjp,
        _convolution_jvp,
        _count_convolution,
        attributes=_GEOMETRY,
        defaults=_DEFAULTS,
    ),
    Operation(
        "convolution_input",
        "the transpose of convolution towards its images, of spatial size `size`",
        (2, 2),
        _infer_input,
        _evaluate_input,
        _input_vjp,
        make_multilinear_jvp("convolution_input"),
        _count_input,
        attributes={**_GEOMETRY, "size": "spatial"},
        defaults=_DEFAULTS,
    ),
    Operation(
        "convolution_weight",
        "the transpose of convolution towards its weight, of window `size`, summed over the batch",
        (2, 2),
        _infer_weight,
        _evaluate_weight,
        _weight_vjp,
        make_multilinear_jvp("convolution_weight"),
        _count_weight,
        attributes={**_GEOMETRY, "size": "spatial"},
        defaults=_DEFAULTS,
        mixes_samples=True,
    ),
)
