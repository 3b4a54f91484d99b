"""Bases of the algebras of groups as a learner would give them: conjugated, mixed, with noise."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import outside, span_of


def conjugation(size: int, seed: int, condition: float = 10.0) -> Array:
    """A random matrix (d, d) with singular values from 1 to `condition`."""
    rng = np.random.default_rng(seed)
    left, right = (np.linalg.qr(rng.standard_normal((size, size)))[0] for _ in range(2))
    return left * np.geomspace(1.0, condition, size) @ right


def mixed(generators: Array, seed: int) -> Array:
    """An orthonormal basis (r, d, d) of the span of generators (r, d, d), at random."""
    count = len(generators)
    combined = np.tensordot(np.random.default_rng(seed).standard_normal((count, count)), generators, axes=1)
    return np.linalg.qr(combined.reshape(count, -1).T)[0].T.reshape(generators.shape)


def disguised(generators: Array, seed: int, condition: float = 10.0) -> Array:
    """A random basis of a random conjugate of the algebra that generators (r, d, d) span."""
    change = conjugation(generators.shape[-1], seed, condition)
    return mixed(change @ generators @ np.linalg.inv(change), seed)


def noisy(generators: Array, noise: float, seed: int) -> Array:
    """Generators (r, d, d) of norm 1, each with a random matrix of norm `noise` added."""
    unit = generators / np.linalg.norm(generators, axis=(1, 2), keepdims=True)
    errors = np.random.default_rng(seed).standard_normal(generators.shape)
    return unit + noise * errors / np.linalg.norm(errors, axis=(1, 2), keepdims=True)


def distance(first: Array, second: Array) -> float:
    """The sine of the largest angle from the span of `first` (r, d, d) to that of `second` (s, d, d)."""
    orthonormal = span_of(first).reshape(-1, *first.shape[1:])
    beyond = orthonormal.reshape(len(orthonormal), -1)
    other = span_of(second)
    assert np.all(outside(orthonormal, other) <= 1.0 + 1e-12)
    return float(np.linalg.norm(beyond - beyond @ other.T @ other, 2))
