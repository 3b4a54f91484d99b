"""The transforming autoencoder: what moves its codes as a candidate, and how well it does on other pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.backend import Requirements
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.estimate import Candidate, Estimate, Watch
from symdsl.discovery.estimators.transforming_vae.declaration import DECLARATION, TransformingVaeOptions
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.spans import orthonormal, verify_linear

Array = NDArray[np.float64]
REQUIREMENTS = Requirements(("torch",), "pip install 'symdsl[torch]'")
FEWEST: Final = 50
HELD_OUT: Final = 0.2
SHARE: Final = 0.02
"""Eigenvectors with less than this part of the square of the codes do not count in the distance of a spectrum."""


def estimate(problem: Problem, options: Options, settings: TransformingVaeOptions, watch: Watch) -> Estimate:
    """The generators of codes (Giannone et al. 2019, arXiv 1912.03845), one candidate with `space` codes.

    Views are (N, D), or images, whose axes are made one. A fifth of the pairs is held out for `figures`; `arrays` hold
    the generators as learned, the coefficients of the pairs held out and their `places` among the samples. Raises
    SymdslError: SYM1350 for other laws and motions, SYM1001 (exit 4) without torch, SYM1351 for too few pairs, SYM1352
    for views that do not vary, SYM1201 (exit 5) where training diverges.
    """
    verify_linear(problem, DECLARATION)
    REQUIREMENTS.verify(DECLARATION.name)
    from symdsl.discovery.estimators.transforming_vae.training import fit, trial_epochs

    x, y = views_of(problem)
    order = np.random.default_rng([options.seed, 2]).permutation(len(x))
    held, learned = np.split(order, [round(HELD_OUT * len(x))])
    watch.stage("transforming autoencoder", settings.starts * trial_epochs(settings) + settings.epochs)
    fitted = fit(x[learned], y[learned], settings, options.seed, watch.step)
    one, other = x[held], y[held]
    change = float(np.mean((one - other) ** 2))
    figures = {
        "held-out ELBO of a pair, nats": fitted.pair_bound(one, other, options.seed),
        "held-out ELBO of a view alone, nats": fitted.bound(one, options.seed),
        "left of the change": float(np.mean((fitted.carried(one, other) - other) ** 2)) / (change or 1.0),
        "distance of the spectrum from whole numbers": max(
            whole_distance(matrix, fitted.codes(one)) for matrix in fitted.generators
        ),
    }
    arrays = {
        "generators": fitted.generators,
        "coefficients": fitted.coefficients(one, other),
        "places": held.astype(np.float64),
    }
    candidate = Candidate(orthonormal(fitted.generators), space="codes")
    return Estimate((candidate,), None, figures, arrays)


def views_of(problem: Problem) -> tuple[Array, Array]:
    """Both views as (N, D). Raises SymdslError: SYM1351 for too few pairs, SYM1352 where nothing varies."""
    x = np.asarray(problem.x, np.float64).reshape(problem.samples, -1)
    y = np.asarray(problem.y, np.float64).reshape(problem.samples, -1)
    if len(x) < FEWEST:
        message = f"{len(x):,} pairs of views are too few to train an autoencoder"
        hint = f"give {FEWEST} pairs at least; thousands are better"
        raise SymdslError(Diagnostic("SYM1351", message, hint=hint), exit_code=2)
    if np.ptp(np.concatenate([x, y]), axis=0).max(initial=0.0) <= 0:
        message = f"`{problem.names[0]}` and `{problem.names[1]}` are the same in every pair"
        raise SymdslError(Diagnostic("SYM1352", message, hint="give views that vary"), exit_code=2)
    return x, y


def whole_distance(generator: Array, codes: Array, unit: float | None = None) -> float:
    """How far the spectrum of a generator (k, k) is from i times whole numbers: the root mean square in their unit.

    Eigenvalues count by the square of what `codes` (N, k) have along them, those with less than SHARE not at all. The
    unit is the slowest frequency of them where none is given. Frequencies at random are 0.29 away.
    """
    values, vectors = np.linalg.eig(generator)
    shares = np.mean(np.abs(np.linalg.solve(vectors, codes.T)) ** 2, axis=1) * np.sum(np.abs(vectors) ** 2, axis=0)
    shares = shares / np.sum(shares)
    counted = shares >= SHARE
    values, shares = values[counted], shares[counted]
    if unit is None:
        turning = np.abs(np.imag(values))
        unit = float(np.min(turning[turning > 0.1 * turning.max(initial=0.0)], initial=np.inf))
    if not np.isfinite(unit) or unit <= 0:
        return float("inf")
    turns = np.imag(values) / unit
    squares = (np.real(values) / unit) ** 2 + (turns - np.round(turns)) ** 2
    return float(np.sqrt(np.sum(shares * squares) / np.sum(shares)))
