"""The certificate of a group: what enforcing it costs, on data that nothing was learned from.

Four tests, all needed. The network that keeps the group must explain the data, to the tolerance; it must not lose to a
free network, nor to itself with a free correction, which a false symmetry leaves something to learn; and it must win
against conjugates of the group, which are as large and as easy to keep. Gaps of spectra and residuals of closing prove
nothing: from data without any symmetry they make one (see docs/decisions/0021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import Certificate, CertificateTest, Verdict
from symdsl.discovery.contender import Contender
from symdsl.discovery.decoys import decoy_frames
from symdsl.discovery.estimate import Watch
from symdsl.discovery.population import Fitted, Schedule, Targets, fit_copies
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.refine import copies_of, vectors_of
from symdsl.discovery.surrogate import Surrogate, fit_free, folds
from symdsl.pipeline import Compilation

Array = NDArray[np.float64]
INFORMATIVE = 0.25
"""Of classes: the part of a constant prediction's loss that must be explained."""
CORRECTED = 0.2
"""The part of its loss that a free correction may take off a network that keeps a true symmetry."""
LOST = 0.05
"""The part of decoys that may do as well as the candidate."""


@dataclass(frozen=True)
class Trial:
    """The data of a certificate, in white coordinates: what is learned from, and what is judged by."""

    learned: Problem
    targets: Targets
    held: Problem
    held_targets: Targets
    free: Surrogate
    members: int
    steps: int


@dataclass(frozen=True)
class Judgement:
    """A certificate, the losses (decoys,) and that of the candidate that they stand against, for the report."""

    certificate: Certificate
    decoys: Array
    candidate: float


def certify(
    trial: Trial, contender: Contender, network: Compilation, options: Options, candidates: int, watch: Watch
) -> Judgement:
    """The certificate of a contender, one of `candidates` that are tried."""
    held = trial.held_targets
    level = options.alpha / candidates
    reference = trial.targets.constant_loss
    kept, unseen, decoys, own = _kept(trial, contender, network, options, watch)
    losses = held.losses(kept)
    free = held.losses(trial.free.predict(np.asarray(trial.held.x, np.float64)))
    tests = [
        _explains(losses, reference, options, held.classes is not None, level),
        _against_free(losses, free, reference, options, level),
    ]
    if tests[-1].passed:
        corrected = held.losses(_corrected(trial, kept, unseen, options, watch))
        tests.append(_against_correction(losses, corrected, reference, options, level))
    tests.append(_against_decoys(decoys, own))
    verdict = _verdict(tests, losses, free, reference, options, level)
    certificate = Certificate(verdict, options.delta, options.alpha, _domain(trial), trial.held.samples, tuple(tests))
    return Judgement(certificate, decoys, own)


def is_hopeless(trial: Trial, fitted: Fitted, options: Options, candidates: int) -> Certificate | None:
    """The refutation of a group that a free network surely beats although each member chose its own frame; else None.

    It saves the training of decoys: what fails this test fails `certify`.
    """
    held, reference, level = trial.held_targets, trial.targets.constant_loss, options.alpha / candidates
    losses = held.losses(fitted.predict(vectors_of(trial.held)).mean(axis=0))
    free = held.losses(trial.free.predict(np.asarray(trial.held.x, np.float64)))
    if _lower(losses - free, level) <= 2.0 * options.delta * reference:
        return None
    test = _against_free(losses, free, reference, options, level)
    return Certificate("refuted", options.delta, options.alpha, _domain(trial), trial.held.samples, (test,))


def refused(trial: Trial, reason: str, options: Options) -> Certificate:
    """The certificate of a group that no network but a constant keeps: refuted where a free network knows better."""
    held, reference = trial.held_targets, trial.targets.constant_loss
    free = held.losses(trial.free.predict(np.asarray(trial.held.x, np.float64)))
    constant = held.losses(np.zeros((trial.held.samples, held.width)))
    known = _lower(constant - free, options.alpha) > options.delta * reference
    test = CertificateTest("can be kept at all", 0.0, None, False, reason)
    verdict = "refuted" if known else "undecided"
    return Certificate(verdict, options.delta, options.alpha, _domain(trial), trial.held.samples, (test,))


def _domain(trial: Trial) -> str:
    return f"data like the {trial.learned.samples + trial.held.samples:,} samples it was learned and judged from"


