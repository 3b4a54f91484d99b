"""Every constructor: size, order, facts, names, bad arguments."""

import math

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    group_from_description,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.group import Group

GROUPS = [
    cyclic(1), cyclic(4), cyclic(7), dihedral(1), dihedral(4), symmetric(1), symmetric(2), symmetric(5),
    translations(2), translations(3, integer=True), special_orthogonal(1), special_orthogonal(2), special_orthogonal(5),
    orthogonal(1),
    orthogonal(3), special_orthogonal(1, 3), orthogonal(2, 2), lorentz(), lorentz(3, parity=False),
    lorentz(4, parity=False, time_reversal=False), product(orthogonal(3), symmetric(5)),
    matrix_group([[[0, 1], [0, 0]]], name="shear"), matrix_group(discrete=[[[0, -1], [1, 0]]], name="quarter"),
]  # fmt: skip


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_description_round_trips(group: Group) -> None:
    again = group_from_description(group.describe())
    assert again == group
    assert hash(again) == hash(group)
    assert again.name == group.name


def test_orders() -> None:
    assert [cyclic(7).order, dihedral(4).order, symmetric(5).order, symmetric(12).order] == [
        7,
        8,
        120,
        math.factorial(12),
    ]
    assert orthogonal(1).order == 2
    assert special_orthogonal(1).order == 1
    assert orthogonal(3).order is None
    assert product(cyclic(3), symmetric(3)).order == 18
    assert product(cyclic(3), orthogonal(3)).order is None


@pytest.mark.parametrize("dimension", [2, 3, 4, 5, 8])
def test_lie_algebra_of_so_is_all_skew_matrices(dimension: int) -> None:
    algebra = special_orthogonal(dimension).lie_algebra
    assert len(algebra) == dimension * (dimension - 1) // 2
    assert np.array_equal(algebra, -algebra.transpose(0, 2, 1))
    assert np.linalg.matrix_rank(algebra.reshape(len(algebra), -1)) == len(algebra)


def test_first_generator_of_so_turns_counter_clockwise() -> None:
    assert np.array_equal(special_orthogonal(2).lie_algebra[0], [[0, -1], [1, 0]])


@pytest.mark.parametrize("group", [lorentz(), orthogonal(2, 1), special_orthogonal(1, 2)], ids=str)
def test_generators_keep_the_metric(group: Group) -> None:
    plus, minus = group.signature or (0, 0)
    metric = np.diag([1.0] * plus + [-1.0] * minus)
    algebra = group.lie_algebra
    assert np.array_equal(algebra.transpose(0, 2, 1) @ metric + metric @ algebra, np.zeros_like(algebra))
    for reflection in group.discrete:
        assert np.array_equal(reflection.T @ metric @ reflection, metric)


def test_lorentz_components() -> None:
    assert lorentz().signature == (1, 3)
    assert sorted(np.linalg.det(lorentz().discrete).tolist()) == [-1.0, -1.0]
    assert np.array_equal(lorentz(time_reversal=False).discrete[0], np.diag([1, -1, 1, 1]))
    assert np.array_equal(lorentz(parity=False).discrete[0], np.diag([-1, 1, 1, 1]))
    assert len(lorentz(parity=False, time_reversal=False).discrete) == 0
    assert lorentz().name == "Lorentz(4)"
    assert lorentz(3, parity=False).name == "Lorentz(3, parity = false)"


def test_facts() -> None:
    assert cyclic(4).planar
    assert orthogonal(2).planar
    assert not symmetric(2).planar
    assert not translations(1).planar
    assert not special_orthogonal(1, 1).planar
    assert symmetric(4).permutes
    assert not cyclic(4).permutes
    assert translations(2).affine
    assert not orthogonal(3).affine
    assert not lorentz().compact
    assert matrix_group([[[0, 1], [-1, 0]]]).orthogonal
    assert not matrix_group([[[0, 1], [1, 0]]]).compact
    skewed = np.array([[2.0, 1.0], [1.0, 3.0]])
    conjugate = matrix_group(discrete=[skewed @ [[0, -1], [1, 0]] @ np.linalg.inv(skewed)])
    assert conjugate.order == 4
    assert conjugate.compact
    assert not conjugate.orthogonal


def test_products_are_flat_and_block_diagonal() -> None:
    group = product(product(orthogonal(3), symmetric(2)), cyclic(3))
    assert [factor.name for factor in group.factors] == ["O(3)", "S(2)", "C(3)"]
    assert group.blocks() == (slice(0, 3), slice(3, 5), slice(5, 7))
    assert np.array_equal(group.discrete[-1][:5, :5], np.eye(5))
    assert product(cyclic(3)) == cyclic(3)


def test_names_do_not_make_groups_different() -> None:
    assert matrix_group([[[0, 1], [-1, 0]]], name="a") == matrix_group([[[0, 1], [-1, 0]]], name="b")
    assert cyclic(4) != cyclic(5)


@pytest.mark.parametrize(
    ("constructor", "arguments", "code"),
    [
        (cyclic, (0,), "SYM0405"), (cyclic, (-3,), "SYM0405"), (cyclic, (2.5,), "SYM0404"),
        (cyclic, (True,), "SYM0404"), (dihedral, (0,), "SYM0405"), (symmetric, (0,), "SYM0405"),
        (symmetric, (5_000,), "SYM0702"),
        (orthogonal, (0,), "SYM0405"), (orthogonal, (3, -1), "SYM0405"), (special_orthogonal, ("3",), "SYM0404"),
        (orthogonal, (1_000,), "SYM0704"), (translations, (0,), "SYM0405"), (lorentz, (1,), "SYM0405"),
        (cyclic, (20_000,), "SYM0702"), (product, (), "SYM0404"),
    ],
)  # fmt: skip
def test_bad_sizes_are_refused(constructor: object, arguments: tuple[object, ...], code: str) -> None:
    assert callable(constructor)
    with pytest.raises(SymdslError) as caught:
        constructor(*arguments)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_unknown_descriptions_are_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0414"):
        group_from_description({"family": "monster"})
