"""What a discriminator is shown: samples in units of the data, and how they are moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.problem import Problem
from symdsl.discovery.spans import common_span

Array = NDArray[np.float64]
LOST = 1e-6


@dataclass(frozen=True)
class Samples:
    """Points (N, slots, k) on the subspace `span` (k, d) that the data do not leave, of mean square 1 a coordinate.

    Generators are looked for in the span of `basis` (R, k, k), orthonormal. Beside the points is what moves as they do,
    `moved` (N, slots, k), or does not, `fixed` (N, m), or classes `labels` (N,).
    """

    points: Array
    span: Array
    basis: Array
    moved: Array | None = None
    fixed: Array | None = None
    labels: NDArray[np.int64] | None = None
    classes: int = 0


def read_samples(problem: Problem, blocks: int) -> Samples:
    """The samples of a problem; off the span of the data a generator would be undetermined, and is 0.

    With several equal diagonal `blocks`, or an algebra to look in, the span is all of R^d, in the coordinates given.
    """
    size = problem.dimension
    restrict = blocks == 1 and problem.basis is None
    points = np.asarray(problem.x, dtype=np.float64).reshape(problem.samples, -1, size)
    span = np.eye(size)
    if restrict:
        _, values, directions = np.linalg.svd(points.reshape(-1, size), full_matrices=False)
        if np.any(values <= LOST * values[0]) or len(values) < size:
            span = directions[values > LOST * values[0]]
    basis = allowed(problem.basis, len(span), blocks)
    unit = float(np.sqrt(np.mean((points @ span.T) ** 2)))
    points = points @ span.T / unit
    if problem.y is None:
        return Samples(points, span, basis)
    values = np.asarray(problem.y)
    if problem.law == "dynamics":
        moved = values.astype(np.float64).reshape(problem.samples, -1, size) @ span.T
        return Samples(points, span, basis, moved=moved / np.sqrt(np.mean(moved**2)))
    if problem.classes is not None:
        return Samples(points, span, basis, labels=values.reshape(-1).astype(np.int64), classes=problem.classes)
    fixed = values.astype(np.float64).reshape(problem.samples, -1)
    return Samples(points, span, basis, fixed=(fixed - fixed.mean(axis=0)) / np.maximum(fixed.std(axis=0), 1e-12))


def allowed(basis: Array | None, size: int, blocks: int) -> Array:
    """The matrices with `blocks` equal diagonal blocks, of an algebra where one is given: (R, k, k) orthonormal."""
    mask = np.kron(np.eye(blocks), np.ones((size // blocks, size // blocks)))
    units = np.eye(size * size)[mask.ravel() > 0].reshape(-1, size, size)
    return units if basis is None else common_span(np.asarray(basis, dtype=np.float64), units)
