"""Averages against closed formulas and against Haar samples."""

import numpy as np
import pytest

from symdsl.groups.combinations import Sum
from symdsl.groups.families.catalogue import cyclic, orthogonal, special_orthogonal, symmetric, translations
from symdsl.groups.group import Group
from symdsl.groups.maps.averages import class_average, depends_on_trace
from symdsl.groups.representation import Defining, Dual, Regular, Trivial


@pytest.mark.parametrize(
    "group",
    [special_orthogonal(2), special_orthogonal(3), special_orthogonal(6), orthogonal(2), orthogonal(5), orthogonal(6)],
    ids=str,
)
def test_moments_of_the_trace_agree_with_haar_samples(group: Group) -> None:
    average = class_average(group, 6, trace_only=False)
    assert average is not None
    elements, weights = average
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.max(np.abs(elements @ elements.swapaxes(1, 2) - np.eye(group.dimension))) < 1e-12
    traces = np.trace(group.sample(np.random.default_rng(0), 40_000), axis1=1, axis2=2)
    for power in range(1, 5):
        exact = np.sum(weights * np.trace(elements, axis1=1, axis2=2) ** power)
        spread = np.std(traces**power) / 200.0
        assert abs(exact - np.mean(traces**power)) < 5.0 * spread + 1e-12


def test_fixed_points_agree_with_all_permutations() -> None:
    group = symmetric(6)
    average = class_average(group, 3, trace_only=True)
    assert average is not None
    traces = np.trace(group.elements(), axis1=1, axis2=2)
    for power in range(6):
        assert np.sum(average[1] * average[0][:, 0, 0] ** power) == pytest.approx(np.mean(traces**power), rel=1e-12)


def test_what_has_no_average() -> None:
    assert class_average(translations(2), 2, trace_only=True) is None
    assert class_average(orthogonal(3), None, trace_only=False) is None
    assert class_average(symmetric(12), None, trace_only=False) is None


def test_trace_dependence() -> None:
    group = cyclic(4)
    assert depends_on_trace(Sum((Trivial(group), Dual(Defining(group)))))
    assert not depends_on_trace(Sum((Trivial(group), Regular(group))))
