"""Semidirect products: orders, samples, maps by two roads, and the relation that fails."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product
from symdsl.groups.elements import close
from symdsl.groups.families.affine import affine, special_euclidean
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    group_from_description,
    matrix_group,
    orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.families.catalogue import special_orthogonal as so
from symdsl.groups.families.classical import general_linear, scale, special_linear
from symdsl.groups.families.finite import alternating, octahedral, tetrahedral
from symdsl.groups.families.permutations import permutation_group
from symdsl.groups.families.semidirect import semidirect
from symdsl.groups.group import Group
from symdsl.groups.group_invariants import group_invariants
from symdsl.groups.maps.constraints import hom_blocks
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual

MIRROR = matrix_group(discrete=[[[-1, 0], [0, 1]]])
TURN = matrix_group([[[0, -1, 0], [1, 0, 0], [0, 0, 0]]])
KLEIN = permutation_group(4, ["(1 2)(3 4)", "(1 3)(2 4)"])
FINITE = {
    semidirect(cyclic(5), MIRROR): 10,
    semidirect(KLEIN, permutation_group(4, ["(1 2 3)", "(1 2)"])): 24,
    semidirect(tetrahedral(), matrix_group(discrete=-np.eye(3)[None])): 24,
}
INFINITE = (
    semidirect(scale(3), orthogonal(3)), semidirect(so(2), MIRROR), semidirect(scale(2), dihedral(3)),
    semidirect(translations(2), TURN), semidirect(special_linear(2), scale(2)), semidirect(octahedral(), scale(3)),
)  # fmt: skip


@pytest.mark.parametrize(("group", "order"), FINITE.items(), ids=str)
def test_orders(group: Group, order: int) -> None:
    assert group.order == order == len(close(group.discrete, 1_000, group.name))
    assert bool(np.all(group.contains(group.sample(np.random.default_rng(0), 50))))


@pytest.mark.parametrize("group", [*FINITE, *INFINITE], ids=str)
def test_maps_are_counted_as_they_are_solved(group: Group) -> None:
    assert group_from_description(group.describe()) == group
    v = Defining(group)
    for V, W in ((v, v), (v, Dual(v)), (Product((v, v)), v), (v, Product((v, v, Dual(v))))):
        assert hom_dimension(V, W) == sum(block.count for block in hom_blocks(V, W)), (V.text, W.text)


def test_permutations_of_any_order() -> None:
    """A(20) and one transposition make S(20)."""
    swap = permutation_group(20, "(1 2)")
    assert semidirect(alternating(20), swap).order == symmetric(20).order


def test_samples_are_products() -> None:
    elements = semidirect(scale(3), orthogonal(3)).sample(np.random.default_rng(0), 200)
    gram = elements.swapaxes(1, 2) @ elements
    sizes = gram[:, :1, :1]
    assert np.max(np.abs(gram - sizes * np.eye(3)) / sizes) < 1e-12
    assert np.ptp(np.log(sizes)) > 1.0
    assert set(np.sign(np.linalg.det(elements))) == {-1.0, 1.0}


def test_turns_and_translations_make_the_euclidean_group() -> None:
    one, other = semidirect(translations(2), TURN), special_euclidean(2)
    assert group_invariants(one)["lie_algebra"] == group_invariants(other)["lie_algebra"]


@pytest.mark.parametrize(
    ("normal", "acting", "words"),
    [
        (scale(2), orthogonal(3), "of one size"),
        (octahedral(), so(3), "does not normalise"),
        (so(2), general_linear(2), "does not normalise"),
        (so(2), special_linear(2), "does not normalise"),
        (so(2), matrix_group(discrete=[[[2, 0], [0, 1]]], generators=[[[1, 0], [0, 1]]]), "h a h^-1"),
        (cyclic(3), matrix_group(discrete=[[[1, 1], [0, -1]]]), "h n h^-1"),
        (MIRROR, so(2), "b - n b n^-1"),
        (TURN, translations(2), "[b, a], with generators 1 and 1, lies outside"),
        (octahedral(), tetrahedral(), "share 12 elements"),
        (alternating(20), symmetric(20), "share 1,216,451,004,088,320,000 elements"),
        (general_linear(2), so(2), "share a part of their Lie algebras"),
    ],
    ids=str,
)
def test_what_is_no_semidirect_product_is_refused(normal: Group, acting: Group, words: str) -> None:
    with pytest.raises(SymdslError, match="SYM0404") as caught:
        semidirect(normal, acting)
    fault = caught.value.diagnostics[0]
    assert words in " ".join((fault.message, *fault.notes))


def test_similarities_with_translations() -> None:
    group = affine(semidirect(scale(3), so(3)))
    assert group_invariants(group)["lie_algebra"]["dimension"] == 7
    assert group.moves_points
