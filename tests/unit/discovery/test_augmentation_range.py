"""Ranges grow where labels allow it and shrink where they do not."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.augmentation_range.declaration import AugmentationRangeOptions
from symdsl.discovery.estimators.augmentation_range.estimator import PLANAR, estimate
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.ranges import period

TURN = np.array([[[0.0, -1.0], [1.0, 0.0]]])
SETTINGS = AugmentationRangeOptions(steps=120, widths=[16], rate=1e-2, range_rate=0.1, reward=0.1)


def half_width(labels: np.ndarray, x: np.ndarray) -> float:
    """The learned half width of the turn."""
    problem = Problem(x, labels, classes=2, basis=TURN)
    return estimate(problem, Options(), SETTINGS, Silent()).figures["half width 1"]


def test_wide_where_all_turns_hold_and_narrow_where_none_does() -> None:
    x = np.random.default_rng(0).standard_normal((800, 2))
    radial = half_width((np.sum(x**2, axis=1) > 1.4).astype(int), x)
    halves = half_width((x[:, 0] > 0.0).astype(int), x)
    assert radial > 1.5
    assert halves < 0.7 < radial


def test_the_same_seed_gives_the_same_ranges() -> None:
    x = np.random.default_rng(0).standard_normal((100, 6, 6))
    settings = AugmentationRangeOptions(steps=10, widths=[8], acts="affine")
    problem = Problem(x, x[:, 0, 0])
    first, second = (estimate(problem, Options(seed=3), settings, Silent()).candidates[0] for _ in range(2))
    assert first.ranges is not None
    assert first.ranges.shape == (len(PLANAR), 2)
    np.testing.assert_array_equal(first.ranges, second.ranges)


def test_periods() -> None:
    assert period(TURN[0]) == pytest.approx(2.0 * np.pi)
    assert period(PLANAR[1]) == period(PLANAR[3]) == np.inf


@pytest.mark.parametrize(("problem", "acts"), [
    (Problem(np.zeros((9, 2)), np.zeros(9)), "vectors"),
    (Problem(np.zeros((9, 2)), np.zeros(9)), "rotation"),
])  # fmt: skip
def test_nothing_to_learn_ranges_of(problem: Problem, acts: str) -> None:
    with pytest.raises(SymdslError) as caught:
        estimate(problem, Options(), AugmentationRangeOptions.model_validate({"acts": acts}), Silent())
    assert caught.value.diagnostics[0].code == "SYM1340"
