"""Every name is found from a random basis of a random conjugate, with coordinates that are exactly canonical."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.arrays.lie_algebra import structure_constants
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.families.classical import special_linear, special_unitary, symplectic
from symdsl.groups.identification.identify import identify
from symdsl.groups.identification.naming import jacobi_defect
from symdsl.groups.identification.simple import simple_name

from .algebras import CLASSICAL, OTHERS, complexified, pseudo_unitary
from .conjugates import disguised, distance

so = special_orthogonal
SIMPLE: dict[str, Array] = {
    "so(1,4)": so(4, 1).lie_algebra,
    "so(2,3)": symplectic(4).lie_algebra,
    "so(6)": special_unitary(4).lie_algebra,
    "so(1,5)": so(5, 1).lie_algebra,
    "so(2,4)": pseudo_unitary(2, 2),
    "sl(4,R)": so(3, 3).lie_algebra,
    "su(1,3)": pseudo_unitary(1, 3),
    "so(3,4)": so(4, 3).lie_algebra,
    "sp(6,R)": symplectic(6).lie_algebra,
    "so(2,6)": so(6, 2).lie_algebra,
    "su(5)": special_unitary(5).lie_algebra,
    "sl(3,C)": complexified(special_linear(3).lie_algebra),
}


@pytest.mark.parametrize("name", CLASSICAL)
def test_an_algebra_of_the_catalogue_is_named_and_framed(name: str) -> None:
    for seed in range(2):
        given = disguised(CLASSICAL[name], seed)
        found = identify(given)
        assert found.name == name
        assert found.canonical is not None
        assert found.frame is not None
        framed = found.frame @ found.canonical.lie_algebra @ np.linalg.inv(found.frame)
        assert len(framed) == len(given)
        assert distance(framed, given) < 1e-9
        for form in found.forms:
            assert np.max(np.abs(given.swapaxes(1, 2) @ form + form @ given)) < 1e-9 * np.max(np.abs(form))
        brackets = given[:, None] @ given[None] - given[None] @ given[:, None]
        assert np.allclose(np.tensordot(found.constants, given, axes=1), brackets, atol=1e-10)
        assert jacobi_defect(found.constants) < 1e-10
        assert found.contraction == name.startswith(("se", "iso", "aff", "heis"))


@pytest.mark.parametrize(("name", "generators", "representation"), OTHERS)
def test_an_algebra_is_named_by_how_it_acts(name: str, generators: Array, representation: str) -> None:
    found = identify(disguised(generators, seed=1))
    assert (found.name, found.representation) == (name, representation)


@pytest.mark.parametrize("name", SIMPLE)
def test_roots_and_the_killing_form_tell_simple_algebras_apart(name: str) -> None:
    assert simple_name(structure_constants(disguised(SIMPLE[name], seed=2, condition=4.0))) == name


def test_a_form_that_is_nearly_diagonal_is_written_out() -> None:
    change = np.eye(4) + 1e-4 * np.random.default_rng(0).standard_normal((4, 4))
    given = change @ so(1, 3).lie_algebra @ np.linalg.inv(change)
    assert "invariant form diag(1, -1, -1, -1) in these coordinates" in identify(given).text


def test_a_metric_has_a_frame_near_to_the_coordinates() -> None:
    found = identify(so(3, 1).lie_algebra)
    assert found.name == "so(1,3)"
    assert found.frame is not None
    assert np.allclose(np.abs(found.frame), np.eye(4)[:, [3, 0, 1, 2]], atol=1e-12)
