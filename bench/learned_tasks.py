"""Data with planted symmetries, and data without any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.data.o5_invariant import invariant
from symdsl.discovery.problem import Problem
from symdsl.groups.families.affine import heisenberg, special_euclidean
from symdsl.groups.families.catalogue import lorentz, special_orthogonal

Array = NDArray[np.float64]
MINKOWSKI = np.diag([1.0, -1.0, -1.0, -1.0])
NULL_SIZES = (300, 1000, 3000)
FAMILIES = 5


@dataclass(frozen=True)
class Planted:
    """A task: its data by size and seed, the name of its algebra, and its group where a spec knows it by name."""

    title: str
    problem: Callable[[int, int], Problem]
    algebra: str
    samples: tuple[int, ...]
    generators: Array
    group: str | None = None
    metric: Array | None = None
    backends: tuple[str, ...] = ("jax",)


def o5(samples: int, seed: int) -> Problem:
    """The function of two vectors of R^5 of Finzi et al. 2021."""
    x = np.random.default_rng([seed, 5]).standard_normal((samples, 2, 5))
    return Problem(x, invariant(x))


def lorentz_function(samples: int, seed: int) -> Problem:
    """tanh(p.p / 2) + sin(p.q) + .3 q.q of two normal vectors, with Minkowski's products."""
    x = np.random.default_rng([seed, 4]).standard_normal((samples, 2, 4))
    products = np.einsum("nai,i,nbi->nab", x, np.diag(MINKOWSKI), x)
    return Problem(x, np.tanh(products[:, 0, 0] / 2) + np.sin(products[:, 0, 1]) + 0.3 * products[:, 1, 1])


def planar_motions(samples: int, seed: int) -> Problem:
    """A function of the distances of three points of the plane."""
    x = np.random.default_rng([seed, 3]).standard_normal((samples, 3, 2))
    squares = [np.sum((x[:, a] - x[:, b]) ** 2, axis=1) for a, b in ((0, 1), (1, 2), (0, 2))]
    y = 0.3 * squares[0] + np.sin(squares[1] / 2) + np.cos(np.sqrt(squares[2]))
    return Problem(x, y, motions="affine")


def heisenberg_function(samples: int, seed: int) -> Problem:
    """A function of three vectors of R^3 that the Heisenberg group of unit upper triangular matrices leaves alone.

    z of each, and the determinants of pairs in (y, z) and of all three.
    """
    v = np.random.default_rng([seed, 7]).standard_normal((samples, 3, 3))
    z = v[:, :, 2]
    pairs = v[:, 0, 1] * z[:, 1] - v[:, 1, 1] * z[:, 0]
    other = v[:, 1, 1] * z[:, 2] - v[:, 2, 1] * z[:, 1]
    y = np.sin(z[:, 0]) + np.tanh(pairs) + 0.5 * z[:, 1] * z[:, 2] + np.tanh(other) + np.linalg.det(v) / 2
    return Problem(v, y)


def without_symmetry(seed: int, samples: int) -> Problem:
    """A random function of one of five families; a symmetry would be a coincidence of probability zero."""
    generator = np.random.default_rng([seed, 11])
    dimension = int(generator.integers(3, 6))
    slots = 1 if dimension > 3 else int(generator.integers(1, 3))
    x = generator.standard_normal((samples, slots, dimension))
    flat, size = x.reshape(samples, -1), slots * dimension
    family = seed % FAMILIES
    if family == 0:  # a random network
        y = np.tanh(flat @ generator.standard_normal((size, 4 * size))) @ generator.standard_normal(4 * size)
    elif family == 1:  # a random cubic polynomial
        forms = [generator.standard_normal((size,) * degree) / np.sqrt(size) ** degree for degree in (1, 2, 3)]
        y = flat @ forms[0] + np.einsum("ni,nj,ij->n", flat, flat, forms[1])
        y = y + np.einsum("ni,nj,nk,ijk->n", flat, flat, flat, forms[2], optimize=True)
    elif family == 2:  # waves in random directions
        phases = generator.uniform(0, 2 * np.pi, 2 * size)
        y = np.sin(flat @ generator.standard_normal((size, 2 * size)) + phases) @ generator.standard_normal(2 * size)
    elif family == 3:  # functions of single oblique coordinates
        steps = np.tanh(2.0 * flat @ np.linalg.qr(generator.standard_normal((size, size)))[0])
        y = steps @ generator.uniform(0.5, 2.0, size) + np.prod(steps[:, :2], axis=1)
    else:  # two classes, cut by a random network
        score = np.tanh(flat @ generator.standard_normal((size, 3 * size))) @ generator.standard_normal(3 * size)
        return Problem(x, (score > np.median(score)).astype(np.int64), classes=2)
    return Problem(x, y)


PLANTED = {
    "o5": Planted(
        "O(5) function", o5, "so(5)", (300, 1000, 3000), np.array(special_orthogonal(5).lie_algebra), "SO(5)",
        np.eye(5), ("jax", "torch"),
    ),
    "lorentz": Planted(
        "Lorentz function", lorentz_function, "so(1,3)", (300, 1000, 10_000), np.array(lorentz().lie_algebra),
        "SO(1, 3)", MINKOWSKI,
    ),
    "se2": Planted(
        "planar motions", planar_motions, "se(2)", (3000,), np.array(special_euclidean(2).lie_algebra)
    ),
    "heisenberg": Planted(
        "Heisenberg function", heisenberg_function, "heisenberg(3)", (3000,), np.array(heisenberg(1).lie_algebra)
    ),
}  # fmt: skip
