"""Every name is found from a random basis of a random conjugate, with coordinates that are exactly canonical."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.families.affine import heisenberg, special_euclidean
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.families.classical import general_linear, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.group import Group
from symdsl.groups.identification.identify import identify, jacobi_defect

from .conjugates import disguised, distance

so = special_orthogonal
CLASSICAL: dict[str, Group] = {
    "so(2)": so(2),
    "so(1,1)": so(1, 1),
    "so(3)": so(3),
    "so(4)": so(4),
    "so(5)": so(5),
    "so(1,2)": so(2, 1),
    "so(1,3)": so(1, 3),
    "so(2,2)": so(2, 2),
    "u(2)": unitary(2),
    "u(3)": unitary(3),
    "su(2)": special_unitary(2),
    "su(3)": special_unitary(3),
    "sp(4,R)": symplectic(4),
    "sl(2,R)": symplectic(2),
    "sl(3,R)": special_linear(3),
    "gl(2,R)": general_linear(2),
}


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_classical_algebra_is_named_and_framed(name: str) -> None:
    for seed in range(2):
        given = disguised(CLASSICAL[name].lie_algebra, seed)
        found = identify(given)
        assert found.name == name
        assert found.canonical is not None
        assert found.frame is not None
        framed = found.frame @ found.canonical.lie_algebra @ np.linalg.inv(found.frame)
        assert distance(framed, given) < 1e-9
        for form in found.forms:
            assert np.max(np.abs(given.swapaxes(1, 2) @ form + form @ given)) < 1e-9 * np.max(np.abs(form))
        brackets = given[:, None] @ given[None] - given[None] @ given[:, None]
        assert np.allclose(np.tensordot(found.constants, given, axes=1), brackets, atol=1e-10)
        assert jacobi_defect(found.constants) < 1e-10
        assert not found.contraction


@pytest.mark.parametrize("group", [special_euclidean(2), heisenberg()])
def test_a_contraction_is_said_to_be_one(group: Group) -> None:
    assert identify(disguised(group.lie_algebra, 0)).contraction


def test_a_form_that_is_nearly_diagonal_is_written_out() -> None:
    change = np.eye(4) + 1e-4 * np.random.default_rng(0).standard_normal((4, 4))
    given = change @ so(1, 3).lie_algebra @ np.linalg.inv(change)
    assert "invariant form diag(1, -1, -1, -1) in these coordinates" in identify(given).text
