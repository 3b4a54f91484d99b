"""Elementwise functions whose derivative is finite at their singular points: `where` guards value and operand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array


def safe_norm(x: Array, axes: tuple[int, ...]) -> Array:
    """The Euclidean norm over `axes`; value 0 and derivative 0 at 0."""
    squared = jnp.sum(jnp.square(x), axis=axes)
    positive = squared > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, squared, 1.0)), 0.0)


def tanh_slope(x: Array, y: Array) -> Array:
    """x (1 - y^2): x times the slope of y = tanh."""
    return x * (1.0 - jnp.square(y))


def largest(x: Array, axes: tuple[int, ...]) -> Array:
    """The largest value along `axes`; equal ones share its derivative.

    Compiled code may compute x a second time for the derivative, rounded otherwise, so that x == max holds nowhere:
    the place of the largest value always counts, whatever the comparison says.
    """

    @jax.custom_jvp
    def reduce(x: Array) -> Array:
        return jnp.max(x, axis=axes)

    @reduce.defjvp
    def share(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
        last = tuple(range(-len(axes), 0))
        rows = jnp.moveaxis(primals[0], axes, last)
        rows = rows.reshape((*rows.shape[: -len(axes)], -1))
        moved = jnp.moveaxis(tangents[0], axes, last).reshape(rows.shape)
        top = jnp.max(rows, axis=-1)
        place = jnp.arange(rows.shape[-1]) == jnp.argmax(rows, axis=-1)[..., None]
        equal = place | (rows == top[..., None])
        return top, jnp.sum(jnp.where(equal, moved, 0.0), axis=-1) / jnp.sum(equal, axis=-1).astype(x.dtype)

    return reduce(x)


def smallest(x: Array, axes: tuple[int, ...]) -> Array:
    """The smallest value along `axes`; those equal to it, up to rounding, share its derivative."""
    return -largest(-x, axes)


def safe_acos(x: Array) -> Array:
    """The angle in [0, pi] of a cosine clamped to [-1, 1]; its slope stops growing 1e-12 before the ends."""
    inside = jnp.abs(x) < 1.0 - 1e-12
    steepest = -1.0 / (1e-12 * (2.0 - 1e-12)) ** 0.5
    fixed = jax.lax.stop_gradient(x)
    edge = jnp.arccos(jnp.clip(fixed, -1.0, 1.0)) + steepest * (x - fixed)
    return jnp.where(inside, jnp.arccos(jnp.where(inside, x, 0.0)), edge)


def safe_atan2(y: Array, x: Array) -> Array:
    """The angle of (x, y); value 0 and derivative 0 at the origin."""
    origin = (x == 0) & (y == 0)
    return jnp.where(origin, 0.0, jnp.arctan2(jnp.where(origin, 0.0, y), jnp.where(origin, 1.0, x)))
