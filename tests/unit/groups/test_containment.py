"""Whether one group lies inside another, of every kind that can be decided."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.containment import is_subgroup
from symdsl.groups.families.affine import affine, euclidean, poincare, special_euclidean
from symdsl.groups.families.catalogue import cyclic, lorentz, matrix_group, orthogonal, symmetric, translations
from symdsl.groups.families.catalogue import special_orthogonal as so
from symdsl.groups.families.classical import general_linear, scale, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.families.finite import alternating, octahedral, quaternion
from symdsl.groups.families.permutations import permutation_group
from symdsl.groups.group import Group

INSIDE: tuple[tuple[Group, Group], ...] = (
    (so(3), orthogonal(3)), (octahedral(), so(3)), (octahedral(mirrors=True), orthogonal(3)), (so(2, 1), so(2, 1)),
    (scale(3), general_linear(3)), (so(3), special_linear(3)), (octahedral(), special_linear(3)),
    (special_linear(2), symplectic(2)), (special_unitary(2), unitary(2)), (quaternion(8), special_unitary(2)),
    (special_unitary(2), so(4)), (special_euclidean(3), euclidean(3)), (translations(3), special_euclidean(3)),
    (euclidean(2), affine(general_linear(2))), (lorentz(4, False, False), lorentz()), (cyclic(4), unitary(1)),
    (permutation_group(5, ["(1 2)", "(1 2 3 4)"]), symmetric(5)), (symmetric(4), symmetric(5)),
    (alternating(20), symmetric(20)), (translations(4), poincare()),
)  # fmt: skip
OUTSIDE: tuple[tuple[Group, Group], ...] = (
    (orthogonal(3), so(3)), (octahedral(mirrors=True), so(3)), (general_linear(3), special_linear(3)),
    (so(3), so(2, 1)), (scale(2), special_linear(2)), (unitary(2), special_unitary(2)), (so(4), unitary(2)),
    (special_linear(4), symplectic(4)), (euclidean(3), special_euclidean(3)), (so(3), octahedral()),
    (lorentz(), lorentz(4, False, False)), (symmetric(5), permutation_group(5, ["(1 2)", "(1 2 3 4)"])),
    (symmetric(6), symmetric(5)), (cyclic(3), so(3)), (orthogonal(4), unitary(2)),
)  # fmt: skip


@pytest.mark.parametrize(("group", "larger"), INSIDE, ids=str)
def test_subgroups(group: Group, larger: Group) -> None:
    assert is_subgroup(group, larger)


@pytest.mark.parametrize(("group", "larger"), OUTSIDE, ids=str)
def test_what_is_no_subgroup(group: Group, larger: Group) -> None:
    assert not is_subgroup(group, larger)


def test_one_bad_generator_is_enough() -> None:
    turn = np.zeros((1, 3, 3))
    turn[0, :2, :2] = [[0.0, -1.0], [1.0, 0.0]]
    assert is_subgroup(matrix_group(turn, np.diag([1.0, -1.0, -1.0])[None]), so(3))
    assert not is_subgroup(matrix_group(turn, np.diag([1.0, 1.0, -1.0])[None]), so(3))
    assert not is_subgroup(matrix_group(turn + np.diag([0.0, 0.0, 1e-6])), so(3))
