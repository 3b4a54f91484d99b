"""Adversarial generators: what was learned, as candidates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.backend import Requirements
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.discovery.estimate import Candidate, Estimate, Watch
from symdsl.discovery.estimators.adversarial_generators.declaration import DECLARATION, AdversarialGeneratorsOptions
from symdsl.discovery.estimators.adversarial_generators.samples import read_samples
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.spans import verify_linear

Array = NDArray[np.float64]
CLEAR_FALL = 2.0
REQUIREMENTS = Requirements(("torch",), "pip install 'symdsl[torch]'")


def estimate(problem: Problem, options: Options, settings: AdversarialGeneratorsOptions, watch: Watch) -> Estimate:
    """The generators (Yang et al. 2023, arXiv 2302.00236) after training, their spans as candidates.

    `arrays` hold them as they were after each epoch. Raises SymdslError: SYM1350 for other laws and motions, SYM1001
    (exit 4) without torch, SYM0502 for blocks that do not fill a matrix, SYM1201 (exit 5) where the game diverges.
    """
    verify_linear(problem, DECLARATION)
    REQUIREMENTS.verify(DECLARATION.name)
    from symdsl.discovery.estimators.adversarial_generators.play import play

    if problem.dimension % settings.blocks:
        message = f"{settings.blocks} equal blocks do not fill a matrix of size {problem.dimension}"
        raise SymdslError(Diagnostic("SYM0502", message, hint="write blocks = 1 for full matrices"), exit_code=2)
    samples = read_samples(problem, settings.blocks)
    if not len(samples.basis):
        return Estimate(())
    watch.stage("adversarial generators", settings.epochs)
    rounds = []
    for each in play(samples, settings, options.seed):
        rounds.append(each)
        watch.step()
    learned = np.array([lift(each.generators, samples.span) for each in rounds])
    values, directions = principal_directions(learned[-1])
    candidates = tuple(Candidate(directions[:size]) for size in sizes_of(values, *options.dimensions))
    figures = {
        "generator loss": rounds[-1].generator_loss,
        "discriminator loss": rounds[-1].discriminator_loss,
        "mean cosine of samples and images": rounds[-1].cosine,
    }
    return Estimate(candidates, None, figures, {"generators": learned, "singular values": values})


def lift(generators: Array, span: Array) -> Array:
    """Matrices (c, k, k) on a subspace as (c, d, d), 0 across it."""
    return span.T @ generators @ span


def principal_directions(generators: Array) -> tuple[Array, Array]:
    """The singular values of generators (c, d, d) and orthonormal matrices along them, those that vanish left out."""
    rows = generators.reshape(len(generators), -1)
    _, values, directions = np.linalg.svd(rows, full_matrices=False)
    kept = values > 1e-6 * values[0]
    return values[kept], directions[kept].reshape(-1, *generators.shape[1:])


def sizes_of(values: Array, low: int, high: int) -> list[int]:
    """The dimensions within bounds, that after which the singular values fall most first; all count as CLEAR_FALL."""
    falls = np.append(values[:-1] / values[1:], CLEAR_FALL)
    most = min(high, len(values))
    return sorted(range(min(low, most), most + 1), key=lambda size: -falls[size - 1])
