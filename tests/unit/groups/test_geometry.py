"""Shifts and offsets, and what they refuse."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.action import Action
from symdsl.groups.actions.geometry import Geometry, Offset, Pixels, Shift, geometry_from_description
from symdsl.groups.arrays.matrices import block_diagonal
from symdsl.groups.descriptions import action_from_description
from symdsl.groups.families.catalogue import cyclic, orthogonal, product, special_orthogonal, symmetric, translations
from symdsl.groups.group import Group


def _translation(*offset: float) -> np.ndarray:
    element = np.eye(len(offset) + 1)
    element[:-1, -1] = offset
    return element


def test_cyclic_shift_is_a_roll() -> None:
    group = translations(2, integer=True)
    array = np.random.default_rng(0).standard_normal((2, 3, 5, 4))
    action = Action(group, (3, 5, 4), geometry=Shift((1, 2)))
    assert np.array_equal(action.apply(_translation(2, -7), array), np.roll(array, (2, -7), axis=(2, 3)))
    assert action.exact_on(_translation(2, -7))
    with pytest.raises(SymdslError, match="SYM0403"):
        action.apply(_translation(0.5, 0), array)


@pytest.mark.parametrize("step", [-9, -2, 0, 1, 9])
def test_filled_shift_lets_zeros_in(step: int) -> None:
    action = Action(translations(1), (5,), geometry=Shift((0,), cyclic=False))
    array = np.arange(1.0, 6.0)[None]
    moved = action.apply(_translation(step), array)[0]
    expected = [array[0, i - step] if 0 <= i - step < 5 else 0.0 for i in range(5)]
    assert moved.tolist() == expected
    assert action.exact_on(_translation(step)) == (step == 0)


def test_offset_moves_positions_only() -> None:
    action = Action(translations(2), (6, 2, 2), geometry=Offset(2, ((1, 0),)))
    array = np.random.default_rng(0).standard_normal((3, 6, 2, 2))
    moved = action.apply(_translation(1.5, -2.0), array)
    assert np.array_equal(moved[:, :, 1], array[:, :, 1])
    assert np.array_equal(moved[:, :, 0], array[:, :, 0] + [1.5, -2.0])


def test_factor_of_a_product_moves() -> None:
    group = product(symmetric(3), cyclic(4))
    action = Action(group, (2, 5, 5), geometry=Pixels(factor=1))
    array = np.random.default_rng(0).standard_normal((1, 2, 5, 5))
    element = block_diagonal([symmetric(3).elements()[4], cyclic(4).elements()[1]])
    assert np.array_equal(action.apply(element, array), np.rot90(array, 1, (-2, -1)))


@pytest.mark.parametrize(
    ("group", "shape", "geometry"),
    [
        (cyclic(4), (5, 5), Pixels()),
        (product(symmetric(3), cyclic(4)), (5, 5), Pixels(1)),
        (translations(2), (3, 4), Shift((0, 1), cyclic=False)),
        (translations(2), (6, 2, 2), Offset(2, ((1, 0),))),
    ],
)
def test_descriptions_round_trip(group: Group, shape: tuple[int, ...], geometry: Geometry) -> None:
    assert geometry_from_description(geometry.describe()) == geometry
    action = Action(group, shape, geometry=geometry)
    assert action_from_description(action.describe()) == action
    assert action.text


@pytest.mark.parametrize(
    ("group", "shape", "geometry"),
    [
        (symmetric(2), (5, 5), Pixels()),
        (special_orthogonal(3), (5, 5), Pixels()),
        (cyclic(4), (5,), Pixels()),
        (cyclic(4), (5, 5), Pixels(0)),
        (translations(2), (5, 5), Shift((0,))),
        (translations(2), (5, 5), Shift((0, 0))),
        (translations(1), (5, 5), Shift((3,))),
        (orthogonal(3), (3,), Offset(0)),
        (translations(2), (3,), Offset(0)),
        (translations(2), (2, 2), Offset(1, ((0, 2),))),
    ],
)
def test_misfits_are_refused(group: Group, shape: tuple[int, ...], geometry: Geometry) -> None:
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(group, shape, geometry=geometry)
    with pytest.raises(SymdslError, match="SYM0403"):
        geometry_from_description({"kind": "warp"})
