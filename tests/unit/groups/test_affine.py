"""E(n), SE(n) and Poincare: homogeneous matrices, what they keep, and equivariant maps against a second road."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.action import Action, Offset
from symdsl.groups.arrays.matrices import exponential
from symdsl.groups.combinations import Product, Sum
from symdsl.groups.composed import OfLinearPart
from symdsl.groups.families.affine import euclidean, poincare, special_euclidean
from symdsl.groups.families.catalogue import group_from_description
from symdsl.groups.families.pseudo_orthogonal import orthogonal
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, LinearPart, Representation
from symdsl.groups.representations.harmonics import Harmonic
from symdsl.groups.representations.powers import AlternatingPower

GROUPS = (
    euclidean(1), euclidean(2), euclidean(3), special_euclidean(1), special_euclidean(2), special_euclidean(3),
    poincare(2), poincare(), poincare(4, parity=False, time_reversal=False),
)  # fmt: skip
SIZES = {euclidean(3): 6, special_euclidean(3): 6, euclidean(2): 3, poincare(): 10, poincare(2): 3}


def by_constraints(V: Representation, W: Representation) -> int:
    """dim Hom_G as the dense null space of one equation for each generator, Kronecker products written out."""
    rows = []
    for v, w in zip(V.algebra_matrix(V.group.lie_algebra), W.algebra_matrix(W.group.lie_algebra), strict=True):
        rows.append(np.kron(w, np.eye(len(v))) - np.kron(np.eye(len(w)), v.T))
    for v, w in zip(V.matrix(V.group.discrete), W.matrix(W.group.discrete), strict=True):
        rows.append(np.kron(w, np.eye(len(v))) - np.kron(np.eye(len(w)), v.T))
    return V.dimension * W.dimension - int(np.linalg.matrix_rank(np.concatenate(rows), tol=1e-9))


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_descriptions_round_trip(group: Group) -> None:
    again = group_from_description(group.describe())
    assert again == group
    assert again.name == group.name


@pytest.mark.parametrize(("group", "size"), SIZES.items(), ids=str)
def test_the_dimension_of_the_algebra(group: Group, size: int) -> None:
    flat = group.lie_algebra.reshape(len(group.lie_algebra), -1)
    assert np.linalg.matrix_rank(flat) == size


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_samples_are_motions_that_keep_intervals(group: Group) -> None:
    elements = group.sample(np.random.default_rng(4), 50)
    n = group.dimension - 1
    metric = np.diag([1.0, *[-1.0] * (n - 1)]) if group.family == "poincare" else np.eye(n)
    linear = elements[:, :n, :n]
    assert np.all(elements[:, n] == np.eye(n + 1)[n])
    kept = np.abs(linear.swapaxes(1, 2) @ metric @ linear - metric)
    assert np.max(kept / (1.0 + np.abs(linear).max(axis=(1, 2), keepdims=True) ** 2)) < 1e-12
    assert np.min(np.std(elements[:, :n, n], axis=0)) > 0.1


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_differences_of_moved_points_move_as_vectors(group: Group) -> None:
    n = group.dimension - 1
    points = np.random.default_rng(5).standard_normal((20, 2, n))
    vectors = Action(group, (n,), (((0,), LinearPart(group)),))
    placed = Action(group, (2, n), (((1,), LinearPart(group)),), Offset(1))
    for element in group.sample(np.random.default_rng(6), 10):
        moved = placed.apply(element, points)
        difference = vectors.apply(element, points[:, 0] - points[:, 1])
        assert np.max(np.abs(moved[:, 0] - moved[:, 1] - difference)) < 1e-12 * max(1.0, np.abs(moved).max())


@pytest.mark.parametrize("group", [g for g in GROUPS if g.dimension < 5], ids=str)
def test_equivariant_maps_by_two_roads(group: Group) -> None:
    """Affine representations are not sums of irreducible ones, so that no average over a compact form counts them."""
    whole, linear = Defining(group), LinearPart(group)
    pairs: list[tuple[Representation, Representation]] = [
        (whole, whole), (whole, linear), (linear, whole), (Dual(whole), linear), (Product((linear, linear)), linear),
        (Sum((whole, linear)), Product((whole, Dual(linear)))),
    ]  # fmt: skip
    for V, W in pairs:
        wanted = by_constraints(V, W)
        assert hom_dimension(V, W) == wanted, (V.text, W.text)
        assert len(hom_basis(V, W)) == wanted, (V.text, W.text)


def test_maps_of_events_commute_with_boosts_up_to_rapidity_two() -> None:
    group = poincare(4, parity=False, time_reversal=False)
    V = Product((LinearPart(group), LinearPart(group)))
    basis = hom_basis(V, V)
    assert len(basis) == 4  # parts of spin 0, antisymmetric (self-dual and not), symmetric without trace
    for element in group.sample(np.random.default_rng(7), 10, bound=2.0):
        moved = V.matrix(element)
        assert np.max(np.abs(moved @ basis - basis @ moved)) < 1e-10 * np.abs(moved).max()


def test_one_parameter_subgroups_stay_inside() -> None:
    group = special_euclidean(3)
    element = exponential(np.einsum("k,kij->ij", np.arange(1.0, 7.0) / 4.0, group.lie_algebra))
    linear = element[:3, :3]
    assert np.max(np.abs(linear.T @ linear - np.eye(3))) < 1e-12


@pytest.mark.parametrize("constructor", [euclidean, special_euclidean, poincare])
def test_bad_sizes_are_refused(constructor: type[Group]) -> None:
    for size, code in ((0, "SYM0405"), (2.5, "SYM0404"), (1024, "SYM0702")):
        with pytest.raises(SymdslError) as refusal:
            constructor(size)  # type: ignore[call-arg, arg-type]
        assert refusal.value.diagnostics[0].code == code


def test_maps_between_kinds_of_the_linear_part_are_those_of_the_linear_group() -> None:
    group, linear = euclidean(3), orthogonal(3)
    kinds = [Harmonic(linear, 1, pseudo=True), Harmonic(linear, 2), Product((Defining(linear), Defining(linear)))]
    for first in kinds:
        for second in kinds:
            pair = (OfLinearPart(group, first), OfLinearPart(group, second))
            assert hom_dimension(*pair) == hom_dimension(first, second) == by_constraints(*pair)
            assert len(hom_basis(*pair)) == by_constraints(*pair)
    twice = AlternatingPower(LinearPart(group), 2)
    pair = (twice, OfLinearPart(group, kinds[0]))
    assert hom_dimension(*pair) == by_constraints(*pair) == 1


def test_a_kind_of_another_group_is_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0424"):
        OfLinearPart(euclidean(3), Defining(orthogonal(2)))
