"""The transforming autoencoder: circular shifts are learned as a turn of codes, which stays undecided; refusals."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.checks import check_features
from symdsl.discovery.discover import discover
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.transforming_vae.declaration import TransformingVaeOptions
from symdsl.discovery.estimators.transforming_vae.estimator import estimate, whole_distance
from symdsl.discovery.problem import Options, Problem


def bumps(count, most, seed=0, size=48):
    random = np.random.default_rng(seed)
    places = 2 * np.pi * np.arange(size) / size
    centre, by = random.uniform(0, 2 * np.pi, (count, 1)), random.uniform(-most, most, (count, 1))
    x, y = (np.exp(2 * (np.cos(places - centre - each) - 1)) for each in (0, by))
    return Problem(x, y, "views"), by[:, 0]


def test_shifts_are_learned_as_a_turn_of_codes_and_reported_undecided() -> None:
    problem, by = bumps(700, 1.0)
    settings = {"codes": 3, "width": 32, "epochs": 13, "starts": 1, "batch": 32, "algebra": 0.05}
    found = estimate(problem, Options(seed=1), TransformingVaeOptions(**settings), Silent())
    places = found.arrays["places"].astype(int)
    assert abs(np.corrcoef(found.arrays["coefficients"][:, 0], by[places])[0, 1]) > 0.95
    assert found.figures["left of the change"] < 0.1
    assert found.candidates[0].space == "codes"

    discovery = discover(problem, Options(by="transforming_vae", settings={**settings, "epochs": 1}))
    (finding,) = discovery.findings
    assert finding.certificate is not None
    assert finding.certificate.verdict == "undecided"
    assert discovery.card is finding.card is finding.decoys is None


def test_smooth_views_may_be_collinear() -> None:
    problem, _ = bumps(60, 1.0)
    names = [f"x[{place}]" for place in range(48)]
    check_features(problem, names)
    with pytest.raises(SymdslError):
        check_features(Problem(problem.x, None, "density"), names)


def test_the_distance_of_a_spectrum_is_that_from_whole_multiples_of_its_unit() -> None:
    turn = np.zeros((4, 4))
    turn[0, 1], turn[1, 0], turn[2, 3], turn[3, 2] = -2, 2, -5, 5
    codes = np.random.default_rng(0).normal(size=(5000, 4))
    assert whole_distance(turn, codes, 1.0) < 1e-12
    assert abs(whole_distance(turn, codes) - np.sqrt(0.5) * 0.5) < 0.02
    assert abs(whole_distance(turn + 0.3 * np.eye(4), codes, 1.0) - 0.3) < 1e-9


def test_pairs_that_cannot_be_learned_from_are_refused() -> None:
    problem, _ = bumps(40, 1.0)
    still = Problem(np.ones((60, 4)), np.ones((60, 4)), "views")
    for given, code in ((problem, "SYM1351"), (still, "SYM1352"), (Problem(problem.x, None, "density"), "SYM1350")):
        with pytest.raises(SymdslError) as refusal:
            estimate(given, Options(), TransformingVaeOptions(), Silent())
        assert refusal.value.diagnostics[0].code == code
