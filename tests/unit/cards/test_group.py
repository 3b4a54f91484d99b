"""The group of a card: linear and affine, with and without generators, and its description."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symdsl.cards.card import GroupCard
from symdsl.cards.group import card_group, output_images
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.matrices import rotation
from symdsl.groups.families.affine import special_euclidean
from symdsl.groups.families.catalogue import group_from_description, translations
from symdsl.groups.identification.identify import identify
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.representation import Defining
from symdsl.groups.representations.images import by_images
from tests.unit.cards.test_files import lorentz_card


def random_basis(generators: np.ndarray, seed: int = 0) -> np.ndarray:
    mixed = np.random.default_rng(seed).standard_normal((len(generators),) * 2)
    return np.einsum("ij,jab->iab", mixed, generators)


def test_a_linear_card_is_a_matrix_group() -> None:
    card = replace(lorentz_card(), discrete=np.diag([1.0, -1.0, -1.0, -1.0])[None])
    group = card_group(card, "lorentz.card.json")
    assert group.name == "so(1,3) of lorentz.card.json"
    again = group_from_description(group.describe())
    assert again == group
    assert again.name == group.name
    elements = group.sample(np.random.default_rng(0), 20)
    metric = np.diag([1.0, -1.0, -1.0, -1.0])
    assert np.allclose(elements.transpose(0, 2, 1) @ metric @ elements, metric, atol=1e-10)
    assert len(hom_basis(Defining(group), Defining(group))) == 1


def affine_card(generators: np.ndarray, discrete: np.ndarray | None = None) -> GroupCard:
    size = generators.shape[-1]
    none = np.zeros((0, size, size))
    constants = identify(generators).constants if len(generators) else np.zeros((0, 0, 0))
    return replace(
        lorentz_card(), name="g", space="affine", generators=generators, constants=constants, forms=none, frame=None,
        discrete=none if discrete is None else discrete,
    )  # fmt: skip


def test_an_affine_card_is_a_group_of_motions() -> None:
    group = card_group(affine_card(random_basis(special_euclidean(2).lie_algebra)), "se2.card.json")
    assert group.moves_points
    assert group.linear is not None
    assert group.linear.lie_algebra.shape == (1, 2, 2)
    assert abs(group.linear.lie_algebra[0].trace()) < 1e-12
    assert group.name == "g of se2.card.json"
    assert group_from_description(group.describe()) == group


def test_translations_alone_and_with_a_mirror() -> None:
    steps = random_basis(translations(3).lie_algebra)
    assert card_group(affine_card(steps)) == translations(3)
    mirror = np.diag([1.0, 1.0, -1.0, 1.0])[None]
    group = card_group(affine_card(steps, mirror))
    assert group.linear is not None
    assert group.linear.order == 2
    with pytest.raises(SymdslError, match="SYM1310"):
        card_group(affine_card(translations(3).lie_algebra[:1]))


def test_a_card_of_discrete_elements_alone() -> None:
    turn = rotation(1, 7)[None]
    none = np.zeros((0, 2, 2))
    card = replace(
        lorentz_card(), name="Z_7", generators=none, discrete=turn, forms=none, constants=np.zeros((0, 0, 0)),
        frame=None,
    )  # fmt: skip
    assert card_group(card).order == 7
    with pytest.raises(SymdslError, match="SYM1310"):
        card_group(replace(card, space="polynomial"))


def test_outputs_follow_the_generators_of_the_group() -> None:
    generators = random_basis(special_euclidean(2).lie_algebra)
    turns = generators[:, :2, :2]
    card = replace(affine_card(generators), outputs=turns)
    group = card_group(card)
    images = output_images(card, group)
    assert images is not None
    elements = group.sample(np.random.default_rng(0), 5)
    assert np.allclose(by_images(group, *images).matrix(elements), elements[:, :2, :2], atol=1e-10)
    assert output_images(lorentz_card(), card_group(lorentz_card())) is None
