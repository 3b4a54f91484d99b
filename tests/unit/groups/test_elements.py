"""Listing, closing, finding and multiplying the elements of finite groups."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.families.catalogue import cyclic, dihedral, matrix_group, orthogonal, product, symmetric
from symdsl.groups.group import Group

QUATERNIONS = matrix_group(
    discrete=[
        [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]],
        [[0, 0, -1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, -1, 0, 0]],
    ],
    name="Q",
)
FIVE_FOLD = (1 + 5**0.5) / 2
ICOSAHEDRAL = matrix_group(
    discrete=[
        [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        [[-1, 0, 0], [0, -1, 0], [0, 0, 1]],
        0.5 * np.array([[1, -FIVE_FOLD, 1 / FIVE_FOLD], [FIVE_FOLD, 1 / FIVE_FOLD, -1], [1 / FIVE_FOLD, 1, FIVE_FOLD]]),
    ],
    name="I",
)
FINITE = [cyclic(1), cyclic(6), dihedral(1), dihedral(5), symmetric(4), QUATERNIONS, ICOSAHEDRAL,
          product(cyclic(3), symmetric(3)), orthogonal(1)]  # fmt: skip


@pytest.mark.parametrize("group", FINITE, ids=str)
def test_group_axioms(group: Group) -> None:
    elements, table = group.elements(), group.multiplication_table()
    count = len(elements)
    assert count == group.order
    assert np.array_equal(elements[0], np.eye(group.dimension))
    assert np.array_equal(table[0], np.arange(count))
    assert all(len(set(row)) == count for row in table.tolist())
    generator = np.random.default_rng(0)
    i, j = generator.integers(count, size=(2, 40))
    assert np.max(np.abs(elements[i] @ elements[j] - elements[table[i, j]])) < 1e-12
    assert np.array_equal(group.index_of(elements), np.arange(count))
    assert not elements.flags.writeable


def test_known_orders_of_generated_groups() -> None:
    assert QUATERNIONS.order == 8
    assert ICOSAHEDRAL.order == 60
    assert matrix_group(discrete=list(symmetric(6).discrete)).order == 720
    assert matrix_group(discrete=list(cyclic(9_973).discrete)).order == 9_973


def test_rotations_come_in_order_of_angle() -> None:
    elements = cyclic(4).elements()
    assert np.array_equal(elements[1], [[0, -1], [1, 0]])
    assert np.array_equal(elements[1] @ elements[1], elements[2])


def test_dihedral_index_is_rotation_after_mirror() -> None:
    group = dihedral(4)
    mirror = np.diag([-1.0, 1.0])
    for m in (0, 1):
        for k in range(4):
            expected = np.linalg.matrix_power(cyclic(4).elements()[1], k) @ np.linalg.matrix_power(mirror, m)
            assert np.array_equal(group.elements()[4 * m + k], expected)


def test_permutations_move_basis_vectors() -> None:
    element = symmetric(3).elements()[3]
    assert np.array_equal(element @ np.eye(3)[0], np.eye(3)[1])
    assert np.array_equal(np.argmax(element, axis=0), [1, 2, 0])


def test_outsiders_and_infinite_groups_are_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0420"):
        cyclic(4).index_of(cyclic(8).elements()[1])
    with pytest.raises(SymdslError, match="SYM0420"):
        cyclic(4).index_of(np.eye(3))
    with pytest.raises(SymdslError, match="SYM0421"):
        orthogonal(3).elements()
    with pytest.raises(SymdslError, match="SYM0701"):
        symmetric(9).elements()
