"""Typing rules of scalars from vectors and vectors from scalars: what would not be equivariant is refused."""

from __future__ import annotations

import pytest

from symdsl.groups.actions.action import Action
from symdsl.groups.combinations import Pulled
from symdsl.groups.families.catalogue import orthogonal, product, symmetric
from symdsl.groups.representation import Defining, Permutation
from symdsl.groups.representations.canonical import canonical
from symdsl.ir.operations.invariants import (
    ArrangePoints,
    CombineVectors,
    InvariantPairings,
    TakeScalars,
    TakeVectors,
)
from symdsl.ir.operations.points import Join, MeanOverPoints, SpreadOverPoints
from symdsl.ir.operations.pointwise import Multiply
from symdsl.ir.operations.shape import Dense
from symdsl.ir.types import EquivarianceError, ValueType

GROUP = product(orthogonal(3), symmetric(4))
VECTOR = canonical(Pulled(GROUP, 0, Defining(orthogonal(3))))
POINTS = canonical(Pulled(GROUP, 1, Permutation(symmetric(4))))


def value_of(shape: tuple[int, ...], points: tuple[int, ...] = (), vectors: tuple[int, ...] = ()) -> ValueType:
    factors = [*(((axis,), POINTS) for axis in points), *(((axis,), VECTOR) for axis in vectors)]
    return ValueType(shape=shape, actions={"g": Action(GROUP, shape, tuple(factors))})


POINT_VECTORS = value_of((4, 2, 3), (0,), (2,))
POINT_SCALARS = value_of((4, 5), (0,))


def test_vectors_and_scalars_are_taken_with_their_points_first() -> None:
    both = (value_of((2, 4, 3), (1,), (2,)), value_of((4,), (0,)))
    assert TakeVectors(symmetry="g").infer_type(both) == POINT_VECTORS
    assert TakeScalars(symmetry="g").infer_type(both) == value_of((4, 1), (0,))


def test_what_is_taken_together_has_as_many_axes_of_points() -> None:
    with pytest.raises(EquivarianceError, match="one by one"):
        TakeVectors(symmetry="g").infer_type((POINT_VECTORS, value_of((3,), (), (0,))))
    with pytest.raises(EquivarianceError, match="scalars and vectors"):
        TakeVectors(symmetry="g").infer_type((value_of((3, 3), (), (0, 1)),))


def test_pairings_do_not_move() -> None:
    assert InvariantPairings(symmetry="g").infer_type((POINT_VECTORS,)) == value_of((4, 3), (0,))
    with pytest.raises(EquivarianceError, match="does not hold vectors"):
        InvariantPairings(symmetry="g").infer_type((POINT_SCALARS,))
    # Points along the axis of copies: their pairings would move.
    with pytest.raises(EquivarianceError, match="does not hold vectors"):
        InvariantPairings(symmetry="g").infer_type((value_of((4, 3), (0,), (1,)),))


def test_combinations_need_invariant_coefficients_of_the_same_points() -> None:
    combine = CombineVectors(symmetry="g", blocks=((2, ()), (1, (False, False))))
    found = combine.infer_type((value_of((4, 2 + 5), (0,)), POINT_VECTORS))
    assert found.shape == (4, 11)
    with pytest.raises(EquivarianceError, match="same points"):
        combine.infer_type((value_of((7,)), POINT_VECTORS))
    with pytest.raises(EquivarianceError, match="not invariant"):
        CombineVectors(symmetry="g", blocks=((1, (False,)),)).infer_type((value_of((3,), (), (0,)),))
    with pytest.raises(EquivarianceError, match="of 7 coefficients, not of 8"):
        combine.infer_type((value_of((4, 8), (0,)), POINT_VECTORS))
    with pytest.raises(EquivarianceError, match="except zero"):
        CombineVectors(symmetry="g", blocks=((1, (False,)),)).infer_type((value_of((1,)),))


def test_a_target_takes_only_what_it_is_made_of() -> None:
    target = value_of((2, 4, 3), (1,), (2,))
    combined = CombineVectors(symmetry="g", blocks=((2, (False,)),)).infer_type((value_of((4, 4), (0,)), POINT_VECTORS))
    assert ArrangePoints(symmetry="g", target=target).infer_type((combined,)) == target
    with pytest.raises(EquivarianceError, match="not what"):
        ArrangePoints(symmetry="g", target=target).infer_type((value_of((4, 6), (0,)),))


def test_points_are_added_and_averaged_over() -> None:
    spread = SpreadOverPoints(symmetry="g", axis=0).infer_type((value_of((2, 3), (), (1,)),))
    assert spread == POINT_VECTORS
    pairs = SpreadOverPoints(symmetry="g", axis=1).infer_type((POINT_VECTORS,))
    assert pairs == value_of((4, 4, 2, 3), (0, 1), (3,))
    assert MeanOverPoints(symmetry="g", axis=0).infer_type((pairs,)) == POINT_VECTORS
    with pytest.raises(EquivarianceError, match="does not permute axis 1"):
        MeanOverPoints(symmetry="g", axis=1).infer_type((POINT_VECTORS,))
    plain = ValueType(shape=(3,), actions={"g": Action(orthogonal(3), (3,))})
    with pytest.raises(EquivarianceError, match="no points"):
        SpreadOverPoints(symmetry="g", axis=0).infer_type((plain,))


def test_joining_along_an_axis_that_moves_loses_the_symmetry() -> None:
    assert Join(axis=-2).infer_type((POINT_VECTORS, POINT_VECTORS)) == value_of((4, 4, 3), (0,), (2,))
    assert Join(axis=-1).infer_type((POINT_VECTORS, POINT_VECTORS)).actions == {}
    assert Join(axis=-1).infer_type((POINT_SCALARS, ValueType(shape=(4, 5)))).actions == {}
    with pytest.raises(EquivarianceError, match="cannot be joined"):
        Join(axis=-1).infer_type((POINT_SCALARS, value_of((5,))))


def test_free_layers_keep_points_and_lose_vectors() -> None:
    assert Dense(width=7).infer_type((POINT_SCALARS,)) == value_of((4, 7), (0,))
    assert Dense(width=7).infer_type((POINT_VECTORS,)).actions == {}


def test_products_keep_what_is_only_permuted() -> None:
    assert Multiply().infer_type((POINT_SCALARS, POINT_SCALARS)) == POINT_SCALARS
    assert Multiply().infer_type((POINT_VECTORS, POINT_VECTORS)).actions == {}
    with pytest.raises(EquivarianceError, match="cannot be multiplied"):
        Multiply().infer_type((POINT_SCALARS, POINT_VECTORS))
