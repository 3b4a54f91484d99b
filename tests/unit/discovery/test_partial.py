"""Parts of groups: what moves within ranges, decoys that go as far, and certificates of ranges."""

from __future__ import annotations

import numpy as np

from symdsl.discovery.contender import contenders_of
from symdsl.discovery.discover import discover
from symdsl.discovery.estimate import Candidate
from symdsl.discovery.partial import Part, aligned, is_partial
from symdsl.discovery.population import Targets
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.families.pseudo_orthogonal import special_orthogonal

TURN = np.array([[[0.0, -1.0], [1.0, 0.0]]])


def test_samples_stay_within_the_ranges_and_outputs_move_along() -> None:
    x = np.tile([1.0, 0.0], (300, 1))
    part = Part(TURN, np.array([[0.1, 0.6]]), 2.0 * TURN, tied=False)
    moved, targets = part.moved(Problem(x, x), Targets(x), copies=4, seed=0)
    angles, turned = (np.arctan2(each[:, 1], each[:, 0]) for each in (moved, targets.values))
    assert 0.1 <= angles.min() < 0.11
    assert 0.59 < angles.max() <= 0.6
    np.testing.assert_allclose(turned, 2.0 * angles, atol=1e-12)
    np.testing.assert_allclose(part.widened(2.0).ends, [[-0.15, 0.85]])


def test_conjugates_go_as_far() -> None:
    problem = Problem(np.random.default_rng(0).standard_normal((4000, 2)), None)
    part = Part(TURN, np.array([[-1e-3, 1e-3]]), None, tied=False)
    other = part.conjugate(np.array([[3.0, 1.0], [0.0, 0.5]]), problem)
    targets = Targets(np.zeros((4000, 1)))
    x = np.tile(problem.x, (50, 1))
    far = [np.mean((each.moved(problem, targets, 50, 0)[0] - x) ** 2) for each in (part, other)]
    np.testing.assert_allclose(far[1], far[0], rtol=1e-2)
    assert not np.allclose(other.generators, part.generators)


def test_generators_keep_their_ranges() -> None:
    generators = special_orthogonal(3).lie_algebra[[2, 0, 1]] * np.array([1.0, -2.0, 3.0])[:, None, None]
    candidate = Candidate(generators, ranges=np.array([[-1.0, 1.0], [-np.inf, np.inf], [0.0, 2.0]]))
    assert is_partial(candidate)
    assert not is_partial(Candidate(generators, ranges=np.full((3, 2), np.inf) * [-1.0, 1.0]))
    np.testing.assert_allclose(aligned(candidate, contenders_of(candidate)[-1]).generators, generators, atol=1e-9)


def test_an_absent_symmetry_is_not_certified() -> None:
    x = np.random.default_rng(0).standard_normal((300, 2))
    settings = {"steps": 60, "widths": [8], "rate": 1e-2}
    options = Options(within="SO(2)", by="augmentation_range", settings=settings, decoys=3, discrete=())
    found = discover(Problem(x, (x[:, 0] > 0.0).astype(int), classes=2), options)
    assert found.findings
    assert found.card is None or found.card.certificate.verdict != "certified"
