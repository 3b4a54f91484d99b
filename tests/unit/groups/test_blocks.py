"""Blocks of entries that share a scale: as fine as the groups allow, measured on random elements."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.actions.action import Action, Offset, Pixels
from symdsl.groups.actions.blocks import Blocks, common_blocks, keeps_constants, separate_blocks
from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.families.catalogue import (
    cyclic,
    lorentz,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.representation import Defining, Dual, Permutation, Regular, Trivial

SO3, S4, C4, L = special_orthogonal(3), symmetric(4), cyclic(4), lorentz()
BOTH = product(S4, SO3)
SIGN = orthogonal(1)

CASES = {
    "vector": (Action(SO3, (3,), (((0,), Defining(SO3)),)), ((0, 0, 0),), False),
    "four-vector": (Action(L, (2, 4), (((1,), Defining(L)),)), ((0, 1), (0, 0, 0, 0)), False),
    "nothing moves": (Action(SO3, (2, 3)), ((0, 1), (0, 1, 2)), True),
    "vector and two scalars": (
        Action(SO3, (5,), (((0,), Sum((Defining(SO3), Trivial(SO3, 2)))),)), ((0, 0, 0, 1, 2),), False,
    ),
    "permuted": (Action(S4, (4, 2), (((0,), Permutation(S4)),)), ((0, 0, 0, 0), (0, 1)), True),
    "permuted pairs": (
        Action(S4, (16,), (((0,), Product((Permutation(S4), Permutation(S4)))),)), ((0, *[1] * 4) * 3 + (0,),), True,
    ),
    "permuted vectors": (
        Action(BOTH, (4, 3), (((0,), Pulled(BOTH, 0, Permutation(S4))), ((1,), Pulled(BOTH, 1, Defining(SO3))))),
        ((0, 0, 0, 0), (0, 0, 0)), False,
    ),
    "regular": (Action(C4, (4,), (((0,), Regular(C4)),)), ((0, 0, 0, 0),), True),
    "image": (Action(C4, (2, 3, 3), geometry=Pixels()), ((0, 1), (0, 0, 0), (0, 0, 0)), True),
    "q and p": (
        Action(L, (2, 4), (((0, 1), Sum((Defining(L), Dual(Defining(L))))),)), ((0, 1), (0, 0, 0, 0)), False,
    ),
    "a sign": (Action(SIGN, (1,), (((0,), Defining(SIGN)),)), ((0,),), False),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_blocks_are_the_finest(name: str) -> None:
    action, axes, constants = CASES[name]
    assert common_blocks(action.shape, (action,)) == Blocks(axes)
    assert keeps_constants(action) is constants


def scaled(blocks: Blocks, shifted: bool, array: np.ndarray) -> np.ndarray:
    generator = np.random.default_rng(3)
    scale = blocks.expand(generator.uniform(0.5, 2.0, blocks.shape))
    mean = blocks.expand(generator.standard_normal(blocks.shape)) if shifted else 0.0
    return (array - mean) / scale


def error(action: Action, blocks: Blocks, shifted: bool) -> float:
    generator = np.random.default_rng(4)
    array = generator.standard_normal((3, *action.shape))
    group = action.group
    elements = group.elements() if group.order is not None else group.sample(generator, 5)
    worst = 0.0
    for element in elements:
        before = scaled(blocks, shifted, action.apply(element, array))
        after = action.apply(element, scaled(blocks, shifted, array))
        worst = max(worst, float(np.max(np.abs(before - after)) / np.max(np.abs(after))))
    return worst


@pytest.mark.parametrize("name", CASES)
def test_scaling_by_blocks_commutes_with_the_group(name: str) -> None:
    action, _, constants = CASES[name]
    assert error(action, common_blocks(action.shape, (action,)), constants) < 1e-13


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("nothing moves", "a sign")])
def test_a_scale_for_each_entry_does_not(name: str) -> None:
    action = CASES[name][0]
    assert error(action, separate_blocks(action.shape), False) > 1e-3


@pytest.mark.parametrize("name", [name for name, (_, _, constants) in CASES.items() if not constants])
def test_a_mean_does_not_where_constants_move(name: str) -> None:
    action = CASES[name][0]
    assert error(action, common_blocks(action.shape, (action,)), True) > 1e-3


def test_several_symmetries_join_their_blocks() -> None:
    turn = Action(SO3, (4, 3), (((1,), Defining(SO3)),))
    swap = Action(S4, (4, 3), (((0,), Permutation(S4)),))
    assert common_blocks((4, 3), (turn,)).shape == (4, 1)
    assert common_blocks((4, 3), (turn, swap)).shape == (1, 1)


def test_coordinates_that_are_offset_share_a_scale() -> None:
    group = translations(3)
    action = Action(group, (5, 3), geometry=Offset(1))
    assert common_blocks((5, 3), (action,)).shape == (5, 1)
    assert not keeps_constants(action)


def test_statistics_of_blocks() -> None:
    blocks = Blocks(((0, 0, 1), (0, 1)))
    array = np.arange(12.0).reshape(2, 3, 2)
    np.testing.assert_array_equal(blocks.reduce(array), [[0 + 2 + 6 + 8, 1 + 3 + 7 + 9], [4 + 10, 5 + 11]])
    np.testing.assert_array_equal(blocks.sizes(), [[2, 2], [1, 1]])
    np.testing.assert_array_equal(blocks.expand(np.array([[1, 2], [3, 4]])), [[1, 2], [1, 2], [3, 4]])
    assert blocks.contains(separate_blocks((3, 2)))
    assert not separate_blocks((3, 2)).contains(blocks)


def test_a_single_number_has_one_block() -> None:
    blocks = separate_blocks(())
    assert (blocks.shape, blocks.count) == ((), 1)
    assert blocks.reduce(np.array([1.0, 2.0])) == 3.0
    assert blocks.expand(np.asarray(5.0)) == 5.0
