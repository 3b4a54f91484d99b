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
    """

    squares: Array
    vectors: Array
    spread: Array

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
    squares, vectors = np.linalg.eigh(inverse @ crossed @ inverse.T)
    motions = vectors.T @ inverse
    left_out = [
        np.einsum("bi,ij,bj->b", motions, _crossed(rest.T @ rest / count, np.delete(own, place, axis=0)), motions)
        for place in range(members)
        if members > 2
        for rest in (total - rows[place],)
    ]
    spread = np.zeros(len(squares))
    if left_out:
        deviations = np.stack(left_out) - np.mean(left_out, axis=0)
        spread = np.sqrt((members - 1) / members * np.sum(deviations**2, axis=0))
    found = motions if basis is None else motions @ basis
    return Defects(squares, found * np.where(found[:, :1] < 0, -1.0, 1.0), spread)


def _crossed(whole: Array, own: Array) -> Array:
    """The mean over pairs of different members, from the product of the sum and each one's own product."""
    members = len(own)
    return (whole - own.sum(axis=0)) / (members * (members - 1))
