"""Algebras that noise hides are found by asking for them, and names that noise makes are not trusted."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.arrays.matrices import Array, block_diagonal
from symdsl.groups.families.affine import heisenberg, poincare, special_euclidean
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.families.classical import unitary
from symdsl.groups.group import Group
from symdsl.groups.identification.closing import close
from symdsl.groups.identification.hypotheses import close_as, closed_as_fragile
from symdsl.groups.identification.identify import identify
from symdsl.groups.identification.stability import settle, stable_name

from .conjugates import disguised, distance, noisy

PLANE = special_orthogonal(2).lie_algebra
FRAGILE: dict[str, Group] = {
    "se(2)": special_euclidean(2),
    "heisenberg(3)": heisenberg(),
    "se(3)": special_euclidean(3),
    "iso(1,2)": poincare(3),
}


@pytest.mark.parametrize("name", FRAGILE)
@pytest.mark.parametrize("affine", [False, True])
def test_a_fragile_algebra_is_reached_by_name(name: str, affine: bool) -> None:
    algebra = FRAGILE[name].lie_algebra
    for seed in range(2):
        truth = algebra if affine else disguised(algebra, seed, condition=2.0)
        given = noisy(truth, 0.05, seed)
        if affine:
            given[:, -1] = 0.0
        closed = close_as(given, algebra)
        assert closed is not None
        assert identify(closed.generators).name == name
        assert closed.moved < 0.1
        assert distance(closed.generators, truth) < distance(given, truth)
        assert not affine or not np.any(closed.generators[:, -1])
        assert name in {identify(other.generators).name for _, other in closed_as_fragile(given)}


def test_a_rigid_algebra_is_not_taken_for_a_fragile_one() -> None:
    for group in (special_orthogonal(1, 3), special_orthogonal(2, 1)):
        assert not closed_as_fragile(noisy(disguised(group.lie_algebra, 0, condition=1.5), 0.02, 0))


def ensemble(algebra: Array, noise: float, seed: int) -> Array:
    """Eight estimates about one that is itself as far from the truth."""
    given = noisy(disguised(algebra, seed, condition=2.0), noise, seed)
    return np.stack([noisy(given, noise, 100 * seed + member) for member in range(8)])


@pytest.mark.parametrize("name", FRAGILE)
def test_noise_about_a_fragile_algebra_has_no_stable_name(name: str) -> None:
    for seed in range(2):
        assert stable_name(ensemble(FRAGILE[name].lie_algebra, 0.03, seed))[0] is None


@pytest.mark.parametrize(
    ("name", "algebra"),
    [
        ("so(5)", special_orthogonal(5).lie_algebra),
        ("so(1,3)", special_orthogonal(1, 3).lie_algebra),
        ("u(2)", unitary(2).lie_algebra),
        ("so(2)", block_diagonal([PLANE, 2.0 * PLANE])),
        ("so(3) + R", np.concatenate([special_orthogonal(3).lie_algebra, np.eye(3)[None]])),
    ],
)
def test_noise_about_a_rigid_algebra_or_a_circle_has_a_stable_name(name: str, algebra: Array) -> None:
    found, votes = stable_name(ensemble(algebra, 0.05, 1))
    assert found == name
    assert votes == {name: 8}


def test_a_spiral_settles_to_the_circle_next_to_it() -> None:
    truth = block_diagonal([PLANE, 2.0 * PLANE])
    closed = close(noisy(truth, 0.03, 5))
    assert closed is not None
    assert identify(closed.generators).name == "R"
    assert settle(closed, 1e-6) is None
    settled = settle(closed, 0.1)
    assert settled is not None
    assert identify(settled.generators).representation == "charge 2 + charge 1"
    assert 0.0 < settled.moved < 0.05
    assert settle(settled, 0.1) is None
