"""Normalisation over the batch, field by field, and over the axes of each sample."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def by_field(statistic: Array, x: Array, layout: str) -> Array:
    """One value for each field, made to broadcast against the channels of x: channel = copy * fields + field."""
    axis = 1 if layout == "channels_first" else x.ndim - 1
    channels = jnp.tile(statistic, x.shape[axis] // statistic.shape[0])
    return channels.reshape((-1,) + (1,) * (x.ndim - axis - 1))


def batch_norm(
    x: Array, scale: Array, shift: Array, layout: str, fields: int, epsilon: float
) -> tuple[Array, Array, Array]:
    """x normalised over batch, copies and space, then the mean and the unbiased variance of each field."""
    axis = 1 if layout == "channels_first" else x.ndim - 1
    others = tuple(k for k in range(x.ndim) if k != axis)

    def mean_by_field(values: Array) -> Array:
        # Reductions to all channels are faster than reductions to the fewer fields.
        return jnp.mean(jnp.mean(values, axis=others).reshape(-1, fields), axis=0)

    mean = mean_by_field(x)
    centred = x - by_field(mean, x, layout)
    variance = mean_by_field(jnp.square(centred))
    slope = by_field(scale / jnp.sqrt(variance + epsilon), x, layout)
    count = x.size // fields
    return centred * slope + by_field(shift, x, layout), mean, variance * count / (count - 1)


def batch_norm_inference(
    x: Array, mean: Array, variance: Array, scale: Array, shift: Array, layout: str, epsilon: float
) -> Array:
    """x normalised with the given statistics of each field."""
    slope = by_field(scale / jnp.sqrt(variance + epsilon), x, layout)
    return (x - by_field(mean, x, layout)) * slope + by_field(shift, x, layout)


def layer_norm(x: Array, scale: Array, shift: Array, axes: tuple[int, ...], epsilon: float) -> Array:
    """x normalised over `axes`, counted from the end, of each sample; then scaled and shifted entry by entry."""
    mean = jnp.mean(x, axis=axes, keepdims=True)
    variance = jnp.var(x, axis=axes, keepdims=True)
    place = [size if axis - x.ndim in axes else 1 for axis, size in enumerate(x.shape)]
    return (x - mean) / jnp.sqrt(variance + epsilon) * scale.reshape(place) + shift.reshape(place)


def dropout(x: Array, noise: Array, rate: float) -> Array:
    """x / (1 - rate) where the uniform noise is at least `rate`, else 0."""
    return jnp.where(noise >= rate, x / (1.0 - rate), 0.0)
