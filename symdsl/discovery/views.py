"""The certificate of operators that carry one view to another: on pairs that nothing was learned from."""

from __future__ import annotations

import numpy as np

from symdsl.cards.card import Certificate, CertificateTest, Verdict
from symdsl.discovery.bounds import lower_bound, upper_bound
from symdsl.discovery.certify import Judgement, against_decoys
from symdsl.discovery.contender import Contender
from symdsl.discovery.decoys import decoy_frames
from symdsl.discovery.estimators.lie_operator.estimator import held_out
from symdsl.discovery.problem import Options, Problem


def certify_views(held: Problem, contender: Contender, options: Options, candidates: int) -> Judgement:
    """The certificate of a contender, one of `candidates`, that is to carry x to y of `held` (n, d).

    What the identity leaves, |y - x|^2, is the reference; the best coefficients are looked for in every pair, for
    conjugates as for the group. A group that moves nothing explains nothing.
    """
    x, y = np.asarray(held.x, np.float64), np.asarray(held.y, np.float64)
    losses = held_out(held, contender.generators)
    reference = float(np.mean(np.sum((y - x) ** 2, axis=1)))
    spread = float(np.sum(np.var(y, axis=0)))
    level = options.alpha / candidates
    upper = upper_bound(losses, level) / reference
    bound = options.delta + options.noise * spread / reference
    frames = decoy_frames(np.eye(held.dimension), options.decoys, False, options.seed)
    conjugates = [frame @ contender.generators @ np.linalg.inv(frame) for frame in frames]
    decoys = np.array([float(np.mean(held_out(held, each))) for each in conjugates], dtype=np.float64)
    own = float(np.mean(losses))
    tests = (
        CertificateTest(
            "carries one view to the other", upper, bound, upper <= bound,
            f"{own / reference:.3g} of the change is left, surely at most {upper:.3g}",
        ),
        against_decoys(decoys, own),
    )  # fmt: skip
    lower = lower_bound(losses, level) / reference
    verdict: Verdict = "refuted" if lower > bound else "undecided"
    if all(test.passed for test in tests):
        verdict = "certified"
    domain = f"pairs of views like the {held.samples:,} that it was judged from"
    certificate = Certificate(verdict, options.delta, options.alpha, domain, held.samples, tests)
    return Judgement(contender, certificate, decoys, own)
