"""The certificate of a group: what enforcing it costs, on data that nothing was learned from.

Four tests, all needed. The network that keeps the group must explain the data, to the tolerance; it must not lose to a
free network, nor to itself with a free correction, which a false symmetry leaves something to learn; and it must win
against conjugates of the group, which are as large and as easy to keep. Gaps of spectra and residuals of closing prove
nothing: from data without any symmetry they make one (see docs/decisions/0021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import Certificate, CertificateTest, Verdict
from symdsl.discovery.bounds import lower_bound, upper_bound
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
AS_GOOD = 1.1
"""How many times the best validation loss an alternative that is preferred may have."""
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

    @cached_property
    def free_losses(self) -> Array:
        """What the free ensemble loses at each held-out sample (n,)."""
        return self.held_targets.losses(self.free.predict(np.asarray(self.held.x, np.float64)))


@dataclass(frozen=True)
class Judgement:
    """A certificate and the contender that it is of; the losses (decoys,) and the one that they stand against."""

    contender: Contender
    certificate: Certificate
    decoys: Array
    candidate: float


def certify(
    trial: Trial, alternatives: Sequence[Contender], network: Compilation, options: Options, candidates: int,
    watch: Watch,
) -> Judgement:  # fmt: skip
    """The certificate of a contender, one of `candidates` that are tried.

    `alternatives` are frames of one group; the first that validation finds no worse than the others is taken.
    """
    held = trial.held_targets
    level = options.alpha / candidates
    reference = trial.targets.constant_loss
    kept = _kept(trial, alternatives, network, options, watch)
    losses = held.losses(kept.held)
    free = trial.free_losses
    tests = [
        explains(losses, reference, options, held.classes is not None, level),
        against_free(losses, free, reference, options, level),
    ]
    if tests[-1].passed:
        corrected = held.losses(_corrected(trial, kept, options, watch))
        tests.append(_against_correction(losses, corrected, reference, options, level))
    tests.append(against_decoys(kept.decoys, kept.own))
    verdict = _verdict(tests, losses, free, reference, options, level)
    return Judgement(kept.contender, _certificate(trial, verdict, tests, options), kept.decoys, kept.own)


def held_losses(trial: Trial, fitted: Fitted) -> Array:
    """What the mean of trained copies, each in its own frame, loses at every held-out sample (n,)."""
    return trial.held_targets.losses(fitted.predict(vectors_of(trial.held)).mean(axis=0))


def is_hopeless(
    trial: Trial, losses: Array, options: Options, candidates: int, margin: float | None = None
) -> Certificate | None:
    """The refutation of a group that a free network surely beats although each member chose its own frame; else None.

    `losses` are `held_losses`. It saves the training of decoys: what fails this test fails `certify`. `margin`, twice
    the tolerance by default, is by how much of a constant prediction's loss.
    """
    margin = 2.0 * options.delta if margin is None else margin
    reference, level = trial.targets.constant_loss, options.alpha / candidates
    free = trial.free_losses
    if lower_bound(losses - free, level) <= margin * reference:
        return None
    test = against_free(losses, free, reference, options, level)
    return _certificate(trial, "refuted", [test], options)


def is_unexplained(trial: Trial, losses: Array, options: Options, candidates: int) -> Certificate | None:
    """The certificate of a group whose networks surely explain too little, each member in its own frame; else None.

    `losses` are `held_losses`. It saves the training of decoys: whatever these say, the group cannot be certified. What
    no function of x explains is to be declared as `noise`.
    """
    reference, level = trial.targets.constant_loss, options.alpha / candidates
    explained = explains(losses, reference, options, trial.held_targets.classes is not None, level)
    assert explained.bound is not None
    if lower_bound(losses, level) <= (explained.bound + 2.0 * options.delta) * reference:
        return None
    tests = [explained, against_free(losses, trial.free_losses, reference, options, level)]
    verdict = _verdict(tests, losses, trial.free_losses, reference, options, level)
    return _certificate(trial, verdict, tests, options)


def refused(trial: Trial, reason: str, constant_only: bool, options: Options) -> Certificate:
    """The certificate of a group that no network here keeps.

    Refuted where no function but a constant does, `constant_only`, and a free network knows better; else undecided.
    """
    held, reference = trial.held_targets, trial.targets.constant_loss
    free = trial.free_losses
    constant = held.losses(np.zeros((trial.held.samples, held.width)))
    known = lower_bound(constant - free, options.alpha) > options.delta * reference
    test = CertificateTest("can be kept at all", 0.0, None, False, reason)
    verdict = "refuted" if constant_only and known else "undecided"
    return _certificate(trial, verdict, [test], options)


def with_rivals(certificate: Certificate, rivals: Sequence[str]) -> Certificate:
    """Undecided, where an algebra of another class that noise would hide does nearly as well."""
    if not rivals:
        return certificate
    detail = f"{' and '.join(rivals)} does nearly as well, and noise makes the one of the other"
    test = CertificateTest("its class is decided", float(len(rivals)), 0.0, False, detail)
    verdict = "undecided" if certificate.verdict == "certified" else certificate.verdict
    return replace(certificate, verdict=verdict, tests=(*certificate.tests, test))


def _certificate(trial: Trial, verdict: Verdict, tests: Sequence[CertificateTest], options: Options) -> Certificate:
    count = trial.learned.samples + trial.held.samples
    domain = f"data like the {count:,} samples it was learned and judged from"
    return Certificate(verdict, options.delta, options.alpha, domain, trial.held.samples, tuple(tests))


@dataclass(frozen=True)
class Kept:
    """Networks that keep the group of `contender`: what their mean predicts of what is held out (n, m), what each
    sample (N, m) is said to be by the one that did not learn from it, the mean loss of each decoy, and the middle one
    of the group's own networks."""

    contender: Contender
    held: Array
    unseen: Array
    decoys: Array
    own: float


