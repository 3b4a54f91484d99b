"""Products, indexing and linear algebra."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array


def contract(subscripts: str, *operands: Array) -> Array:
    """The Einstein sum, in the full precision of its dtype on every device."""
    return jnp.einsum(subscripts, *operands, precision=jax.lax.Precision.HIGHEST)


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """y[..., o] = sum_i x[..., i] weight[o, i] + bias[o]."""
    y = jnp.matmul(x, weight.T, precision=jax.lax.Precision.HIGHEST)
    return y if bias is None else y + bias


def put(x: Array, index: Any, axis: int, size: int) -> Array:
    """The transpose of taking `index` along `axis`: the values of x, added up at their places in an axis of `size`."""
    places = np.ndim(index)
    start = x.ndim + axis - places + 1
    ahead = (slice(None),) * start
    zeros = jnp.zeros((*x.shape[:start], size, *x.shape[start + places :]), x.dtype)
    return zeros.at[(*ahead, index)].add(x)


def segment_max(x: Array, index: Any, axis: int, count: int) -> Array:
    """The largest value of each segment along `axis`; 0 for an empty one."""
    moved = jnp.moveaxis(x, axis, 0)
    top = jax.ops.segment_max(moved, index, num_segments=count)
    return jnp.moveaxis(jnp.where(jnp.isneginf(top), 0.0, top), 0, axis)


def take_rows(x: Array, index: Any) -> Array:
    """For each row of the index, the row of x that it names."""
    return jnp.take(x, index, axis=0, mode="clip")


def sum_rows(x: Array, index: Any, like: Array) -> Array:
    """For each row of `like`, the sum of the rows of x whose index names it."""
    return jax.ops.segment_sum(x, index, num_segments=like.shape[0])


def max_rows(x: Array, index: Any, like: Array) -> Array:
    """For each row of `like`, the largest of the rows of x whose index names it; 0 where there are none."""
    top = jax.ops.segment_max(x, index, num_segments=like.shape[0])
    return jnp.where(jnp.isneginf(top), 0.0, top)


def merge(x: Array, axis: int, count: int) -> Array:
    """x with `count` axes from `axis` on made one."""
    start = axis % x.ndim
    return x.reshape((*x.shape[:start], math.prod(x.shape[start : start + count]), *x.shape[start + count :]))


def split(x: Array, axis: int, sizes: tuple[int, ...]) -> Array:
    """x with `axis` made several, of `sizes`; -1 is what remains."""
    start = axis % x.ndim
    return x.reshape((*x.shape[:start], *sizes, *x.shape[start + 1 :]))


def triangular_solve(a: Array, b: Array, lower: bool, transpose: bool) -> Array:
    """x with T x = b, or T^T x = b, for the lower or upper triangle T of a."""
    front = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = jnp.broadcast_to(a, (*front, *a.shape[-2:]))
    b = jnp.broadcast_to(b, (*front, *b.shape[-2:]))
    return jax.lax.linalg.triangular_solve(a, b, left_side=True, lower=lower, transpose_a=transpose)


def stretch(x: Array, shape: tuple[int, ...]) -> Array:
    """Every sample of x broadcast to `shape`; -1 keeps a size."""
    start = x.ndim - len(shape)
    sizes = [old if new == -1 else new for old, new in zip(x.shape[start:], shape, strict=True)]
    return jnp.broadcast_to(x, (*x.shape[:start], *sizes))


def batch_broadcast(x: Array, like: Array) -> Array:
    """x, repeated along the batch axis of `like`."""
    return jnp.broadcast_to(x, (like.shape[0], *jnp.shape(x)))
