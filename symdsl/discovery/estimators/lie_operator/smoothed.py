"""Matrices and a Gaussian coefficient per pair, fitted together: the deviations shrink as the matrices become right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.estimators.lie_operator.chain import Operator, backward, chain

Array = NDArray[np.float64]
MEMORY = 20


@dataclass(frozen=True)
class Pairs:
    """Both views (N, d) of N things, in coordinates of few numbers."""

    x: Array
    y: Array

    @property
    def change(self) -> float:
        """The mean squared distance of the two views."""
        return float(np.mean(np.sum((self.y - self.x) ** 2, axis=1)))

    def rows(self, chosen: NDArray[np.int64]) -> Pairs:
        """Some of them."""
        return Pairs(self.x[chosen], self.y[chosen])

    def first(self, count: int) -> Pairs:
        """The first coordinates of all."""
        return Pairs(self.x[:, :count], self.y[:, :count])


@dataclass(frozen=True)
class Fit:
    """Operators (r, d, d), means and deviations of the coefficients (r, N), and what is left of the change, 0 to 1."""

    matrices: Array
    mu: Array
    sigma: Array
    loss: float


def fit_smoothed(pairs: Pairs, matrices: Array, mu: Array, sigma: Array, iterations: int, known: bool = False) -> Fit:
    """Minimise |y - E exp(s_r G_r) .. exp(s_1 G_1) x|^2 over G and s ~ N(mu, sigma^2), or over G alone, by L-BFGS.

    The scale of (G, s) is arbitrary: mean squares of `mu` are 1 within. Sohl-Dickstein, Wang & Olshausen 2010.
    """
    from scipy.optimize import minimize

    count, size = pairs.x.shape
    rank, scale = len(matrices), max(pairs.change, 1e-300)
    spread = np.sqrt(np.mean(mu**2, axis=1)) + 1e-12
    unit = np.sqrt(count)
    split = [rank * size * size, rank * size * size + rank * count]

    def unpack(values: Array) -> tuple[Array, Array, Array]:
        if known:
            return values.reshape(rank, size, size), mu / spread[:, None], np.zeros_like(mu)
        flat, mean, deviation = np.split(values, split)
        return flat.reshape(rank, size, size), unit * mean.reshape(rank, -1), unit * deviation.reshape(rank, -1)

    def loss(values: Array) -> tuple[float, Array]:
        own, mean, deviation = unpack(values)
        try:
            operators = [Operator.of(matrix) for matrix in own]
        except np.linalg.LinAlgError:
            return np.inf, np.zeros_like(values)
        images = chain(operators, mean, deviation, pairs.x)
        gradient = images[-1] - pairs.y
        value = float(np.sum(gradient**2)) / (count * scale)
        parts: list[tuple[Array, Array, Array]] = []
        for place in range(rank - 1, -1, -1):
            found = backward(operators[place], mean[place], deviation[place], images[place], gradient)
            parts.insert(0, (found.matrix.ravel(), unit * found.mu, unit * found.sigma))
            gradient = found.inputs
        kinds = [np.concatenate([part[kind] for part in parts]) for kind in range(1 if known else 3)]
        return value, np.concatenate(kinds) * (2.0 / (count * scale))

    start = [(matrices * spread[:, None, None]).ravel()]
    if not known:
        start += [(mu / spread[:, None]).ravel() / unit, (sigma / spread[:, None]).ravel() / unit]
    options = {"maxiter": iterations, "maxfun": 2 * iterations, "maxcor": MEMORY}
    found = minimize(loss, np.concatenate(start), jac=True, method="L-BFGS-B", options=options)
    own, mean, deviation = unpack(np.asarray(found.x, np.float64))
    back = spread[:, None]
    return Fit(own / spread[:, None, None], mean * back, deviation * back, float(found.fun))
