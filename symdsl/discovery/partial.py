"""The certificate of a part of a group: motions whose parameters lie within ranges.

No network keeps a part of a group, so that no such network can be judged. If y(g x) = B(g) y(x) for all g of the part,
samples moved by any of them are samples of one law, and a free network fits them as well as those that stayed where
they were. A range that is too wide carries samples to others that say something else, and no function fits both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import Certificate, CertificateTest, Verdict
from symdsl.discovery.bounds import lower_bound, upper_bound
from symdsl.discovery.certify import Judgement, Trial, against_free, explains
from symdsl.discovery.contender import Contender
from symdsl.discovery.coordinates import Coordinates, homogeneous
from symdsl.discovery.decoys import decoy_frames
from symdsl.discovery.estimate import Candidate, Watch
from symdsl.discovery.networks import FREE_WIDTHS, KEPT_WIDTHS, free_network
from symdsl.discovery.population import Copies, Fitted, Schedule, Targets, fit_copies
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.surrogate import folds
from symdsl.groups.arrays.matrices import exponential
from symdsl.groups.ranges import Ranges
from symdsl.pipeline import Compilation

Array = NDArray[np.float64]
CONTRAST: Final = 0.5
"""What moving within the ranges may cost at most, as a part of what conjugate motions cost that go as far."""
BEYOND: Final = 2.0
"""How many times as far motions are tried; what costs from the start costs at most four times as much there."""
STEEP: Final = 2.0
"""How many times as much as that they must cost, where ranges have an end."""
WHO: Final = "a network that learned from moved samples, where they are moved,"
_ROWS, _COPIES, _LOOKS = 20_000, (4, 32), 8
"""About how many moved samples networks learn from, how many of one at least and at most, how many to judge one."""
_SHORTER, _FEW = 4, 3
"""By how much the training is shorter that a part and its decoys are compared by, and the networks of the part."""


@dataclass(frozen=True)
class Part:
    """exp(t_1 A_1 + .. + t_r A_r), A_i of `generators` (r, D, D), t_i between the rows of `ends` (r, 2), all finite.

    y moves by the same combination of `outputs` (r, m, m), or as x does (`tied`), or not at all.
    """

    generators: Array
    ends: Array
    outputs: Array | None
    tied: bool

    def moved(self, problem: Problem, targets: Targets, copies: int, seed: int) -> tuple[Array, Targets]:
        """Every sample moved `copies` times (copies N, *shape), the first motion of all before the second, with y."""
        drawn = np.random.default_rng([seed, 5]).uniform(
            self.ends[:, 0], self.ends[:, 1], size=(copies * problem.samples, len(self.ends))
        )
        matrices = exponential(np.tensordot(drawn, self.generators, axes=1))
        x = np.concatenate([homogeneous(problem)] * copies)
        size, shape = problem.dimension, (len(x), *problem.x.shape[1:])
        moved = np.einsum("nij,nsj->nsi", matrices, x.reshape(len(x), -1, x.shape[-1]))[..., :size]
        values = np.concatenate([targets.values] * copies)
        if self.tied:
            rows = values.reshape(len(values), -1, size)
            values = np.einsum("nij,nsj->nsi", matrices[:, :size, :size], rows).reshape(values.shape)
        elif self.outputs is not None:
            values = np.einsum("nij,nj->ni", exponential(np.tensordot(drawn, self.outputs, axes=1)), values)
        return moved.reshape(shape), replace(targets, values=values)

    def conjugate(self, frame: Array, problem: Problem) -> Part:
        """P exp(..) P^-1, P a frame (D, D), over ranges in which it moves the samples as far as this part does."""
        generators = frame @ self.generators @ np.linalg.inv(frame)
        squares = (self.ends[:, 0] ** 2 + self.ends[:, 0] * self.ends[:, 1] + self.ends[:, 1] ** 2) / 3.0
        x = homogeneous(problem).reshape(-1, self.generators.shape[-1])
        far, here = (
            np.sum(squares * np.mean(np.sum((x @ np.swapaxes(each, 1, 2)) ** 2, axis=-1), axis=-1))
            for each in (generators, self.generators)
        )
        return replace(self, generators=generators, ends=self.ends * np.sqrt(here / max(far, 1e-300)))

    def widened(self, times: float) -> Part:
        """The part with ranges so many times as wide, about the same middle."""
        middle = self.ends.mean(axis=1, keepdims=True)
        return replace(self, ends=middle + times * (self.ends - middle))


def is_partial(candidate: Candidate) -> bool:
    """Whether a candidate is said to hold over a range of its parameters only."""
    return candidate.ranges is not None and bool(np.any(np.isfinite(candidate.ranges)))


def aligned(candidate: Candidate, contender: Contender) -> Contender:
    """The contender with the generators that are next to the candidate's, so that ranges are of the same motions."""
    count = len(contender.generators)
    basis = contender.generators.reshape(count, -1)
    parts = np.linalg.lstsq(basis.T, candidate.generators.reshape(len(candidate.generators), -1).T, rcond=None)[0].T
    outputs = None if contender.outputs is None else np.tensordot(parts, contender.outputs, axes=1)
    return replace(contender, generators=np.tensordot(parts, contender.generators, axes=1), outputs=outputs)