def _kept(
    trial: Trial, contender: Contender, network: Compilation, options: Options, watch: Watch
) -> tuple[Array, Array, Array, float]:
    """What networks that keep the group predict (n, m) for what is held out and (N, m) for what others learned from.

    Beside them, trained as long, each decoy's mean loss and the middle one of the group's own networks.
    """
    learn, judge = folds(trial.learned.samples, trial.members, options.seed)
    affine = trial.learned.motions == "affine"
    frames = np.concatenate([
        np.broadcast_to(contender.frame, (trial.members, *contender.frame.shape)),
        decoy_frames(contender.frame, options.decoys, affine, options.seed),
    ])  # fmt: skip
    parts = np.arange(len(frames)) % trial.members
    copies = copies_of(contender, trial.learned, learn[parts], judge[parts], frames)
    schedule = Schedule(steps=trial.steps, seed=options.seed + 100)
    watch.stage(f"{contender.identification.name} and its decoys", schedule.steps)
    fitted = fit_copies(network, vectors_of(trial.learned), trial.targets, copies, schedule, watch.step)
    found = fitted.predict(vectors_of(trial.held))
    losses = np.mean(trial.held_targets.losses(found), axis=1)
    unseen = np.einsum("kn,knm->nm", judge, fitted.predict(vectors_of(trial.learned))[: trial.members])
    own = float(np.median(losses[: trial.members]))
    return found[: trial.members].mean(axis=0), unseen, losses[trial.members :], own


def _corrected(trial: Trial, kept: Array, unseen: Array, options: Options, watch: Watch) -> Array:
    """The held-out predictions (n, m) with what a free ensemble learns from what is left of the others."""
    x = np.asarray(trial.learned.x, np.float64)
    targets = Targets(trial.targets.values, trial.targets.classes, unseen)
    watch.stage("a free correction", trial.steps)
    correction = fit_free(x, targets, trial.members, trial.steps, options.backend, options.seed + 200, watch.step)
    without = correction.judge @ targets.losses(unseen) / np.sum(correction.judge, axis=1)
    useful = correction.fitted.losses < without
    held = np.asarray(trial.held.x, np.float64)
    added = correction.fitted.predict(held.reshape(len(held), -1))
    return kept + np.mean(added * useful[:, None, None], axis=0)


def _explains(losses: Array, reference: float, options: Options, classes: bool, level: float) -> CertificateTest:
    bound = (1.0 - INFORMATIVE if classes else options.delta + options.noise) * reference
    upper, left = _upper(losses, level), float(np.mean(losses)) / reference
    what = "of what a constant prediction loses" if classes else "of the variance"
    return CertificateTest(
        "explains the data", upper / reference, bound / reference, upper <= bound,
        f"a network that keeps the group leaves {left:.3g} {what}, surely at most {upper / reference:.3g}",
    )  # fmt: skip


def _against_free(losses: Array, free: Array, reference: float, options: Options, level: float) -> CertificateTest:
    upper = _upper(losses - free, level) / reference
    return CertificateTest(
        "costs nothing against a free network", upper, options.delta, upper <= options.delta,
        f"free {np.mean(free) / reference:.3g}, kept {np.mean(losses) / reference:.3g} of a constant prediction's loss",
    )  # fmt: skip


def _against_correction(
    losses: Array, corrected: Array, reference: float, options: Options, level: float
) -> CertificateTest:
    gained = float(np.mean(losses - corrected))
    part = gained / max(float(np.mean(losses)), 1e-300)
    surely = _lower(losses - corrected, level) > 0.0
    return CertificateTest(
        "leaves a free correction nothing", part, CORRECTED, not (surely and part > CORRECTED),
        f"a free network on top takes {part:.2g} of its loss off, {gained / reference:.2g} of a constant prediction's",
    )  # fmt: skip


def _against_decoys(decoys: Array, own: float) -> CertificateTest:
    part = float(np.mean(decoys <= own))
    return CertificateTest(
        "beats its conjugates", part, LOST, part <= LOST,
        f"{int(np.sum(decoys <= own))} of {len(decoys)} conjugate groups do as well",
    )  # fmt: skip


def _verdict(
    tests: list[CertificateTest], losses: Array, free: Array, reference: float, options: Options, level: float
) -> Verdict:
    """Certified if all pass; refuted if a free network, or a correction, is surely better."""
    if all(test.passed for test in tests):
        return "certified"
    if _lower(losses - free, level) > options.delta * reference:
        return "refuted"
    failed = [test for test in tests if not test.passed]
    return "refuted" if failed[0].name.startswith("leaves") else "undecided"


def _upper(values: Array, level: float) -> float:
    """The one-sided upper bound of a mean, by Student's law."""
    return float(np.mean(values)) + _margin(values, level)


def _lower(values: Array, level: float) -> float:
    return float(np.mean(values)) - _margin(values, level)


def _margin(values: Array, level: float) -> float:
    from scipy.stats import t

    return float(t.ppf(1.0 - level, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
