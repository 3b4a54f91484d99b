"""How much a law changes along each motion: one row an equation, one column a coefficient of the motion."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.problem import Problem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """What a motion is made of: x moves by W theta(x), W (d, q), and y by B y, B (m, m) or nothing (m = 0)."""

    dimension: int
    features: int
    outputs: int

    @property
    def count(self) -> int:
        """The number of coefficients."""
        return self.dimension * self.features + self.outputs**2

    def split(self, vectors: Array) -> tuple[Array, Array | None]:
        """Coefficient vectors (..., count) as W (..., d, q) and B (..., m, m)."""
        size = self.dimension * self.features
        motion = vectors[..., :size].reshape(*vectors.shape[:-1], self.dimension, self.features)
        if not self.outputs:
            return motion, None
        return motion, vectors[..., size:].reshape(*vectors.shape[:-1], self.outputs, self.outputs)


def columns_of(problem: Problem, degree: int) -> Columns:
    """The motions that a problem asks for."""
    size = problem.dimension
    features = {"linear": size, "affine": size + 1, "polynomial": len(powers(size, degree))}[problem.motions]
    moved = problem.law == "equivariance" and problem.y is not None
    return Columns(size, features, int(np.asarray(problem.y).shape[1]) if moved else 0)


def powers(dimension: int, degree: int) -> list[tuple[int, ...]]:
    """The monomials of degree 0 to `degree`, each by its factors: (), (0,), (1,), (0, 0), (0, 1), ..."""
    return [
        each for total in range(degree + 1) for each in itertools.combinations_with_replacement(range(dimension), total)
    ]


def features(x: Array, motions: str, degree: int) -> Array:
    """theta(x) (..., q) at points (..., d)."""
    if motions == "linear":
        return x
    if motions == "affine":
        return np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)
    columns = [np.prod(x[..., list(each)], axis=-1) for each in powers(x.shape[-1], degree)]
    return np.stack(columns, axis=-1)


def rows(problem: Problem, values: Array, gradients: Array, degree: int) -> tuple[Array, Array]:
    """The rows (K, N m, count) of an ensemble, and the matrix (count, count) of their greatest possible squares.

    `values` (N, m) are those of the law, `gradients` (K, N, m, *slots, d) its derivatives. A row times the coefficients
    of a motion is Df(x) W theta(x) - B f(x) (facts of Lie derivatives: Otto et al. 2023, section 4); by Cauchy and
    Schwarz its square is at most |Df|^2 |W theta|^2, and twice that and |B f|^2 where there is a second term.
    """
    x = np.asarray(problem.x, np.float64)
    count, samples, size = len(gradients), len(x), problem.dimension
    width = gradients.shape[2]
    slots = gradients.reshape(count, samples, width, -1, size)
    theta = features(x, problem.motions, degree).reshape(samples, slots.shape[3], -1)
    moved = np.einsum("knosd,nsq->knodq", slots, theta, optimize=True).reshape(count, samples * width, -1)
    strength = np.mean(np.sum(slots**2, axis=(3, 4)), axis=(0, 2))
    spread = np.einsum("n,nsp,nsq->pq", strength, theta, theta) / samples
    bound = np.kron(np.eye(size), spread)
    if problem.law == "dynamics":
        moved = moved - np.broadcast_to(_velocity_rows(values, theta, width, size), moved.shape)
        velocity = np.asarray(values, np.float64).reshape(samples, -1, size)
        own = np.einsum("nsp,nsq->pq", velocity, velocity) / (samples * width)
        padded = np.zeros((theta.shape[2],) * 2)
        padded[:size, :size] = own
        bound = 2.0 * (bound + np.kron(np.eye(size), padded))
    elif problem.law == "equivariance":
        turned = -np.einsum("op,nq->nopq", np.eye(width), values).reshape(1, samples * width, width * width)
        moved = np.concatenate([moved, np.broadcast_to(turned, (count, *turned.shape[1:]))], axis=2)
        whole = np.zeros((moved.shape[2],) * 2)
        own = np.kron(np.eye(width), values.T @ values / (samples * width))
        whole[: len(bound), : len(bound)], whole[len(bound) :, len(bound) :] = bound, own
        bound = 2.0 * whole
    return moved, bound


def _velocity_rows(values: Array, theta: Array, width: int, size: int) -> Array:
    """The part -A F(x) of the rows of dynamics: (N m, d q); a velocity moves by the linear features, 0 to d - 1."""
    samples, slots, count = len(theta), theta.shape[1], theta.shape[2]
    velocity = np.asarray(values, np.float64).reshape(samples, slots, size)
    found = np.zeros((samples, slots, size, size, count))
    for place in range(size):
        found[:, :, place, place, :size] = velocity
    return found.reshape(samples * width, size * count)


def directions(problem: Problem, columns: Columns) -> Array | None:
    """The coefficients (R, count) of the motions that a problem looks among, with every B; None for all motions."""
    if problem.basis is None:
        return None
    motions = np.asarray(problem.basis, np.float64)[:, : problem.dimension, : columns.features]
    outputs = columns.outputs**2
    found = np.zeros((len(motions) + outputs, columns.count))
    found[: len(motions), : columns.count - outputs] = motions.reshape(len(motions), -1)
    found[len(motions) :, columns.count - outputs :] = np.eye(outputs)
    return found