def certify_part(
    trial: Trial, contender: Contender, ranges: Array, coordinates: Coordinates, options: Options, candidates: int,
    watch: Watch,
) -> Judgement:  # fmt: skip
    """The certificate of an aligned contender over ranges (r, 2), one of `candidates` that are tried.

    An ensemble that learns from moved samples must explain moved held-out ones, lose at most delta there to a free one
    where samples stay, and at most delta to it at these. Ranges that are small enough cost nothing whatever the law, so
    that one of two more is needed: motions cost at most half of what conjugates do that go as far, in the middle; or
    ranges have an end, so that going twice as far costs more than by the square, by a factor.
    """
    ends = Ranges.of(coordinates.back(contender.generators), ranges).ends(2.0)
    part = Part(contender.generators, ends, contender.outputs, trial.learned.law == "dynamics")
    reference, level = trial.targets.constant_loss, options.alpha / candidates
    watch.stage("samples moved within the ranges", trial.steps)
    fitted = _fit(trial, part, _network(trial, FREE_WIDTHS, options), trial.members, trial.steps, options, watch)
    losses = _losses(trial, part, lambda x: fitted.predict(x).mean(axis=0)[None], options.seed)
    x = np.asarray(trial.held.x, np.float64).reshape(trial.held.samples, -1)
    stayed = trial.held_targets.losses(fitted.predict(x).mean(axis=0))
    compared = _compared(trial, part, options, watch)
    tests = [
        explains(losses, reference, options, trial.held_targets.classes is not None, level, WHO),
        _fits_moved(losses, trial.free_losses, reference, options, level),
        against_free(stayed, trial.free_losses, reference, options, level),
        *_not_trivial(compared, reference, level),
    ]
    verdict: Verdict = "undecided"
    if all(test.passed is not False for test in tests):
        verdict = "certified"
    elif lower_bound(losses - trial.free_losses, level) > options.delta * reference:
        verdict = "refuted"
    samples = trial.learned.samples + trial.held.samples
    domain = f"data like the {samples:,} samples it was learned and judged from, moved within the ranges"
    certificate = Certificate(verdict, options.delta, options.alpha, domain, trial.held.samples, tuple(tests))
    return Judgement(contender, certificate, np.mean(compared.decoys, axis=1), float(np.mean(compared.own)))


@dataclass(frozen=True)
class _Compared:
    """Held-out losses (n,) after equally short training: of samples that stay, are moved, and are moved farther.

    `decoys` (decoys, n) are those of conjugate motions.
    """

    still: Array
    own: Array
    beyond: Array
    decoys: Array


