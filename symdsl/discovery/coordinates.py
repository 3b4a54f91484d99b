"""Coordinates in which every direction of the data is of size one, so that no result depends on units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.problem import Problem
from symdsl.groups.arrays.matrices import exponential

Array = NDArray[np.float64]
_SMALLEST = 1e-6


@dataclass(frozen=True)
class Coordinates:
    """White coordinates z = W x of what a group moves, and v = U y of what it is said to move with it.

    With affine motions x stands for (x, 1), and the last row of W is that of 1. `outputs` is None where y is not moved.
    """

    inputs: Array
    outputs: Array | None

    @classmethod
    def of(cls, problem: Problem) -> Coordinates:
        """Those of a problem: x by its second moments (about the mean where motions are affine), y by its own.

        Velocities y of dynamics have the coordinates of x.
        """
        points = np.asarray(problem.x, np.float64).reshape(-1, problem.dimension)
        if problem.motions == "linear":
            inputs = _whitening(points)
        else:
            centre = points.mean(axis=0)
            linear = _whitening(points - centre)
            inputs = np.eye(problem.dimension + 1)
            inputs[:-1, :-1], inputs[:-1, -1] = linear, -linear @ centre
        outputs = None
        if problem.law == "equivariance" and problem.y is not None:
            outputs = _whitening(np.asarray(problem.y, np.float64))
        return cls(inputs, outputs)

    def white(self, problem: Problem) -> Problem:
        """The problem in these coordinates; arrays are float64."""
        x = self.vectors(problem)
        if problem.motions != "linear":
            x = x[..., :-1]
        y = problem.y
        if y is not None and problem.law in ("dynamics", "views"):
            size = problem.dimension
            shift = self.inputs[:size, size] if problem.law == "views" and problem.motions != "linear" else 0.0
            y = np.asarray(y, np.float64) @ self.inputs[:size, :size].T + shift
        elif y is not None and self.outputs is not None:
            y = np.asarray(y, np.float64) @ self.outputs.T
        basis = problem.basis
        if basis is not None:
            basis = self.inputs @ np.asarray(basis, np.float64) @ np.linalg.inv(self.inputs)
        return replace(problem, x=x, y=y, basis=basis)

    def vectors(self, problem: Problem) -> Array:
        """z (N, *slots, D) of the samples, with the 1 of affine motions."""
        x = np.asarray(problem.x, np.float64)
        if problem.motions != "linear":
            x = np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)
        return x @ self.inputs.T

    def back(self, matrices: Array) -> Array:
        """Matrices (..., D, D) that act on z as matrices that act on x."""
        return np.asarray(np.linalg.solve(self.inputs, matrices @ self.inputs), np.float64)

    def output_back(self, matrices: Array) -> Array:
        """Matrices (..., m, m) that act on v as matrices that act on y."""
        assert self.outputs is not None
        return np.asarray(np.linalg.solve(self.outputs, matrices @ self.outputs), np.float64)


def homogeneous(problem: Problem) -> Array:
    """What matrices act on (N, *slots, D): x, with a 1 after it where motions are affine."""
    x = np.asarray(problem.x, np.float64)
    return x if problem.motions == "linear" else np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)


def spread(problem: Problem, seed: int) -> Problem:
    """The problem with samples moved at random by its basis, each motion as far as the samples are large, or less.

    Of samples that lie in a plane, a motion that takes them out of it makes small numbers large where coordinates are
    white.
    """
    if problem.basis is None:
        return problem
    x = homogeneous(problem).reshape(problem.samples, -1, problem.basis.shape[-1])
    centred = problem.x - np.mean(problem.x, axis=0) if problem.motions != "linear" else problem.x
    size = np.sqrt(np.mean(np.asarray(centred, np.float64) ** 2) * problem.dimension)
    speeds = np.array([np.sqrt(np.mean(np.sum((x @ each.T) ** 2, axis=-1))) for each in problem.basis])
    reach = np.minimum(1.0, size / np.maximum(speeds, 1e-300))
    drawn = np.random.default_rng([seed, 6]).uniform(-reach, reach, size=(problem.samples, len(reach)))
    moved = np.einsum("nij,nsj->nsi", exponential(np.tensordot(drawn, problem.basis, axes=1)), x)
    return replace(problem, x=moved[..., : problem.dimension].reshape(problem.x.shape))


def _whitening(points: Array) -> Array:
    """The symmetric matrix (d, d) that makes the second moments of points (n, d) those of a unit cube's normal law."""
    values, vectors = np.linalg.eigh(points.T @ points / len(points))
    scale = np.sqrt(np.maximum(values, _SMALLEST**2 * max(values[-1], 1e-300)))
    return (vectors / scale) @ vectors.T
