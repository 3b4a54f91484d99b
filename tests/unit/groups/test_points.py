"""Where points lie in arrays, what their centroid is, and what is left of them when it is taken off."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.actions.points import about_centroid, numbers_of_points, of_linear_group, points_in
from symdsl.groups.combinations import Pulled, Sum
from symdsl.groups.families.affine import euclidean, galilei, poincare
from symdsl.groups.families.catalogue import orthogonal, product, symmetric, translations
from symdsl.groups.families.classical import symplectic
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Trivial

E2, BOTH, MIXED = euclidean(2), product(euclidean(2), symmetric(4)), product(translations(2), symplectic(4))
TURN = LinearPart(E2)
PHASE = Sum((LinearPart(galilei(1)), Dual(LinearPart(galilei(1)))))
PLACED = {
    "one": Action(E2, (2,), (((0,), TURN),), Offset(0)),
    "several": Action(E2, (3, 2), (((1,), TURN),), Offset(1)),
    "coordinates first": Action(E2, (2, 3), (((0,), TURN),), Offset(0)),
    "positions of a phase space": Action(E2, (3, 2, 2), (((2,), TURN),), Offset(2, ((1, 0),))),
    "events and their momenta": Action(galilei(1), (3, 2, 2), (((1, 2), PHASE),), Offset(2, ((1, 0),))),
    "alike": Action(
        BOTH, (4, 2), (((0,), Pulled(BOTH, 1, Permutation(symmetric(4)))), ((1,), Pulled(BOTH, 0, TURN))),
        Offset(1, factor=0),
    ),
    "shifted alone": Action(translations(2), (3, 2), (), Offset(1)),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACED)
def test_differences_from_the_centroid_move_by_the_linear_part(name: str) -> None:
    action, generator = PLACED[name], np.random.default_rng(0)
    points = points_in(action)
    assert points is not None
    array = generator.standard_normal((5, *action.shape))
    centroid = points.mean(array)
    left = points.differences(array, centroid)
    assert points.mean(left) == pytest.approx(0.0, abs=1e-15)
    linear = Action(action.group, action.shape, action.factors)
    for element in action.group.sample(generator, 3):
        moved = action.apply(element, array)
        np.testing.assert_allclose(points.centroid_action(action).apply(element, centroid), points.mean(moved), 1e-12)
        differences = points.differences(moved, points.mean(moved))
        np.testing.assert_allclose(differences, linear.apply(element, left), atol=1e-12)


def test_points_are_counted_by_how_they_move() -> None:
    counts = [(points_in(action) or pytest.fail(name)).count for name, action in PLACED.items()]
    assert counts == [1, 3, 3, 3, 3, 4, 3]
    alike = [PLACED[name] for name in ("one", "several", "positions of a phase space")]
    assert numbers_of_points(alike) == {(None, TURN): 7}
    assert (points_in(PLACED["alike"]) or pytest.fail("alike")).motion == (0, Pulled(BOTH, 0, TURN))


@pytest.mark.parametrize(
    "action",
    [
        Action(E2, (3, 2), (((1,), TURN),)),
        Action(orthogonal(2), (2,), (((0,), Defining(orthogonal(2))),)),
        Action(MIXED, (2, 2), (((0, 1), Pulled(MIXED, 1, Defining(symplectic(4)))),), Offset(1, ((0, 0),), 0)),
        Action(E2, (2, 2), (((0,), TURN), ((1,), TURN)), Offset(1)),
        Action(E2, (2, 3, 2), (((2,), TURN),), Offset(2, ((0, 0), (1, 1)))),
    ],
    ids=["vectors", "no motions", "mixed with momenta", "the sum over points changes", "one slice of a slice"],
)
def test_what_has_no_differences_has_no_points(action: Action) -> None:
    assert points_in(action) is None


def test_one_point_alone_is_left_out() -> None:
    vector = Action(E2, (2,), (((0,), TURN),))
    phase = Action(E2, (2, 2), (((1,), TURN),), Offset(1, ((0, 0),)))
    assert about_centroid({"x": PLACED["one"], "v": vector}) == {"v": vector}
    assert about_centroid({"x": PLACED["one"], "y": PLACED["one"]}) == {"x": vector, "y": vector}
    assert set(about_centroid({"z": phase})) == {"z"}


def test_actions_of_motions_that_translations_leave_alone_are_those_of_the_linear_group() -> None:
    group = poincare()
    four = LinearPart(group)
    below = of_linear_group(Action(group, (2, 4, 9), (((1,), Dual(four)), ((2,), Sum((four, four, Trivial(group)))))))
    assert below is not None
    assert group.linear is not None
    vector = Defining(group.linear)
    assert below.factors == (((1,), Dual(vector)), ((2,), Sum((vector, vector, Trivial(group.linear)))))
    for moved in (PLACED["one"], PLACED["alike"], Action(E2, (3,), (((0,), Defining(E2)),))):
        assert of_linear_group(moved) is None