def _compared(trial: Trial, part: Part, options: Options, watch: Watch) -> _Compared:
    """Small networks, trained less long: what is asked of them are differences."""
    affine, size = trial.learned.motions == "affine", part.generators.shape[-1]
    frames = decoy_frames(np.eye(size), options.decoys, affine, options.seed)
    conjugates = [part.conjugate(frame, trial.learned) for frame in frames]
    steps, network = max(1, trial.steps // _SHORTER), _network(trial, KEPT_WIDTHS, options)
    watch.stage("conjugate motions", steps * (len(conjugates) + 3))

    def losses(each: Part, members: int) -> Array:
        fitted = _fit(trial, each, network, members, steps, options, watch)
        return _losses(trial, each, fitted.predict, options.seed)

    few = min(_FEW, trial.members)
    still = replace(part, ends=np.zeros_like(part.ends))
    return _Compared(
        losses(still, few), losses(part, few), losses(part.widened(BEYOND), few),
        np.stack([losses(each, 1) for each in conjugates]),
    )  # fmt: skip


def _network(trial: Trial, widths: Sequence[int], options: Options) -> Compilation:
    return free_network(trial.learned.x.shape[1:], trial.targets.width, options.backend, options.seed, widths)


def _fit(
    trial: Trial, part: Part, network: Compilation, members: int, steps: int, options: Options, watch: Watch
) -> Fitted:
    """Copies that learn from moved samples; each is judged by moved ones of those that it did not learn from."""
    count = int(np.clip(_ROWS // trial.learned.samples, *_COPIES))
    x, targets = part.moved(trial.learned, trial.targets, count, options.seed)
    masks = folds(trial.learned.samples, trial.members, options.seed)
    learn, judge = (np.tile(each[:members], (1, count)) for each in masks)
    # looking at all moved samples is as dear as many steps
    schedule = Schedule(steps=steps, checks=10, seed=options.seed + 300)
    return fit_copies(network, x.reshape(len(x), -1), targets, Copies(learn, judge), schedule, watch.step)


def _losses(trial: Trial, part: Part, predict: Callable[[Array], Array], seed: int) -> Array:
    """The loss (n,) at each held-out sample, the mean over motions of it, and over the members of (K, n, m)."""
    x, targets = part.moved(trial.held, trial.held_targets, _LOOKS, seed + 1)
    found = targets.losses(predict(x.reshape(len(x), -1)))
    return found.mean(axis=0).reshape(_LOOKS, -1).mean(axis=0)


def _fits_moved(losses: Array, free: Array, reference: float, options: Options, level: float) -> CertificateTest:
    upper = upper_bound(losses - free, level) / reference
    return CertificateTest(
        "fits moved samples as well", upper, options.delta, upper <= options.delta,
        f"where samples stay {np.mean(free) / reference:.3g}, where they are moved {np.mean(losses) / reference:.3g} "
        "of a constant prediction's loss",
    )  # fmt: skip


def _not_trivial(compared: _Compared, reference: float, level: float) -> tuple[CertificateTest, CertificateTest]:
    """Two tests of which one must pass; the other then decides nothing."""
    upper = upper_bound(compared.own - compared.still, level) / reference
    conjugates = float(np.median(np.mean(compared.decoys - compared.still, axis=1))) / reference
    beyond = float(np.mean(compared.beyond - compared.still)) / reference
    bounds = CONTRAST * conjugates, beyond / (STEEP * BEYOND**2)
    passed = [upper <= bound for bound in bounds]
    marks = [True if each else None if any(passed) else False for each in passed]
    cost = f"moving within the ranges costs surely at most {upper:.3g} of a constant prediction's loss"
    details = f"{cost}, as far by conjugates {conjugates:.3g}", f"{cost}, {BEYOND:g} times as far {beyond:.3g}"
    names = "costs less than its conjugates", "ends where it begins to cost"
    first, second = (
        CertificateTest(name, upper, bound, mark, detail)
        for name, bound, mark, detail in zip(names, bounds, marks, details, strict=True)
    )
    return first, second
