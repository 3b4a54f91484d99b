"""Actions move arrays by their representations, factor by factor."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.combinations import Product, Pulled, Sum, tensor_power
from symdsl.groups.descriptions import action_from_description
from symdsl.groups.families.catalogue import cyclic, dihedral, lorentz, orthogonal, product, symmetric
from symdsl.groups.representation import Defining, Dual, Permutation, Regular, Trivial


def test_vectors_per_axis() -> None:
    group = orthogonal(3)
    action = Action(group, (5, 3), (((1,), Defining(group)),))
    element = group.sample(np.random.default_rng(0), 1)[0]
    array = np.random.default_rng(1).standard_normal((2, 5, 3))
    assert np.max(np.abs(action.apply(element, array) - array @ element.T)) < 1e-15


@pytest.mark.parametrize("axes", [(0, 1), (1, 0), (0, 2)])
def test_tensor_product_along_axes_is_the_kronecker_product(axes: tuple[int, int]) -> None:
    group = lorentz()
    shape = [3, 3, 3]
    for axis in axes:
        shape[axis] = 4
    representation = tensor_power(group, 1, 1)
    action = Action(group, tuple(shape), ((axes, representation),))
    element = group.sample(np.random.default_rng(0), 1)[0]
    array = np.random.default_rng(1).standard_normal((2, *shape))
    source = [axis + 1 for axis in axes]
    flat = np.moveaxis(array, source, (2, 3)).reshape(2, 3, 16)
    expected = np.moveaxis((flat @ representation.matrix(element).T).reshape(2, 3, 4, 4), (2, 3), source)
    assert np.max(np.abs(action.apply(element, array) - expected)) < 1e-12


def test_permutation_moves_entries_exactly() -> None:
    group = symmetric(4)
    action = Action(group, (4, 2), (((0,), Permutation(group)),))
    array = np.random.default_rng(0).standard_normal((3, 4, 2))
    for element in group.elements():
        assert np.array_equal(action.apply(element, array), np.einsum("ij,bjc->bic", element, array))


def test_feature_map_over_c4_follows_the_published_convention() -> None:
    """A quarter turn of the input makes y[o, r] -> rot90(y[o, (r - 1) mod 4]) (Cohen and Welling 2016)."""
    group = cyclic(4)
    action = Action(group, (2, 4, 5, 5), (((1,), Regular(group)),), Pixels())
    maps = np.random.default_rng(0).standard_normal((1, 2, 4, 5, 5))
    moved = action.apply(group.elements()[1], maps)
    for r in range(4):
        assert np.array_equal(moved[0, :, r], np.rot90(maps[0, :, (r - 1) % 4], 1, (-2, -1)))


def test_action_law() -> None:
    group = dihedral(4)
    action = Action(group, (3, 8, 4, 4), (((1,), Regular(group)),), Pixels())
    maps = np.random.default_rng(0).standard_normal((1, 3, 8, 4, 4))
    elements = group.elements()
    for g in elements[[1, 4, 6]]:
        for h in elements[[2, 5, 7]]:
            assert np.array_equal(action.apply(g, action.apply(h, maps)), action.apply(g @ h, maps))
    assert not np.array_equal(action.apply(elements[1], maps), maps)


def test_facts() -> None:
    group = orthogonal(2)
    image = Action(group, (1, 7, 7), geometry=Pixels())
    assert not image.is_trivial
    assert image.exact_on(cyclic(4).elements()[1])
    assert not image.exact_on(cyclic(3).elements()[1])
    assert image.text == "pixels turn about the centre"
    assert Action(group, (3,)).is_trivial
    assert Action(group, (3,), (((0,), Trivial(group, 3)),)).is_trivial
    assert Action(group, (3,)).text == "does not move"
    assert Action(group, (5, 2), (((1,), Defining(group)),)).text == "defining on axis 1"
    assert not Action(group, (2,), (((0,), Defining(group)),)).is_trivial


def test_representation_of_the_flattened_sample() -> None:
    group = product(orthogonal(3), symmetric(5))
    vector, points = (Pulled(group, i, Defining(factor)) for i, factor in enumerate(group.factors))
    action = Action(group, (2, 5, 3), (((2,), vector), ((1,), points)))
    element = group.sample(np.random.default_rng(0), 1)[0]
    array = np.random.default_rng(1).standard_normal((1, 2, 5, 3))
    flat = action.representation().matrix(element) @ array.ravel()
    assert np.max(np.abs(flat - action.apply(element, array).ravel())) < 1e-12
    assert Action(group, ()).representation() == Trivial(group)
    pair = Sum((vector, Dual(vector)))
    assert Action(group, (2, 3), (((0, 1), pair),)).representation().dimension == 6
    assert action_from_description(action.describe()) == action


def test_misfits_are_refused() -> None:
    group = orthogonal(3)
    vector = Defining(group)
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(group, (4,), (((0,), vector),))
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(group, (3,), (((1,), vector),))
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(group, (3, 3), (((0,), vector), ((0, 1), Product((vector, vector)))))
    with pytest.raises(SymdslError, match="SYM0423"):
        Action(orthogonal(2), (3,), (((0,), vector),))
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(cyclic(4), (4, 4), (((0,), Regular(cyclic(4))),), Pixels())
    with pytest.raises(SymdslError, match="SYM0610"):
        Action(group, (3,)).apply(np.eye(3), np.zeros((2, 4)))
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(cyclic(4), (4, 4), geometry=Pixels()).representation()
    with pytest.raises(SymdslError, match="SYM0403"):
        Action(group, (3, 2, 3), (((0, 2), Product((vector, vector))),)).representation()
