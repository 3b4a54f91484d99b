"""Wreath products and affine motions of any linear group: orders, members, samples, and maps by two roads."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product
from symdsl.groups.descriptions import representation_from_description
from symdsl.groups.families.affine import affine, euclidean
from symdsl.groups.families.catalogue import (
    cyclic,
    group_from_description,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
)
from symdsl.groups.families.classical import general_linear, scale
from symdsl.groups.families.finite import alternating, octahedral
from symdsl.groups.families.permutations import permutation_group
from symdsl.groups.families.wreath import BlockPermutation, wreath
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_blocks
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, LinearPart
from symdsl.groups.representations.homomorphism import is_homomorphism

ORDERS = {
    wreath(orthogonal(1), symmetric(4)): 2**4 * 24,
    wreath(cyclic(4), cyclic(3)): 4**3 * 3,
    wreath(cyclic(3), alternating(4)): 3**4 * 12,
    wreath(symmetric(3), cyclic(2)): 36 * 2,
    wreath(cyclic(4), cyclic(1)): 4,
    wreath(cyclic(2), permutation_group(4, ["(1 2)", "(3 4)"])): 2**4 * 4,
}
CONTINUOUS = (
    wreath(special_orthogonal(2), symmetric(3)),
    wreath(special_orthogonal(2), cyclic(3)),
    wreath(orthogonal(2), permutation_group(3, ["(1 2)"])),
    wreath(scale(2), symmetric(2)),
)
AFFINE = (
    affine(octahedral()),
    affine(general_linear(2)),
    affine(product(orthogonal(2), symmetric(2))),
    affine(scale(2)),
)


@pytest.mark.parametrize(("group", "order"), ORDERS.items(), ids=str)
def test_orders(group: Group, order: int) -> None:
    assert group.order == len(group.elements()) == order


@pytest.mark.parametrize("group", [*ORDERS, *CONTINUOUS, *AFFINE], ids=str)
def test_descriptions_round_trip(group: Group) -> None:
    again = group_from_description(group.describe())
    assert again == group
    assert again.name == group.name
    if group.family == "wreath":
        blocks = BlockPermutation(group)
        assert representation_from_description(blocks.describe()) == blocks


@pytest.mark.parametrize("group", [*ORDERS, *CONTINUOUS], ids=str)
def test_samples_are_block_monomial(group: Group) -> None:
    elements = group.sample(np.random.default_rng(0), 40)
    if group.order is not None:
        assert bool(np.all(group.contains(elements)))
    blocks = BlockPermutation(group)
    assert is_homomorphism(blocks, elements)
    size = group.dimension // blocks.dimension
    kept = np.kron(blocks.matrix(elements), np.ones((size, size)))
    assert not np.any(elements[kept == 0.0])
    assert len(np.unique(blocks.permutation_of(elements), axis=0)) > 1 or blocks.dimension == 1


@pytest.mark.parametrize("group", [*ORDERS, *CONTINUOUS], ids=str)
def test_maps_are_counted_as_they_are_solved(group: Group) -> None:
    v, blocks = Defining(group), BlockPermutation(group)
    for V, W in ((v, v), (blocks, blocks), (v, blocks), (blocks, Product((v, v))), (v, Dual(v))):
        assert hom_dimension(V, W) == sum(block.count for block in hom_blocks(V, W)), (V.text, W.text)


def test_invariants_of_a_wreath_product_are_known() -> None:
    """Vectors that turn apart have one length each; S mixes these, so that a quadratic map to numbers has two parts."""
    group = wreath(special_orthogonal(2), symmetric(4))
    v, blocks = Defining(group), BlockPermutation(group)
    assert hom_dimension(v, v) == 2  # 1 and the quarter turn, the same on all
    assert hom_dimension(blocks, blocks) == 2
    assert hom_dimension(Product((v, v)), blocks) == 4  # 2 of the vector there, 2 of all others


def test_affine_motions_of_the_orthogonal_group_are_the_euclidean_group() -> None:
    one, other = affine(orthogonal(3)), euclidean(3)
    assert np.array_equal(one.lie_algebra, other.lie_algebra)
    assert np.array_equal(one.discrete, other.discrete)
    elements = one.sample(np.random.default_rng(0), 20)
    assert np.max(np.abs(elements[:, :3, :3].swapaxes(1, 2) @ elements[:, :3, :3] - np.eye(3))) < 1e-12
    assert np.min(np.std(elements[:, :3, 3], axis=0)) > 0.1


@pytest.mark.parametrize("group", AFFINE, ids=str)
def test_maps_under_affine_motions_by_two_roads(group: Group) -> None:
    whole, linear = Defining(group), LinearPart(group)
    for V, W in ((whole, whole), (whole, linear), (linear, whole), (Dual(whole), linear), (linear, linear)):
        assert hom_dimension(V, W) == sum(block.count for block in hom_blocks(V, W)), (V.text, W.text)


def test_what_does_not_fit_is_refused() -> None:
    refusals = (
        (lambda: wreath(cyclic(4), orthogonal(3)), "SYM0404", "permutes nothing"),
        (lambda: wreath(symmetric(100), symmetric(100)), "SYM0702", "over the limit"),
        (lambda: affine(euclidean(2)), "SYM0404", "translations already"),
        (lambda: affine(symmetric(1024)), "SYM0702", "over the limit"),
        (lambda: BlockPermutation(orthogonal(3)), "SYM0424", "no wreath product"),
    )
    for build, code, words in refusals:
        with pytest.raises(SymdslError, match=code) as caught:
            build()
        assert words in str(caught.value)
