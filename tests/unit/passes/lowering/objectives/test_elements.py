"""Elements that the plan draws lie in the group, and have the law of `Group.sample`."""

import numpy as np
import pytest

from symdsl.groups.families.affine import affine
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.families.finite import alternating
from symdsl.groups.families.permutations import permutation_group, rubiks_cube
from symdsl.groups.group import Group
from symdsl.passes.lowering.objectives.elements import form_of
from tests.unit.passes.lowering.objectives.moving import drawn

COUNT = 20_000
QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])
ALMOST_PLANE = np.zeros((3, 3, 3))
ALMOST_PLANE[0, :2, :2] = QUARTER
ALMOST_PLANE[1, 0, 2] = ALMOST_PLANE[2, 1, 2] = 1.0

GROUPS = [
    cyclic(1),
    cyclic(6),
    dihedral(5),
    symmetric(4),
    symmetric(9),
    alternating(9),
    permutation_group(12, ["(1 2 3 4 5 6)(7 8 9 10 11 12)", "(1 2)", "(7 8)"]),
    affine(alternating(8)),
    translations(3),
    special_orthogonal(2),
    orthogonal(2),
    special_orthogonal(3),
    orthogonal(3),
    special_orthogonal(5),
    lorentz(),
    orthogonal(2, 2),
    special_orthogonal(1, 1),
    product(orthogonal(3), symmetric(4), translations(2)),
    matrix_group(generators=ALMOST_PLANE),
    matrix_group(generators=QUARTER[None], discrete=np.diag([1.0, -1.0])[None]),
    matrix_group(discrete=QUARTER[None]),
]


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_moments_are_those_of_the_group_algebra(group: Group) -> None:
    """First and second moments of all entries, and of products of neighbours, within five standard errors."""
    found, _ = drawn(group, COUNT)
    wanted = group.sample(np.random.default_rng(1), COUNT)
    assert found.shape == wanted.shape
    for function in (lambda g: g, np.square, lambda g: g * np.roll(g, 1, axis=-1), lambda g: g @ g):
        ours, theirs = function(found), function(wanted)
        error = np.sqrt((ours.var(axis=0) + theirs.var(axis=0)) / COUNT)
        assert np.all(np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= 5.0 * error + 1e-9)


@pytest.mark.parametrize("group", [group for group in GROUPS if group.signature is not None], ids=str)
def test_the_metric_is_kept(group: Group) -> None:
    plus, minus = group.signature or (0, 0)
    metric = np.diag([1.0] * plus + [-1.0] * minus)
    elements, _ = drawn(group, 500)
    error = np.abs(elements.swapaxes(1, 2) @ metric @ elements - metric).max(axis=(1, 2))
    assert np.max(error / np.abs(elements).max(axis=(1, 2)) ** 2) <= 1e-12


@pytest.mark.parametrize("size", [2, 3, 4, 7])
def test_rotations_have_determinant_one_and_reflections_both(size: int) -> None:
    rotations, _ = drawn(special_orthogonal(size), 300)
    np.testing.assert_allclose(np.linalg.det(rotations), 1.0, atol=1e-12)
    signs = np.sign(np.linalg.det(drawn(orthogonal(size), 300)[0]))
    assert set(signs) == {-1.0, 1.0}


@pytest.mark.parametrize("group", [group for group in GROUPS if group.finite and not group.factors], ids=str)
def test_elements_of_finite_groups_are_elements(group: Group) -> None:
    elements, _ = drawn(group, 300)
    if form_of(group) == "places":
        assert np.all((elements == 0.0) | (elements == 1.0))
        assert np.all(elements.sum(axis=1) == 1.0)
        assert np.all(elements.sum(axis=2) == 1.0)
    else:
        assert len(set(group.index_of(elements))) == group.order


def test_the_bound_is_a_bound() -> None:
    boosts, _ = drawn(lorentz(), 2_000, bound=0.5)
    assert np.cosh(0.45) < np.max(np.abs(boosts[:, 0, 0])) <= np.cosh(0.5) + 1e-12
    offsets, _ = drawn(translations(2), 2_000, bound=0.25)
    assert 0.24 < np.max(np.abs(offsets[:, :2, 2])) <= 0.25


def test_turns_of_the_cube_are_drawn() -> None:
    found, _ = drawn(rubiks_cube(), 300)
    assert bool(np.all(rubiks_cube().contains(found)))
    assert len(np.unique(found.reshape(300, -1), axis=0)) == 300
