"""Dimensions by character theory, where bases are too large to be solved, and where no average is known."""

import time

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product, Sum, tensor_power
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
from symdsl.groups.group import Group
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, Permutation, Regular, Trivial


@pytest.mark.parametrize(
    ("group", "rank", "expected"),
    [
        (special_orthogonal(4), 8, 196), (special_orthogonal(3), 10, 603), (orthogonal(20), 8, 105),
        (orthogonal(3), 8, 91), (lorentz(), 8, 105), (symmetric(100), 6, 203), (symmetric(1_000), 4, 15),
        (symmetric(3), 5, 41),
        (special_orthogonal(2), 10, 252), (orthogonal(1), 3, 0), (orthogonal(1), 4, 1),
    ],
)  # fmt: skip
def test_known_numbers(group: Group, rank: int, expected: int) -> None:
    assert hom_dimension(Trivial(group), tensor_power(group, rank)) == expected


@pytest.mark.parametrize("group", [cyclic(4), cyclic(7), dihedral(4), symmetric(4)], ids=str)
def test_regular_representation_holds_each_vector_once(group: Group) -> None:
    for V in (Trivial(group), Defining(group), Regular(group), tensor_power(group, 2)):
        assert hom_dimension(Regular(group), V) == V.dimension
        assert hom_dimension(V, Regular(group)) == V.dimension


def test_real_type_of_planar_rotations() -> None:
    assert [hom_dimension(Defining(group), Defining(group)) for group in (cyclic(2), cyclic(3), dihedral(3))] == [
        4,
        2,
        1,
    ]


def test_groups_without_characters() -> None:
    shift = translations(2)
    assert hom_dimension(Trivial(shift), Defining(shift)) == 2
    assert hom_dimension(Trivial(shift), Dual(Defining(shift))) == 1
    linear = matrix_group([[[1, 0], [0, -1]], [[0, 1], [0, 0]], [[0, 0], [1, 0]]])
    assert [hom_dimension(Trivial(linear), tensor_power(linear, rank)) for rank in range(7)] == [1, 0, 1, 0, 2, 0, 5]


def test_products_multiply() -> None:
    group = product(symmetric(5), orthogonal(3))
    both = Defining(group)
    assert hom_dimension(both, both) == 2 + 1
    assert hom_dimension(tensor_power(group, 2), Trivial(group)) == 2 + 1
    mixed = product(translations(2), symmetric(3))
    assert hom_dimension(Trivial(mixed), Defining(mixed)) == 3


def test_published_width_takes_milliseconds() -> None:
    group = orthogonal(3)
    vector = Defining(group)
    wide = Sum(
        (Trivial(group, 100), Product((Trivial(group, 50), vector)), Product((Trivial(group, 14), vector, vector)))
    )
    start = time.perf_counter()
    assert hom_dimension(wide, wide) == 100**2 + 50**2 + 2 * 100 * 14 + 14**2 * 3
    assert time.perf_counter() - start < 1.0


def test_misuse_is_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0423"):
        hom_dimension(Permutation(symmetric(3)), Permutation(symmetric(4)))
    shear = matrix_group([[[0, 1, 0], [0, 0, 1], [0, 0, 0]]])
    with pytest.raises(SymdslError, match="SYM0703"):
        hom_dimension(tensor_power(shear, 5), tensor_power(shear, 5))