def _kept(
    trial: Trial, alternatives: Sequence[Contender], network: Compilation, options: Options, watch: Watch
) -> Kept:
    """Trains an ensemble in the frame of each alternative, and decoys of the first, all as long."""
    learn, judge = folds(trial.learned.samples, trial.members, options.seed)
    first, members = alternatives[0], trial.members
    affine = trial.learned.motions == "affine"
    own_frames = [np.broadcast_to(each.frame, (members, *each.frame.shape)) for each in alternatives]
    frames = np.concatenate([*own_frames, decoy_frames(first.frame, options.decoys, affine, options.seed)])
    parts = np.arange(len(frames)) % members
    copies = copies_of(first, trial.learned, learn[parts], judge[parts], frames)
    schedule = Schedule(steps=trial.steps, seed=options.seed + 100)
    watch.stage(f"{first.identification.name} and its decoys", schedule.steps)
    fitted = fit_copies(network, vectors_of(trial.learned), trial.targets, copies, schedule, watch.step)
    count = len(alternatives)
    validation = fitted.losses[: count * members].reshape(count, members).mean(axis=1)
    chosen = int(np.argmax(validation <= AS_GOOD * np.min(validation)))
    own = slice(chosen * members, (chosen + 1) * members)
    found = fitted.predict(vectors_of(trial.held))
    losses = np.mean(trial.held_targets.losses(found), axis=1)
    unseen = np.einsum("kn,knm->nm", judge, fitted.predict(vectors_of(trial.learned))[own])
    middle = float(np.median(losses[own]))
    return Kept(alternatives[chosen], found[own].mean(axis=0), unseen, losses[count * members :], middle)


def _corrected(trial: Trial, kept: Kept, options: Options, watch: Watch) -> Array:
    """The held-out predictions (n, m) with what a free ensemble learns from what is left of the others."""
    x = np.asarray(trial.learned.x, np.float64)
    targets = Targets(trial.targets.values, trial.targets.classes, kept.unseen)
    watch.stage("a free correction", trial.steps)
    correction = fit_free(x, targets, trial.members, trial.steps, options.backend, options.seed + 200, watch.step)
    without = correction.judge @ targets.losses(kept.unseen) / np.sum(correction.judge, axis=1)
    useful = correction.fitted.losses < without
    held = np.asarray(trial.held.x, np.float64)
    added = correction.fitted.predict(held.reshape(len(held), -1))
    return kept.held + np.mean(added * useful[:, None, None], axis=0)


def explains(
    losses: Array, reference: float, options: Options, classes: bool, level: float,
    who: str = "a network that keeps the group",
) -> CertificateTest:  # fmt: skip
    """Whether losses (n,) are surely small, as a part of that of a constant prediction, `reference`."""
    bound = (1.0 - INFORMATIVE if classes else options.delta + options.noise) * reference
    upper, left = upper_bound(losses, level), float(np.mean(losses)) / reference
    what = "of what a constant prediction loses" if classes else "of the variance"
    return CertificateTest(
        "explains the data", upper / reference, bound / reference, upper <= bound,
        f"{who} leaves {left:.3g} {what}, surely at most {upper / reference:.3g}",
    )  # fmt: skip


def against_free(losses: Array, free: Array, reference: float, options: Options, level: float) -> CertificateTest:
    """Whether losses (n,) are surely at most delta above those of a free network at the same samples."""
    upper = upper_bound(losses - free, level) / reference
    return CertificateTest(
        "costs nothing against a free network", upper, options.delta, upper <= options.delta,
        f"free {np.mean(free) / reference:.3g}, kept {np.mean(losses) / reference:.3g} of a constant prediction's loss",
    )  # fmt: skip


def _against_correction(
    losses: Array, corrected: Array, reference: float, options: Options, level: float
) -> CertificateTest:
    gained = float(np.mean(losses - corrected))
    part = gained / max(float(np.mean(losses)), 1e-300)
    surely = lower_bound(losses - corrected, level) > 0.0
    return CertificateTest(
        "leaves a free correction nothing", part, CORRECTED, not (surely and part > CORRECTED),
        f"a free network on top takes {part:.2g} of its loss off, {gained / reference:.2g} of a constant prediction's",
    )  # fmt: skip


def against_decoys(decoys: Array, own: float) -> CertificateTest:
    """Whether conjugates of a group, by their mean losses (C,), seldom do as well as the group itself."""
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
    if lower_bound(losses - free, level) > options.delta * reference:
        return "refuted"
    failed = [test for test in tests if not test.passed]
    return "refuted" if failed[0].name.startswith("leaves") else "undecided"
