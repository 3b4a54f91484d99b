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
