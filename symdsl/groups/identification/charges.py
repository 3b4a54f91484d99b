"""Commuting matrices: which of them turn with a common period, so that they make circles, and how often they turn."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

import numpy as np

from symdsl.groups.arrays.matrices import Array

_IMAGINARY: Final = 1e-8
_WORST_CONDITION: Final = 1e6
_LARGEST_DENOMINATOR: Final = 24


def common_eigenvectors(generators: Array) -> np.ndarray | None:
    """Columns (d, d) of eigenvectors of commuting matrices (k, d, d); None if these cannot be diagonalised."""
    weights = np.random.default_rng(len(generators)).standard_normal(len(generators))
    _, vectors = np.linalg.eig(np.tensordot(weights, generators, axes=1))
    return vectors if np.linalg.cond(vectors) < _WORST_CONDITION else None


def circles(generators: Array) -> int:
    """How many dimensions of commuting matrices (k, d, d) make a torus.

    They can be diagonalised, their eigenvalues are imaginary, and the frequencies have common periods: the echelon form
    of all frequencies is rational. A line that winds round a torus does not close.
    """
    vectors = common_eigenvectors(generators)
    if vectors is None:
        return 0
    values = np.diagonal(np.linalg.solve(vectors, generators @ vectors), axis1=1, axis2=2)
    scale = max(float(np.max(np.abs(values))), 1e-300)
    _, strengths, rows = np.linalg.svd(values.real.T / scale)
    real = int(np.sum(strengths > _IMAGINARY))
    return (
        len(generators) - real
        if charges_of(np.asarray((rows[real:] @ values).imag, dtype=np.float64)) is not None
        else 0
    )


def charges_of(frequencies: Array) -> Array | None:
    """Whole charges (k, n) of frequencies (k, n), by a change of rows; None where there are none, or rows depend.

    Continued fractions, with denominators up to 24.
    """
    if np.linalg.matrix_rank(frequencies, tol=_IMAGINARY) < len(frequencies):
        return None
    reduced = reduced_rows(frequencies)
    charges = []
    for row in reduced:
        fractions = [Fraction(float(value)).limit_denominator(_LARGEST_DENOMINATOR) for value in row]
        if any(abs(float(fraction) - value) > _IMAGINARY for fraction, value in zip(fractions, row, strict=True)):
            return None
        multiple = math.lcm(*(fraction.denominator for fraction in fractions))
        charges.append([int(fraction * multiple) for fraction in fractions])
    return np.array(charges, dtype=np.float64).reshape(reduced.shape)


def reduced_rows(rows: Array) -> Array:
    """The echelon form of rows (k, n): each has a 1, at its largest entry, where all others have a 0.

    What depends on rows before it is left as rounding makes it.
    """
    reduced = np.array(rows, dtype=np.float64)
    scale = float(np.max(np.abs(reduced), initial=0.0))
    for place in range(len(reduced)):
        pivot = int(np.argmax(np.abs(reduced[place])))
        if abs(reduced[place, pivot]) <= 1e-12 * scale:
            continue
        reduced[place] /= reduced[place, pivot]
        others = np.arange(len(reduced)) != place
        reduced[others] -= np.outer(reduced[others, pivot], reduced[place])
    return reduced
