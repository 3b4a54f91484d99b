"""How strongly a law changes along coordinates and slots, and together along two of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from symdsl.discovery.discrete.neighbours import Predictor
from symdsl.discovery.discrete.proposal import Array

_STEP: Final = 0.25
_MOST: Final = 400


def products(predictor: Predictor, x: Array) -> tuple[Array, Array]:
    """E[D_a f . D_b f] over coordinates (d, d), summed over slots, and over slots (S, S), summed over coordinates.

    Central differences over a quarter of each spread of x (N, *slots, d), so that laws with jumps have slopes too.
    """
    samples = x[:_MOST]
    rows = samples.reshape(len(samples), -1, x.shape[-1])
    spread = x.reshape(len(x), -1).std(axis=0).reshape(rows.shape[1:])
    slopes = []
    for slot in range(rows.shape[1]):
        for place in range(rows.shape[2]):
            step = np.zeros_like(rows[:1])
            step[0, slot, place] = _STEP * max(float(spread[slot, place]), 1e-12)
            ahead, behind = ((rows + sign * step).reshape(samples.shape) for sign in (1.0, -1.0))
            slopes.append((predictor(ahead) - predictor(behind)) / (2.0 * step[0, slot, place]))
    gradients = np.stack(slopes).reshape(*rows.shape[1:], len(samples), -1)
    count = len(samples)
    return (
        np.einsum("sanm,sbnm->ab", gradients, gradients) / count,
        np.einsum("sanm,tanm->st", gradients, gradients) / count,
    )


def equal_frame(coordinates: Array, x: Array) -> Array:
    """Axes as columns (d, d): orthonormal in the metric of x, and among them the axes of E[D f D f^T].

    A group that keeps the law of x and f keeps both, so that its planes lie in spaces of equal eigenvalues.
    """
    rows = x.reshape(-1, x.shape[-1])
    covariance = np.cov(rows.T).reshape(x.shape[-1], x.shape[-1])
    values, vectors = np.linalg.eigh(covariance + 1e-12 * np.trace(covariance) * np.eye(len(covariance)))
    root = vectors * np.sqrt(np.maximum(values, 1e-300)) @ vectors.T
    return root @ np.linalg.eigh(root @ coordinates @ root).eigenvectors
