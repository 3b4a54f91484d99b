"""Which proposals pass: on one part of the data for a first look, on another for the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.discovery.bounds import upper_bound
from symdsl.discovery.discrete.evidence import Sample, decoys, losses
from symdsl.discovery.discrete.neighbours import Predictor
from symdsl.discovery.discrete.proposal import Array, Axis, Proposal

SHARE: Final = 0.25
"""What an element may add to the error of a predictor, as a part of that error."""
LEAST: Final = 1e-4
"""What it may always add, as a part of the error of a constant."""
_CONTRAST: Final = 0.5
"""What it may add as a part of what decoys add."""
_LOOK: Final = 400
_STRANGERS: Final = 500
"""Samples that decoys move."""
_KEPT: Final = 0.98
"""The quantile of a predictor's errors at which all errors are cut off: a few wild ones would hide every difference."""


@dataclass(frozen=True)
class Score:
    """A proposal on held-out data, in parts of the error of a constant.

    `difference` is what g, g^2, ... add to the error of the predictor that it adds most to, `upper` the end of its
    interval, `bound` what that is held against, `decoys` what random motions of the same coordinates add (their lowest
    tenth, by the predictor that sees them best).
    """

    kind: str
    text: str
    difference: float
    upper: float
    bound: float
    decoys: float
    passed: bool


@dataclass(frozen=True, eq=False)
class Asked:
    """A proposal with its output action (None for invariance) and its errors by the best predictor (N,)."""

    proposal: Proposal
    output: Array | None
    errors: Array

    @property
    def order(self) -> int:
        """The order of its element."""
        return self.proposal.order


@dataclass(frozen=True, eq=False)
class Judged:
    """What was asked on held-out data, with its score."""

    asked: Asked
    score: Score


@dataclass(frozen=True, eq=False)
class Bench:
    """Predictors, the best first, held-out samples, and the error of each predictor at each of them (P, N).

    Errors are cut off at `ceilings` (P,). Where g keeps the law of x and is a symmetry, those at g x have the same
    distribution as those at x, so that cutting off favours neither.
    """

    predictors: Sequence[Predictor]
    sample: Sample
    base: Array
    ceilings: Array

    @staticmethod
    def of(predictors: Sequence[Predictor], sample: Sample) -> Bench:
        """The bench with the errors of the predictors."""
        identity = np.eye(sample.x.shape[-1])
        base = np.stack([losses(each, sample, identity, None, "vectors") for each in predictors])
        ceilings = np.maximum(np.quantile(base, _KEPT, axis=1), 20.0 * LEAST)
        return Bench(predictors, sample, np.minimum(base, ceilings[:, None]), ceilings)

    def errors(
        self, index: int, matrix: Array, on: Axis, output: Array | None = None, count: int | None = None
    ) -> Array:
        """The errors of a predictor after a motion of the first `count` samples, or all (N,)."""
        found = losses(self.predictors[index], self.sample.first(count), matrix, output, on)
        return np.minimum(found, self.ceilings[index])

    def power_errors(self, index: int, proposal: Proposal, output: Array | None, count: int | None = None) -> Array:
        """The mean of the errors of a predictor over g, g^2, ..., all powers but the identity (N,)."""
        total, power = 0.0, None
        for matrix in proposal.powers:
            power = None if output is None else (output if power is None else power @ output)
            total = total + self.errors(index, matrix, proposal.on, power, count)
        return np.asarray(total) / (proposal.order - 1)

    def bound(self, index: int, delta: float) -> float:
        """What an element may add to the error of a predictor: a quarter of it, at most `delta`."""
        return min(delta, max(SHARE * float(np.mean(self.base[index])), LEAST))


def looks_true(bench: Bench, proposal: Proposal, output: Array | None, delta: float) -> Asked | None:
    """What was asked, if the interval of what it adds to the error of the best predictor reaches down to the bound."""
    bound = bench.bound(0, delta)
    for matrices, count in ((1, _LOOK), (proposal.order, _LOOK), (proposal.order, None)):
        if matrices == 1:
            errors = bench.errors(0, proposal.matrix, proposal.on, output, count)
        else:
            errors = bench.power_errors(0, proposal, output, count)
        added = errors - bench.base[0, : len(errors)]
        if np.mean(added) - 3.0 * np.std(added) / np.sqrt(len(added)) > bound:
            return None
    return Asked(proposal, output, errors)


def judge(bench: Bench, asked: Asked, algebra: Array, delta: float, level: float, count: int) -> Judged:
    """The verdict on held-out samples: no predictor may be troubled, and one must see `count` decoys.

    (a) For every predictor, the upper end of the paired interval at `level` of what the element adds is at most a
    quarter of the error itself, and at most `delta`. (b) For one of them it is at most half of what 9 of 10 decoys
    add.
    """
    proposal, output = asked.proposal, asked.output
    generator = np.random.default_rng(len(proposal.text))
    strangers = decoys(proposal, algebra, count, generator)
    worst, sharpest, passed, seen = (-np.inf, 0.0, 0.0, 0.0), 0.0, True, False
    own = []
    for index in range(len(bench.predictors)):
        own.append(bench.power_errors(index, proposal, output))
        differences = own[-1] - bench.base[index]
        end, bound = upper_bound(differences, level), bench.bound(index, delta)
        passed &= end <= bound
        if end - bound > worst[0]:
            worst = (end - bound, float(np.mean(differences)), end, bound)
        if passed:
            base = bench.base[index, :_STRANGERS]
            added = [np.mean(bench.errors(index, each, proposal.on, None, _STRANGERS) - base) for each in strangers]
            lowest = float(np.quantile(added, 0.1))
            sharpest = max(sharpest, lowest)
            seen |= end <= _CONTRAST * lowest
    score = Score(proposal.kind, proposal.text, *worst[1:], sharpest, passed and seen)
    return Judged(Asked(proposal, output, own[0]), score)
