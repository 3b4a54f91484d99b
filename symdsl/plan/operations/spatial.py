"""Geometry and NumPy kernels of sliding windows: shapes in and out, channels in front."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.operations.operation import Attributes, require

LAYOUTS = ("channels_first", "channels_last")


def check_layout(layout: str) -> None:
    """Raise PlanError unless the layout is one of the two."""
    require(layout in LAYOUTS, f"layout {layout!r} is not among {list(LAYOUTS)}")


def split_image(shape: tuple[int, ...], layout: str) -> tuple[int, tuple[int, ...]]:
    """(channels, spatial sizes) of one image."""
    check_layout(layout)
    require(len(shape) >= 1, "an image has a channel axis")
    return (shape[0], shape[1:]) if layout == "channels_first" else (shape[-1], shape[:-1])


def join_image(channels: int, sizes: tuple[int, ...], layout: str) -> tuple[int, ...]:
    """The shape of one image."""
    return (channels, *sizes) if layout == "channels_first" else (*sizes, channels)


def split_weight(shape: tuple[int, ...], layout: str) -> tuple[int, int, tuple[int, ...]]:
    """(out channels, in channels, window) of a convolution weight."""
    check_layout(layout)
    require(len(shape) >= 2, "a convolution weight has two channel axes")
    if layout == "channels_first":
        return shape[0], shape[1], shape[2:]
    return shape[-1], shape[-2], shape[:-2]


def join_weight(out: int, into: int, window: tuple[int, ...], layout: str) -> tuple[int, ...]:
    """The shape of a convolution weight."""
    return (out, into, *window) if layout == "channels_first" else (*window, into, out)


def count_windows(sizes: tuple[int, ...], window: tuple[int, ...], given: Attributes) -> tuple[int, ...]:
    """floor((size + 2 padding - window) / stride) + 1 along each axis. Raises PlanError where no window fits."""
    stride, padding = given["stride"], given["padding"]
    require(len(sizes) == len(window) == len(stride) == len(padding), f"{sizes}, {window}, {stride}, {padding}: ranks")
    require(min(stride, default=1) >= 1 and min(padding, default=0) >= 0, "a stride below 1, or a padding below 0")
    result = []
    for size, width, step, edge in zip(sizes, window, stride, padding, strict=True):
        require(1 <= width <= size + 2 * edge, f"a window of {width} does not fit {size} with padding {edge}")
        result.append((size + 2 * edge - width) // step + 1)
    return tuple(result)


def images_first(array: NDArray[Any], batched: bool, layout: str) -> NDArray[Any]:
    """(batch, channels, *sizes), adding a batch axis of size 1 if there is none."""
    array = array if batched else array[None]
    return array if layout == "channels_first" else np.moveaxis(array, -1, 1)


def images_back(array: NDArray[Any], batched: bool, layout: str) -> NDArray[Any]:
    """The inverse of `images_first`."""
    array = array if layout == "channels_first" else np.moveaxis(array, 1, -1)
    return array if batched else array[0]


def weight_first(weight: NDArray[Any], layout: str) -> NDArray[Any]:
    """(out, in, *window)."""
    return weight if layout == "channels_first" else np.moveaxis(weight, (-1, -2), (0, 1))


def weight_back(weight: NDArray[Any], layout: str) -> NDArray[Any]:
    """The inverse of `weight_first`."""
    return weight if layout == "channels_first" else np.moveaxis(weight, (0, 1), (-1, -2))


def gather_windows(x: NDArray[Any], window: tuple[int, ...], given: Attributes, fill: float) -> NDArray[Any]:
    """(batch, channels, *places, *window): a view of the padded images."""
    widths = [(0, 0), (0, 0), *((edge, edge) for edge in given["padding"])]
    padded = np.pad(x, widths, constant_values=fill)
    if not window:
        return padded
    views = np.lib.stride_tricks.sliding_window_view(padded, window, axis=tuple(range(2, x.ndim)))
    return views[(slice(None), slice(None), *(slice(None, None, step) for step in given["stride"]))]


def scatter_windows(windows: NDArray[Any], sizes: tuple[int, ...], given: Attributes) -> NDArray[Any]:
    """The transpose of `gather_windows`: (batch, channels, *sizes)."""
    rank = len(sizes)
    padding, stride = given["padding"], given["stride"]
    places, window = windows.shape[2 : 2 + rank], windows.shape[2 + rank :]
    full = np.zeros((*windows.shape[:2], *(size + 2 * edge for size, edge in zip(sizes, padding, strict=True))))
    for offset in product(*(range(width) for width in window)):
        where = tuple(
            slice(start, start + step * count, step) for start, step, count in zip(offset, stride, places, strict=True)
        )
        full[(slice(None), slice(None), *where)] += windows[(..., *offset)]
    crop = tuple(slice(edge, edge + size) for size, edge in zip(sizes, padding, strict=True))
    return full[(slice(None), slice(None), *crop)]
