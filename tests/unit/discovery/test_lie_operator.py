"""Lie operators: derivatives by finite differences, known operators found, coefficients inferred, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.discover import discover
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.lie_operator.chain import Operator, backward
from symdsl.discovery.estimators.lie_operator.declaration import LieOperatorOptions
from symdsl.discovery.estimators.lie_operator.estimator import estimate, held_out
from symdsl.discovery.estimators.lie_operator.learn import first_order
from symdsl.discovery.estimators.lie_operator.smoothed import Pairs
from symdsl.discovery.problem import Options, Problem

SIZE = 9


def derivative():
    frequencies = np.fft.fftfreq(SIZE) * SIZE
    return np.real(np.fft.ifft((2j * np.pi * frequencies / SIZE)[:, None] * np.fft.fft(np.eye(SIZE)), axis=0))


def shifts(count, most, noise=0.0, seed=0):
    random = np.random.default_rng(seed)
    x, by = random.uniform(size=(count, SIZE)), random.uniform(-most, most, count)
    phases = np.exp(2j * np.pi * np.fft.fftfreq(SIZE) * by[:, None])
    y = np.real(np.fft.ifft(np.fft.fft(x) * phases))
    return Problem(x, y + noise * random.normal(size=x.shape), "views"), by


def found(problem, coefficients=None, **settings):
    return estimate(problem, Options(), LieOperatorOptions(**settings), Silent(), coefficients)


def cosine(one, other):
    return abs(np.sum(one * other)) / (np.linalg.norm(one) * np.linalg.norm(other))


def test_blurred_operators_are_means_of_exponentials_and_their_derivatives_those_of_the_loss() -> None:
    random = np.random.default_rng(0)
    matrix, x, y = random.normal(size=(4, 4)) / 2, random.normal(size=(3, 4)), random.normal(size=(3, 4))
    mu, sigma = random.normal(size=3), random.uniform(0.1, 0.5, 3)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    mean = [
        sum(w * expm((m + s * node) * matrix) for node, w in zip(nodes, weights, strict=True)) / weights.sum() @ row
        for m, s, row in zip(mu, sigma, x, strict=True)
    ]
    assert np.allclose(Operator.of(matrix).apply(mu, sigma, x), mean, atol=1e-10)

    def loss(a, m, s, z):
        return 0.5 * np.sum((Operator.of(a).apply(m, s, z) - y) ** 2)

    point = (matrix, mu, sigma, x)
    slopes = backward(Operator.of(matrix), mu, sigma, x, Operator.of(matrix).apply(mu, sigma, x) - y)
    for place, slope in enumerate((slopes.matrix, slopes.mu, slopes.sigma, slopes.inputs)):
        step = np.zeros(4, object)
        step[place] = 1e-6 * random.normal(size=slope.shape)
        ahead, behind = (loss(*(p + sign * s for p, s in zip(point, step, strict=True))) for sign in (1, -1))
        assert np.isclose((ahead - behind) / 2, np.sum(slope * step[place]), rtol=1e-6)


def test_a_large_shift_is_found_where_its_coefficients_are_unknown() -> None:
    problem, by = shifts(300, 1.0)
    plain, _ = first_order(Pairs(problem.x, problem.y), np.random.default_rng(0).normal(size=(1, SIZE, SIZE)))
    assert cosine(plain[0], derivative()) < 0.9
    run = found(problem)
    assert cosine(run.candidates[0].generators[0], derivative()) > 0.999
    assert abs(np.corrcoef(run.arrays["coefficients"][0], by)[0, 1]) > 0.999


def test_known_coefficients_of_any_size_and_noise() -> None:
    problem, by = shifts(400, 3.0, noise=0.01)
    assert cosine(found(problem, by).candidates[0].generators[0], derivative()) > 0.999


def test_two_operators_in_sequence_are_found_together() -> None:
    random = np.random.default_rng(0)
    one, two = np.zeros((2, 6, 6))
    one[0, 1], one[1, 0] = -1.0, 1.0
    two[2, 3], two[3, 2], two[4, 5], two[5, 4] = -1.0, 1.0, -1.0, 1.0
    x, by = random.normal(size=(150, 6)), random.uniform(-0.4, 0.4, (2, 150))
    y = np.stack([expm(a * one + b * two) @ row for a, b, row in zip(*by, x, strict=True)])
    span = found(Problem(x, y, "views"), operators=2).candidates[0].generators
    truth = np.stack([one / np.linalg.norm(one), two / np.linalg.norm(two)])
    cosines = np.linalg.svd(span.reshape(2, -1) @ truth.reshape(2, -1).T, compute_uv=False)
    assert cosines.min() > 0.999


def test_held_out_pairs_tell_the_true_operator_from_a_conjugate_and_from_none() -> None:
    problem, _ = shifts(100, 3.0, noise=0.01, seed=3)
    change = np.random.default_rng(0).normal(size=(SIZE, SIZE)) / 6 + np.eye(SIZE)
    decoy = change @ derivative() @ np.linalg.inv(change)
    still = np.sum((problem.y - problem.x) ** 2, axis=1)
    own, other = (held_out(problem, each[None]) for each in (derivative(), decoy))
    assert own.shape == (100,)
    assert np.mean(own) < 1.1 * SIZE * 0.01**2
    assert np.mean(own) < 0.01 * np.mean(other) < 0.01 * np.mean(still)


def test_views_become_a_certified_card_and_unrelated_views_do_not() -> None:
    problem, _ = shifts(400, 0.8, noise=0.01, seed=1)
    found = discover(problem, Options(by="lie_operator"))
    assert found.card is not None
    assert found.card.certificate.verdict == "certified"
    assert cosine(found.card.generators[0], derivative()) > 0.99
    shuffled = Problem(problem.x, problem.y[::-1], "views")
    refuted = discover(shuffled, Options(by="lie_operator", settings={"iterations": 5, "starts": 1}))
    assert refuted.card is None
    assert [each.certificate.verdict for each in refuted.findings] == ["refuted"]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (shifts(12, 1.0)[0], "SYM1351"),
        (Problem(np.ones((50, 3, 3)), np.zeros((50, 3, 3)), "views"), "SYM1352"),
        (Problem(np.eye(30), np.eye(30), "views"), "SYM1352"),
        (Problem(np.eye(30), None, "density"), "SYM1350"),
    ],
)
def test_what_gives_no_operator_is_said(problem: Problem, code: str) -> None:
    with pytest.raises(SymdslError, match=code):
        found(problem)
