"""Lie operators of pairs of views (Rao & Ruderman 1999), against plain alternation: shifts of signals, turns of images.

python -m bench.lie_operator

About four minutes on one core, five seeds a row. Signals: N = 20, periodic, uniform white without the Nyquist
frequency; the truth is the derivative of the band-limited interpolation. Images: 11 x 11, smooth (21 functions of the
harmonic oscillator, band-limited, on which the generator of turns is exact: no interpolation). Cosines are those of
the learned operator with the true one, the smallest of the seeds; noise is on the second view only.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from bench.record import Row, record
from bench.views import Array, Views, shifted, turned
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.lie_operator.declaration import LieOperatorOptions
from symdsl.discovery.estimators.lie_operator.estimator import estimate, held_out, span_of
from symdsl.discovery.estimators.lie_operator.learn import first_order
from symdsl.discovery.estimators.lie_operator.smoothed import Pairs
from symdsl.discovery.problem import Options, Problem

SEEDS = range(5)
ENOUGH = 0.99


def cosine(found: Array, truth: Array) -> float:
    """Of two matrices, without sign."""
    return float(abs(np.sum(found * truth)) / (np.linalg.norm(found) * np.linalg.norm(truth)))


def alternation(views: Views, seed: int) -> float:
    """The cosine of plain first-order alternating least squares from a random start."""
    basis = span_of(views.x)
    start = np.random.default_rng(seed).normal(size=(1, basis.shape[1], basis.shape[1]))
    matrices, _ = first_order(Pairs(views.x @ basis, views.y @ basis), start)
    return cosine(basis @ matrices[0] @ basis.T, views.operator)


def rows_of(name: str, draw: Callable[[np.random.Generator], Views], judged: bool) -> list[Row]:
    """Unknown and known coefficients, plain alternation, and the error on other pairs against the identity's."""
    own, known, plain, coefficients, left = [], [], [], [], []
    start = time.perf_counter()
    for seed in SEEDS:
        views = draw(np.random.default_rng(seed))
        problem, options = Problem(views.x, views.y, "views"), Options(seed=seed)
        found = estimate(problem, options, LieOperatorOptions(), Silent())
        told = estimate(problem, options, LieOperatorOptions(), Silent(), views.coefficients)
        own.append(cosine(found.candidates[0].generators[0], views.operator))
        known.append(cosine(told.candidates[0].generators[0], views.operator))
        plain.append(alternation(views, seed))
        coefficients.append(abs(np.corrcoef(found.arrays["coefficients"][0], views.coefficients)[0, 1]))
        other = draw(np.random.default_rng([seed, 1]))
        unseen = Problem(other.x[:200], other.y[:200], "views")
        change = np.sum((other.y[:200] - other.x[:200]) ** 2, axis=1)
        left.append(np.mean(held_out(unseen, found.candidates[0].generators)) / np.mean(change))
    seconds = (time.perf_counter() - start) / len(SEEDS)
    target, met = (f"> {ENOUGH}", min(own) > ENOUGH) if judged else ("", None)
    return [
        Row(f"{name}: cosine, coefficients unknown", f"{min(own):.5f}", target, met),
        Row(f"{name}: cosine, known; plain alternation", f"{min(known):.5f}; {min(plain):.3f}"),
        Row(f"{name}: correlation of coefficients", f"{min(coefficients):.4f}"),
        Row(f"{name}: left of the change on unseen pairs, worst", f"{max(left):.1e}"),
        Row(f"{name}: seconds a seed, everything", f"{seconds:.1f}"),
    ]


def main() -> None:
    """Measure and record."""
    rows: list[Row] = []
    for most in (0.05, 0.2, 0.5, 1.0, 2.0):
        rows += rows_of(f"shift <= {most:g}, 2,000 pairs", lambda r, m=most: shifted(20, 2000, m, 0.0, r), True)
    for most, noise, count in ((0.05, 0.01, 2000), (0.5, 0.01, 2000), (2.0, 0.01, 2000), (1.0, 0.05, 2000),
                               (0.05, 0.0, 200), (1.0, 0.0, 200), (4.0, 0.0, 2000)):  # fmt: skip
        name = f"shift <= {most:g}, noise {noise:g}, {count:,} pairs"
        rows += rows_of(name, lambda r, m=most, n=noise, c=count: shifted(20, c, m, n, r), False)
    for most, noise in ((0.2, 0.0), (0.5, 0.01), (1.0, 0.01)):
        name = f"turn <= {most:g} rad, noise {noise:g}, 1,000 pairs"
        rows += rows_of(name, lambda r, m=most, n=noise: turned(11, 5, 1000, m, n, r), True)
    rows += rows_of("turn <= 2 rad, 1,000 pairs", lambda r: turned(11, 5, 1000, 2.0, 0.0, r), False)
    record("lie_operator", "Lie operators of pairs of views", "python -m bench.lie_operator", rows)


if __name__ == "__main__":
    main()
