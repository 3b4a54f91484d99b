"""Convolution, pooling and normalisation of batches of images: (N, C, H, W) or, channels last, (N, H, W, C)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import Array


def convolution(
    x: Array, weight: Array, bias: Array | None = None, *, stride: Sequence[int], padding: Sequence[int], layout: str
) -> Array:
    """The cross-correlation of x with weight, (O, I, kh, kw) or, channels last, (kh, kw, I, O)."""
    space = "0123456789"[: len(stride)]
    first = layout == "channels_first"
    axes = (f"NC{space}", f"OI{space}", f"NC{space}") if first else (f"N{space}C", f"{space}IO", f"N{space}C")
    edges = [(size, size) for size in padding]
    highest = jax.lax.Precision.HIGHEST
    y = jax.lax.conv_general_dilated(x, weight, stride, edges, dimension_numbers=axes, precision=highest)
    if bias is None:
        return y
    return y + (bias.reshape((-1,) + (1,) * len(space)) if first else bias)


def convolution_input(
    g: Array, weight: Array, stride: Sequence[int], padding: Sequence[int], layout: str, size: Sequence[int]
) -> Array:
    """The transpose of `convolution` in x, of the spatial `size`."""
    first = layout == "channels_first"
    shape = (g.shape[0], weight.shape[1], *size) if first else (g.shape[0], *size, weight.shape[-2])
    x = jax.ShapeDtypeStruct(shape, g.dtype)
    return jax.linear_transpose(lambda x: convolution(x, weight, stride=stride, padding=padding, layout=layout), x)(g)[
        0
    ]


def convolution_weight(
    x: Array, g: Array, stride: Sequence[int], padding: Sequence[int], layout: str, size: Sequence[int]
) -> Array:
    """The transpose of `convolution` in weight, of the kernel `size`, summed over the batch."""
    first = layout == "channels_first"
    shape = (g.shape[1], x.shape[1], *size) if first else (*size, x.shape[-1], g.shape[-1])
    weight = jax.ShapeDtypeStruct(shape, g.dtype)
    return jax.linear_transpose(
        lambda weight: convolution(x, weight, stride=stride, padding=padding, layout=layout), weight
    )(g)[0]


def over_windows(sizes: Sequence[int], layout: str) -> tuple[int, ...]:
    """Spatial sizes with a 1 for batch and channels."""
    return (1, 1, *sizes) if layout == "channels_first" else (1, *sizes, 1)


def window_edges(padding: Sequence[int], layout: str) -> list[tuple[int, int]]:
    """Spatial padding on both sides, none for batch and channels."""
    none = (0, 0)
    edges = [(size, size) for size in padding]
    return [none, none, *edges] if layout == "channels_first" else [none, *edges, none]


def max_pool(x: Array, size: Sequence[int], stride: Sequence[int], padding: Sequence[int], layout: str) -> Array:
    """The largest value of each window; of equal values the first takes the gradient."""
    window, strides = over_windows(size, layout), over_windows(stride, layout)
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, strides, window_edges(padding, layout))


def max_pool_gradient(
    x: Array, g: Array, size: Sequence[int], stride: Sequence[int], padding: Sequence[int], layout: str
) -> Array:
    """g, put where each window of x has its first largest value."""
    return jax.vjp(lambda x: max_pool(x, size, stride, padding, layout), x)[1](g)[0]


def average_pool(x: Array, size: Sequence[int], stride: Sequence[int], padding: Sequence[int], layout: str) -> Array:
    """The mean of each window, padding counted as zeros."""
    window, strides = over_windows(size, layout), over_windows(stride, layout)
    total = jax.lax.reduce_window(x, 0.0, jax.lax.add, window, strides, window_edges(padding, layout))
    return total / math.prod(size)


def average_pool_gradient(
    g: Array,
    size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    layout: str,
    input_size: Sequence[int],
) -> Array:
    """The transpose of `average_pool` for inputs of the spatial `input_size`."""
    first = layout == "channels_first"
    shape = (*g.shape[:2], *input_size) if first else (g.shape[0], *input_size, g.shape[-1])
    x = jax.ShapeDtypeStruct(shape, g.dtype)
    return jax.linear_transpose(lambda x: average_pool(x, size, stride, padding, layout), x)(g)[0]
