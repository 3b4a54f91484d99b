"""Operators from pairs whose coefficients nobody knows: slow modes first, then small coefficients, then all."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.estimators.lie_operator.infer import infer
from symdsl.discovery.estimators.lie_operator.smoothed import Fit, Pairs, fit_smoothed

Array = NDArray[np.float64]
SLOW: Final = range(2, 9)
"""How many slow modes the first guesses are made in, apart from all."""
WINDOW: Final = 0.1
PARTS: Final = (0.15, 0.4, 1.0)
"""Of the pairs, those of the smallest coefficients are fitted first."""
ALTERNATIONS: Final = 40
WITHIN: Final = 4.0
BLURRED, SHARPER = 0.3, 0.1
SOLVED: Final = 0.02
"""What may be left of the change for a start to be the last one that is followed."""


def slow_modes(pairs: Pairs) -> Array:
    """Orthonormal coordinates (d, d), those that the views agree on first.

    The regression of y on x is the blurred operator E exp(s G), whose invariant subspaces are those of G; eigenvalues
    near 1 are of modes that change little, whose coefficients first orders give.
    """
    blurred = np.linalg.lstsq(pairs.x, pairs.y, rcond=None)[0].T
    values, vectors = np.linalg.eig(blurred)
    order = np.argsort(np.abs(np.log(values.astype(np.complex128) + 1e-12)))
    ordered = np.asarray(vectors, np.complex128)[:, order]
    columns = np.stack([np.real(ordered), np.imag(ordered)], axis=-1).reshape(len(values), -1)
    found = np.zeros((len(values), 0))
    for column in columns.T:
        for _ in range(2):
            column = column - found @ (found.T @ column)
        size = float(np.linalg.norm(column))
        if size > 1e-6:
            found = np.concatenate([found, column[:, None] / size], axis=1)
    rest = np.linalg.svd(found, full_matrices=True)[0][:, found.shape[1] :]
    return np.concatenate([found, rest], axis=1)


def first_order(pairs: Pairs, matrices: Array, iterations: int = ALTERNATIONS) -> tuple[Array, Array]:
    """Matrices (r, d, d) and coefficients (r, N) of y - x = sum_a s_a G_a x, by alternating least squares.

    Rao & Ruderman 1999, at small coefficients. Those are orthonormal over the pairs, which fixes the scale.
    """
    for _ in range(iterations):
        matrices = regress(pairs, _orthonormal(_coefficients(pairs, matrices)))
    return matrices, _coefficients(pairs, matrices)


def regress(pairs: Pairs, coefficients: Array) -> Array:
    """The matrices (r, d, d) of the first order, coefficients (r, N) given."""
    rank, (count, size) = len(coefficients), pairs.x.shape
    features = (coefficients.T[:, :, None] * pairs.x[:, None, :]).reshape(count, rank * size)
    found = np.asarray(np.linalg.lstsq(features, pairs.y - pairs.x, rcond=1e-8)[0], np.float64)
    return np.transpose(found.reshape(rank, size, size), (0, 2, 1))


def _coefficients(pairs: Pairs, matrices: Array) -> Array:
    moved = np.einsum("aij,nj->nai", matrices, pairs.x)
    gram = moved @ np.transpose(moved, (0, 2, 1))
    ridge = 1e-9 * np.trace(gram, axis1=1, axis2=2)[:, None, None] + 1e-300
    right = moved @ (pairs.y - pairs.x)[:, :, None]
    return np.linalg.solve(gram + ridge * np.eye(len(matrices)), right)[:, :, 0].T


def _orthonormal(coefficients: Array) -> Array:
    lower = np.linalg.qr(coefficients.T)[0]
    return np.sqrt(coefficients.shape[1]) * lower.T


def learn(pairs: Pairs, rank: int, random: np.random.Generator, iterations: int, follow: int) -> Fit:
    """Operators (rank, d, d) of the pairs, from guesses in a few slow modes that are followed to all coefficients.

    Exponentials are never fitted from a random start at full range, where coefficients have many local minima.
    """
    modes = slow_modes(pairs)
    own = Pairs(pairs.x @ modes, pairs.y @ modes)
    size = own.x.shape[1]
    starts = [
        start
        for count in sorted({min(each, size) for each in SLOW} | {size})
        for _ in range(2)
        if (start := _start(own, count, rank, random)) is not None
    ]
    fits: list[Fit] = []
    for _, matrices, coefficients in sorted(starts, key=lambda start: start[0])[:follow]:
        fits.append(widen(own, matrices, coefficients, iterations))
        if fits[-1].loss < SOLVED:
            break
    if not fits:
        return Fit(np.zeros((rank, size, size)), np.zeros((rank, len(own.x))), np.zeros((rank, len(own.x))), 1.0)
    best = min(fits, key=lambda fit: fit.loss)
    return Fit(modes @ best.matrices @ modes.T, best.mu, best.sigma, best.loss)


def _start(own: Pairs, count: int, rank: int, random: np.random.Generator) -> tuple[float, Array, Array] | None:
    """How much of small changes a guess from `count` modes leaves, its matrices for all modes, its coefficients."""
    part = own.first(count)
    matrices, coefficients = first_order(part, random.normal(size=(rank, count, count)))
    if count < own.x.shape[1]:
        rough = fit_smoothed(
            part, matrices, coefficients, np.full_like(coefficients, BLURRED) * _size(coefficients), 25
        )
        if not np.all(np.isfinite(rough.matrices)):
            return None
        coefficients = infer(rough.matrices, part.x, part.y, WITHIN * _size(rough.mu)[:, 0] + 1e-9)
    near = window(coefficients, max(2 * rank * own.x.shape[1], int(WINDOW * len(own.x))))
    if np.mean(coefficients[:, near] == 0.0) > 0.1:
        return None
    chosen = own.rows(near)
    full = regress(chosen, coefficients[:, near])
    told = np.einsum("an,aij,nj->ni", coefficients[:, near], full, chosen.x)
    left = float(np.mean(np.sum((chosen.y - chosen.x - told) ** 2, axis=1))) / max(chosen.change, 1e-300)
    return left, full, coefficients


def window(coefficients: Array, count: int) -> NDArray[np.int64]:
    """The pairs of small coefficients, without the smallest, of which noise is the most."""
    order = np.argsort(np.sum((coefficients / _size(coefficients)) ** 2, axis=0))
    return order[count // 4 : count + count // 4]


def widen(own: Pairs, matrices: Array, coefficients: Array, iterations: int, known: bool = False) -> Fit:
    """The smoothed fit of pairs with small coefficients, then with larger ones, then of all."""
    order = np.argsort(np.sum((coefficients / _size(coefficients)) ** 2, axis=0))
    least, mu, sigma = 2 * len(matrices) * own.x.shape[1], coefficients.copy(), np.zeros_like(coefficients)
    loss = 1.0
    for part in PARTS:
        chosen = order[: max(least, int(part * len(order)))]
        pairs = own.rows(chosen)
        if not known:
            mu[:, chosen] = infer(matrices, pairs.x, pairs.y, 1.2 * np.abs(mu[:, chosen]).max(axis=1) + 1e-9)
        deviations = SHARPER * _size(mu[:, chosen]) * np.ones((1, len(chosen)))
        found = fit_smoothed(pairs, matrices, mu[:, chosen], deviations, iterations, known)
        matrices, loss = found.matrices, found.loss
        mu[:, chosen], sigma[:, chosen] = found.mu, found.sigma
    return Fit(matrices, mu, sigma, loss)


def learn_known(pairs: Pairs, coefficients: Array, iterations: int) -> Fit:
    """Operators (r, d, d) where the coefficients (r, N) are given."""
    near = window(coefficients, max(2 * len(coefficients) * pairs.x.shape[1], int(WINDOW * len(pairs.x))))
    start = regress(pairs.rows(near), coefficients[:, near])
    return widen(pairs, start, coefficients, iterations, known=True)


def _size(coefficients: Array) -> Array:
    return np.sqrt(np.mean(coefficients**2, axis=1, keepdims=True)) + 1e-12
