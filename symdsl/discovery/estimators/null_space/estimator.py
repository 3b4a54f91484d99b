"""From a problem to candidates: the null space of the matrix of Lie derivatives of an ensemble of smooth networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.estimate import Candidate, Estimate, Watch
from symdsl.discovery.estimators.null_space.declaration import NullSpaceOptions
from symdsl.discovery.estimators.null_space.rows import columns_of, directions, rows
from symdsl.discovery.estimators.null_space.spectrum import Defects, defects
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.surrogate import Surrogate, fit_surrogate

Array = NDArray[np.float64]
MOST_POINTS = 4000
"""Samples whose derivatives are looked at."""


def estimate(problem: Problem, options: Options, settings: NullSpaceOptions, watch: Watch) -> Estimate:
    """Candidates of every dimension that was asked for, those after the largest step of the spectrum first.

    (N m, d^2) rows of derivatives; see LieGG (Moskalev et al. 2022) for functions, LieSD (Hu, Li, Lin 2025) for unknown
    actions on the output. The dimension is not decided here: a gap proves nothing.
    """
    watch.stage("smooth networks", settings.steps)
    surrogate = fit_surrogate(problem, settings.members, settings.steps, options.backend, options.seed, watch.step)
    found = spectrum_of(problem, surrogate, options, settings)
    return Estimate(_candidates(problem, found, options, settings), found.spectrum, surrogate=surrogate)


def spectrum_of(problem: Problem, surrogate: Surrogate, options: Options, settings: NullSpaceOptions) -> Defects:
    """The defects of all motions, from derivatives at the samples."""
    chosen = np.arange(problem.samples)
    if len(chosen) > MOST_POINTS:
        chosen = np.sort(np.random.default_rng([options.seed, 3]).permutation(len(chosen))[:MOST_POINTS])
    part = problem.rows(chosen)
    x = np.asarray(part.x, np.float64)
    matrix, bound = rows(part, surrogate.predict(x), surrogate.gradients(x), settings.degree)
    return defects(matrix, bound, directions(part, columns_of(problem, settings.degree)))


def _candidates(
    problem: Problem, found: Defects, options: Options, settings: NullSpaceOptions
) -> tuple[Candidate, ...]:
    """The spans of the first r motions, for every r that was asked for, the largest relative step after r first."""
    columns = columns_of(problem, settings.degree)
    least, most = options.dimensions
    sizes = np.sqrt(np.maximum(found.squares, 1e-12))
    ranks = list(range(least, min(most, len(sizes) - 1) + 1))
    ranks.sort(key=lambda rank: (sizes[rank - 1] / sizes[rank], rank))
    candidates = []
    for rank in ranks:
        spans = np.concatenate([found.vectors[None, :rank], _spread_out(found.vectors[:rank], found.without[:, :rank])])
        motions, outputs = columns.split(spans)
        if problem.motions == "affine":
            motions = np.concatenate([motions, np.zeros((*motions.shape[:2], 1, motions.shape[3]))], axis=2)
        own = None if outputs is None else outputs[0]
        candidates.append(Candidate(motions[0], own, space=problem.motions, ensemble=motions[1:]))
    return tuple(candidates)


def _spread_out(motions: Array, without: Array) -> Array:
    """Motions (K, r, count) as far from `motions` (r, count) as its error: the jackknife's are nearer by sqrt(K - 1).

    A basis of each span is turned to lie next to that of the whole.
    """
    whole = np.linalg.qr(motions.T)[0]
    factor = np.sqrt(max(len(without) - 1, 0))
    found = []
    for each in without:
        basis = np.linalg.qr(each.T)[0]
        left, _, right = np.linalg.svd(basis.T @ whole)
        found.append((whole + factor * (basis @ left @ right - whole)).T)
    return np.array(found).reshape(len(without), *motions.shape)
