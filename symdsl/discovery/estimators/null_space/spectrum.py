"""The relative defect of every direction among the motions, with what the members of the ensemble disagree about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.estimate import Spectrum

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Defects:
    """Eigenvalues rho^2 (B,), ascending, of the squared change along a motion over the greatest possible one.

    `vectors` (B, count) are the motions, of greatest possible change 1; `spread` (B,) is the standard error of rho^2.
    `without` (K, B, count) are the motions that are found without each member, none of two.
    """

    squares: Array
    vectors: Array
    spread: Array
    without: Array

    @property
    def spectrum(self) -> Spectrum:
        """rho with two standard errors to each side."""
        low, high = self.squares - 2.0 * self.spread, self.squares + 2.0 * self.spread
        return Spectrum(*(np.sqrt(np.maximum(each, 0.0)) for each in (self.squares, low, high)))


def defects(rows: Array, bound: Array, basis: Array | None) -> Defects:
    """Of rows (K, n, count) of K members, the motions in the span of `basis` (R, count) or all.

    Products of rows of different members only: their errors are independent, so that the defect of an exact symmetry
    is estimated without the bias that a member's own errors would add.
    """
    if basis is not None:
        rows, bound = rows @ basis.T, basis @ bound @ basis.T
    members, count = len(rows), rows.shape[1]
    own = np.stack([each.T @ each for each in rows]) / count
    total = rows.sum(axis=0)
    crossed = _crossed(total.T @ total / count, own)
    root = np.linalg.cholesky(bound + 1e-12 * np.trace(bound) / len(bound) * np.eye(len(bound)))
    inverse = np.linalg.inv(root)

    def solved(matrix: Array) -> tuple[Array, Array]:
        squares, vectors = np.linalg.eigh(inverse @ matrix @ inverse.T)
        return squares, vectors.T @ inverse

    squares, motions = solved(crossed)
    left_out = []
    for place in range(members if members > 2 else 0):
        rest = total - rows[place]
        left_out.append(_crossed(rest.T @ rest / count, np.delete(own, place, axis=0)))
    spread, without = np.zeros(len(squares)), np.zeros((0, *motions.shape))
    if left_out:
        values = np.stack([np.einsum("bi,ij,bj->b", motions, each, motions) for each in left_out])
        spread = np.sqrt((members - 1) / members * np.sum((values - values.mean(axis=0)) ** 2, axis=0))
        without = np.stack([solved(each)[1] for each in left_out])
    basis = np.eye(motions.shape[1]) if basis is None else basis
    return Defects(squares, motions @ basis, spread, without @ basis)


def _crossed(whole: Array, own: Array) -> Array:
    """The mean over pairs of different members, from the product of the sum and each one's own product."""
    members = len(own)
    return (whole - own.sum(axis=0)) / (members * (members - 1))
