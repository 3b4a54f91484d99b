"""Exponentials of matrices with a Gaussian coefficient per sample, and derivatives, on the spectrum.

For G = U Lambda U^-1 and s ~ N(mu, sigma^2), E exp(s G) = U exp(mu Lambda + sigma^2 Lambda^2 / 2) U^-1: the blurred
operator of Sohl-Dickstein, Wang & Olshausen (arXiv 1001.1027). All samples cost two products of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
NEAR = 1e-4
"""Eigenvalues nearer than this part of the largest share their divided difference: its error is the square of this."""
LARGEST_EXPONENT = 30.0


@dataclass(frozen=True)
class Operator:
    """A real matrix by its eigenvectors (d, d) and eigenvalues (d,)."""

    vectors: Complex
    inverse: Complex
    values: Complex

    @classmethod
    def of(cls, matrix: Array) -> Operator:
        """The spectrum of `matrix` (d, d). Raises numpy.linalg.LinAlgError where it has too few eigenvectors."""
        values, vectors = np.linalg.eig(matrix)
        inverse = np.asarray(np.linalg.inv(vectors), np.complex128)
        return cls(np.asarray(vectors, np.complex128), inverse, np.asarray(values, np.complex128))

    def factors(self, mu: Array, sigma: Array) -> Complex:
        """What each eigenvector is multiplied by in each sample: (N, d)."""
        exponent = mu[:, None] * self.values + 0.5 * (sigma**2)[:, None] * self.values**2
        return np.exp(np.minimum(exponent.real, LARGEST_EXPONENT) + 1j * exponent.imag)

    def apply(self, mu: Array, sigma: Array, x: Array) -> Array:
        """E exp(s G) x of each sample: (N, d)."""
        return np.real((self.factors(mu, sigma) * (x @ self.inverse.T)) @ self.vectors.T)


@dataclass(frozen=True)
class Derivatives:
    """Those of a loss by one matrix (d, d), the coefficients (N,), their deviations (N,), and what it acted on."""

    matrix: Array
    mu: Array
    sigma: Array
    inputs: Array


def backward(operator: Operator, mu: Array, sigma: Array, x: Array, gradient: Array) -> Derivatives:
    """The derivatives of a loss whose derivatives by the images E exp(s G) x (N, d) are `gradient` (N, d).

    By divided differences of the factors (Daleckii & Krein): d exp(sG)[E] = U (f[l_i, l_j] * (U^-1 E U)_ij) U^-1.
    """
    values, factors = operator.values, operator.factors(mu, sigma)
    inner, outer = x @ operator.inverse.T, gradient @ operator.vectors
    slopes = (mu[:, None] + (sigma**2)[:, None] * values) * factors
    gaps = values[:, None] - values[None, :]
    near = np.abs(gaps) <= NEAR * max(float(np.abs(values).max()), 1e-300)
    apart = ((outer * factors).T @ inner - outer.T @ (factors * inner)) / np.where(near, 1.0, gaps)
    together = 0.5 * ((outer * slopes).T @ inner + outer.T @ (slopes * inner))
    core = np.where(near, together, apart)
    product = outer * factors * inner
    return Derivatives(
        np.real(operator.inverse.T @ core @ operator.vectors.T),
        np.real(product @ values),
        np.real(product @ values**2) * sigma,
        np.real((outer * factors) @ operator.inverse),
    )


def chain(operators: Sequence[Operator], mu: Array, sigma: Array, x: Array) -> list[Array]:
    """`x` (N, d), the first operator applied to it, then the next, and so on; `mu` and `sigma` are (r, N)."""
    found = [x]
    for operator, mean, deviation in zip(operators, mu, sigma, strict=True):
        found.append(operator.apply(mean, deviation, found[-1]))
    return found
