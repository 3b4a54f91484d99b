"""Random elements lie in the group, and are spread as promised."""

import numpy as np
import pytest

from symdsl.groups.families.catalogue import (
    cyclic,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.group import Group

PSEUDO = [
    special_orthogonal(3),
    orthogonal(4),
    lorentz(),
    orthogonal(2, 3),
    special_orthogonal(2, 2),
    special_orthogonal(1),
]


@pytest.mark.parametrize("group", PSEUDO, ids=str)
def test_metric_is_kept(group: Group) -> None:
    plus, minus = group.signature or (0, 0)
    metric = np.diag([1.0] * plus + [-1.0] * minus)
    samples = group.sample(np.random.default_rng(0), 200)
    error = np.abs(samples.transpose(0, 2, 1) @ metric @ samples - metric).max(axis=(1, 2))
    assert np.max(error / np.abs(samples).max(axis=(1, 2)) ** 2) < 1e-13


def test_all_components_are_met() -> None:
    samples = lorentz().sample(np.random.default_rng(0), 200)
    signs = {(int(a), int(b)) for a, b in zip(np.sign(samples[:, 0, 0]), np.sign(np.linalg.det(samples)), strict=True)}
    assert len(signs) == 4
    proper = lorentz(parity=False, time_reversal=False).sample(np.random.default_rng(0), 200)
    assert np.all(proper[:, 0, 0] >= 1.0)
    assert np.all(np.linalg.det(proper) > 0.0)


def test_rapidity_is_bounded() -> None:
    samples = lorentz().sample(np.random.default_rng(0), 500, bound=2.0)
    boost = np.abs(samples[:, 0, 0])
    assert np.max(boost) <= np.cosh(2.0) + 1e-12
    assert np.max(boost) > np.cosh(1.5)


@pytest.mark.parametrize("group", [special_orthogonal(3), orthogonal(3), symmetric(4), cyclic(5)], ids=str)
def test_haar_moments(group: Group) -> None:
    samples = group.sample(np.random.default_rng(0), 20_000)
    trivial = 1.0 if group.family == "symmetric" else 0.0
    traces = np.trace(samples, axis1=1, axis2=2)
    assert abs(traces.mean() - trivial) < 0.05
    expected = {"special_orthogonal": 1.0, "orthogonal": 1.0, "symmetric": 2.0, "cyclic": 2.0}[group.family]
    assert abs((traces**2).mean() - expected) < 0.1


def test_generated_groups_are_sampled_inside() -> None:
    shear = matrix_group([[[0, 1], [0, 0]]]).sample(np.random.default_rng(0), 20)
    assert np.array_equal(shear[:, 1], np.tile([0.0, 1.0], (20, 1)))
    quarter = matrix_group(discrete=[[[0, -1], [1, 0]]])
    assert len(set(quarter.index_of(quarter.sample(np.random.default_rng(0), 50)).tolist())) == 4
    turns = matrix_group([[[0, -1], [1, 0]]], [[[-1, 0], [0, 1]]]).sample(np.random.default_rng(0), 50)
    assert np.max(np.abs(turns.transpose(0, 2, 1) @ turns - np.eye(2))) < 1e-13
    assert {-1, 1} == set(np.round(np.linalg.det(turns)).astype(int).tolist())


def test_translations_and_products() -> None:
    whole = translations(2, integer=True).sample(np.random.default_rng(0), 30)
    assert np.array_equal(whole, np.round(whole))
    pairs = product(symmetric(4), translations(2)).sample(np.random.default_rng(0), 30)
    assert not np.any(pairs[:, :4, 4:])
    assert np.max(np.abs(pairs[:, 4:6, 6])) <= 2.0


def test_same_seed_same_elements() -> None:
    first, second = (lorentz().sample(np.random.default_rng(7), 5) for _ in range(2))
    assert first.tobytes() == second.tobytes()
