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
        motions, outputs = columns.split(found.vectors[:rank])
        if problem.motions == "affine":
            motions = np.concatenate([motions, np.zeros((rank, 1, motions.shape[2]))], axis=1)
        candidates.append(Candidate(motions, outputs, space=problem.motions))
    return tuple(candidates)
