"""Which axes are points, and what lies along the others."""

from __future__ import annotations

import numpy as np

from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.actions.invariant_theory import basis_count, invariant_count, tensor_terms
from symdsl.groups.actions.placement import find_setting, placement_of
from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.families.affine import euclidean, galilei, poincare, special_euclidean
from symdsl.groups.families.catalogue import cyclic, lorentz, orthogonal, product, symmetric, translations
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Trivial
from symdsl.groups.representations.canonical import canonical

BOTH = product(orthogonal(3), symmetric(4))
VECTOR = canonical(Pulled(BOTH, 0, Defining(orthogonal(3))))
POINTS = canonical(Pulled(BOTH, 1, Permutation(symmetric(4))))


def test_groups_that_have_a_setting() -> None:
    setting = find_setting(BOTH)
    assert setting is not None
    assert (setting.vector, setting.permutation, setting.points) == (VECTOR, POINTS, 4)
    alone = find_setting(symmetric(4))
    assert alone is not None
    assert (alone.vector, alone.points) == (None, 4)
    for group in (
        cyclic(4),
        product(symmetric(3), symmetric(4)),
        product(orthogonal(3), orthogonal(2)),
        product(orthogonal(3), cyclic(4)),
        symmetric(1),
    ):
        assert find_setting(group) is None


def test_motions_have_the_setting_of_their_linear_part() -> None:
    """Translations turn nothing, so that beside them vectors are numbers."""
    for group, linear in ((euclidean(3), orthogonal(3)), (poincare(), lorentz()), (galilei(), None)):
        setting = find_setting(group)
        assert (setting and setting.classical) == linear
        assert setting is None or setting.vector == LinearPart(group)
    both = product(special_euclidean(3), symmetric(4))
    setting = find_setting(both)
    assert setting is not None
    assert (setting.vector, setting.points) == (Pulled(both, 0, LinearPart(special_euclidean(3))), 4)
    for shifts, points in ((translations(3), 0), (product(translations(3), symmetric(4)), 4)):
        setting = find_setting(shifts)
        assert setting is not None
        assert (setting.classical, setting.vector, setting.points) == (None, None, points)


def test_points_may_lie_along_any_axis() -> None:
    setting = find_setting(BOTH)
    assert setting is not None
    action = Action(BOTH, (2, 4, 3), (((1,), POINTS), ((2,), VECTOR)))
    placement = placement_of(action, setting)
    assert placement is not None
    assert (placement.points, placement.rest, placement.blocks) == ((1,), (0, 2), ((2, (False,)),))
    square = placement_of(Action(BOTH, (4, 4), (((0,), POINTS), ((1,), POINTS))), setting)
    assert square is not None
    assert (square.points, square.blocks) == ((0, 1), ((1, ()),))


def test_vectors_and_covectors_lie_in_order() -> None:
    group = lorentz()
    setting = find_setting(group)
    assert setting is not None
    vector = Defining(group)
    phase = Sum((vector, Dual(vector)))
    placement = placement_of(Action(group, (3, 2, 4), (((1, 2), phase),)), setting)
    assert placement is not None
    assert placement.blocks == ((1, (False,)), (1, (True,))) * 3
    mixed = placement_of(Action(group, (4, 4), (((0,), vector), ((1,), Dual(vector)))), setting)
    assert mixed is not None
    assert mixed.blocks == ((1, (False, True)),)
    elements = group.sample(np.random.default_rng(0), 2)
    whole = Product((Trivial(group, 3), phase)).matrix(elements)
    np.testing.assert_allclose(setting.representation(placement.blocks).matrix(elements), whole, atol=1e-12)


def test_what_is_no_tensor_has_no_placement() -> None:
    group = symmetric(3)
    setting = find_setting(group)
    assert setting is not None
    assert placement_of(Action(group, (6,), (((0,), Regular(group)),)), setting) is None
    moved = Action(translations(3), (3,), geometry=Offset(0))
    assert placement_of(moved, setting) is None


def test_counts_of_invariants_and_of_terms() -> None:
    rotations = find_setting(BOTH)
    assert rotations is not None
    full, special = orthogonal(3), lorentz(4, parity=False, time_reversal=False)
    assert invariant_count(full, 4) == 10
    assert invariant_count(special, 4) == 11
    assert basis_count(special, 4) == 4 + 4
    assert [term.count for term in tensor_terms(full, 2, 2)] == [4, 1]
    assert [term.count for term in tensor_terms(full, 4, 0)] == [1, 1, 1]
    assert not tensor_terms(full, 3, 0)
    # v v, the metric, and epsilon on two places with two of three vectors at the others
    assert [term.count for term in tensor_terms(special, 2, 3)] == [16, 1, 3]
    assert np.all([term.volume for term in tensor_terms(special, 2, 3)] == np.array([False, False, True]))
