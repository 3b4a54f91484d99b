"""Invariant forms: kept by random elements, as many as character theory counts, and none beside them."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.combinations import tensor_power
from symdsl.groups.families import catalogue, classical
from symdsl.groups.group import Group
from symdsl.groups.identification.recognition import recognised
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.maps.invariant_forms import bilinear_forms, is_symmetric, vector_subsets, volume_forms
from symdsl.groups.representation import Trivial

GROUPS = [
    catalogue.orthogonal(1),
    catalogue.orthogonal(3),
    catalogue.orthogonal(1, 3),
    catalogue.special_orthogonal(2),
    catalogue.special_orthogonal(3),
    catalogue.special_orthogonal(5),
    catalogue.special_orthogonal(1, 1),
    catalogue.special_orthogonal(1, 2),
    catalogue.lorentz(),
    catalogue.lorentz(4, parity=False, time_reversal=False),
    classical.symplectic(4),
    classical.unitary(1),
    classical.unitary(2),
    classical.special_unitary(2),
    classical.special_unitary(3),
]


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_every_form_is_kept(group: Group) -> None:
    for element in group.sample(np.random.default_rng(3), 3):
        for forms in (bilinear_forms(group), volume_forms(group)):
            if forms is None:
                continue
            moved = forms
            for _ in range(forms.ndim - 1):
                # The first argument of the form is moved and put last.
                moved = np.moveaxis(np.tensordot(moved, element, axes=(1, 0)), -1, -1)
            np.testing.assert_allclose(moved, forms, atol=1e-12)


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_there_are_as_many_forms_as_invariants_of_two_covectors(group: Group) -> None:
    forms = bilinear_forms(group)
    assert forms is not None
    assert len(forms) == hom_dimension(tensor_power(group, 2), Trivial(group))
    assert np.linalg.matrix_rank(forms.reshape(len(forms), -1)) == len(forms)
    assert np.linalg.matrix_rank(forms[0]) == group.dimension
    assert all(is_symmetric(form) or np.array_equal(form, -form.T) for form in forms)


@pytest.mark.parametrize(("group", "rank"), [(GROUPS[4], 3), (GROUPS[7], 3), (GROUPS[14], 3), (GROUPS[9], 4)], ids=str)
def test_volumes_are_the_invariants_that_no_pairing_makes(group: Group, rank: int) -> None:
    volume = volume_forms(group)
    assert volume is not None
    assert volume.ndim == rank + 1
    pairings = 0 if rank % 2 else 3
    assert len(volume) == hom_dimension(tensor_power(group, rank), Trivial(group)) - pairings


def test_a_group_of_another_kind_has_no_known_forms() -> None:
    for group in (catalogue.cyclic(4), classical.special_linear(3), classical.special_unitary(1)):
        assert bilinear_forms(group) is None
        assert volume_forms(group) is None


LEARNED = {
    "SO(3)": catalogue.special_orthogonal(3),
    "O(3)": catalogue.orthogonal(3),
    "SO(1, 3)": catalogue.lorentz(4, parity=False, time_reversal=False),
    "O(1, 2)": catalogue.lorentz(3),
    "Sp(4)": classical.symplectic(4),
    "Sp(2)": classical.special_linear(2),
    "U(2)": classical.unitary(2),
    "SU(3)": classical.special_unitary(3),
}


@pytest.mark.parametrize("name", LEARNED)
def test_a_conjugate_of_a_classical_group_has_its_forms_in_its_own_coordinates(name: str) -> None:
    exact = LEARNED[name]
    rng = np.random.default_rng(exact.dimension)
    left, right = (np.linalg.qr(rng.standard_normal((exact.dimension,) * 2))[0] for _ in range(2))
    change = left * np.geomspace(1.0, 10.0, exact.dimension) @ right
    inverse = np.linalg.inv(change)
    weights = rng.standard_normal((len(exact.lie_algebra),) * 2)
    generators = np.tensordot(weights, change @ exact.lie_algebra @ inverse, axes=1)
    group = catalogue.matrix_group(generators, change @ exact.discrete @ inverse)
    found = recognised(group)
    assert found is not None
    assert found[0].name == name
    forms, volume = bilinear_forms(group), volume_forms(group)
    assert forms is not None
    assert all(is_symmetric(form) or np.array_equal(form, -form.T) for form in forms)
    own, alternating = bilinear_forms(found[0]), volume_forms(found[0])
    assert own is not None
    assert len(forms) == len(own)
    assert (volume is None) == (alternating is None)
    for tensors in (forms, volume):
        if tensors is None:
            continue
        scale = float(np.max(np.abs(tensors)))
        for element in change @ exact.sample(rng, 2, bound=1.0) @ inverse:
            moved = tensors
            for _ in range(tensors.ndim - 1):
                moved = np.tensordot(moved, element, axes=(1, 0))
            np.testing.assert_allclose(moved, tensors, atol=1e-9 * scale)


def test_a_group_that_is_more_than_a_classical_one_is_not_recognised() -> None:
    turns = catalogue.special_orthogonal(3).lie_algebra
    assert recognised(catalogue.matrix_group(turns, 2.0 * np.eye(3)[None])) is None
    assert recognised(catalogue.matrix_group(turns[:2])) is None
    phase = np.kron(np.diag([1.0, 1.0, 1.0]), np.array([[0.0, -1.0], [1.0, 0.0]]))
    unimodular = classical.special_unitary(3).lie_algebra
    assert recognised(catalogue.matrix_group(unimodular, phase[None])) is None


def test_subsets_are_all_while_they_are_few() -> None:
    assert vector_subsets(4, 2) == ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    assert vector_subsets(3, 0) == ((),)
    assert vector_subsets(2, 3) == ()
    runs = vector_subsets(12, 3)
    assert len(runs) == 12
    assert runs[0] == (0, 1, 2)
    assert runs[-1] == (0, 1, 11)
