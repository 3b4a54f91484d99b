"""Filter tables against rot90, against matrix lookup, and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.groups.families.catalogue import cyclic, dihedral
from symdsl.groups.group import Group
from symdsl.passes.lowering.filter_tables import filter_copies, filter_rotations, filter_taps

GROUPS = [(1, False), (2, False), (4, False), (1, True), (2, True), (4, True)]
FINE = [(3, False), (5, True), (8, False), (6, True), (16, False)]


def group_of(turns: int, mirrored: bool) -> Group:
    return dihedral(turns) if mirrored else cyclic(turns)


def move(group: Group, index: int, taps: NDArray[np.float64]) -> NDArray[np.float64]:
    """A filter moved by a lattice element, tap by tap, by its matrix on (x right, y up)."""
    kernel = taps.shape[-1]
    centre = (kernel - 1) / 2
    moved = np.empty_like(taps)
    for row in range(kernel):
        for column in range(kernel):
            x, y = np.linalg.inv(group.elements()[index]) @ [column - centre, centre - row]
            moved[row, column] = taps[round(centre - y), round(x + centre)]
    return moved


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_p4_bank_is_rot90_of_shifted_filters(kernel: int) -> None:
    weight = np.random.default_rng(0).normal(size=(4, kernel, kernel))
    bank = weight.reshape(-1)[filter_taps(4, False, kernel, 4)]
    for r in range(4):
        for s in range(4):
            np.testing.assert_array_equal(bank[r, :, :, s], np.rot90(weight[(s - r) % 4], r))


@pytest.mark.parametrize(("turns", "mirrored"), GROUPS)
@pytest.mark.parametrize("kernel", [2, 3])
def test_bank_by_matrix_lookup(turns: int, mirrored: bool, kernel: int) -> None:
    group = group_of(turns, mirrored)
    order = group.order or 0
    weight = np.random.default_rng(1).normal(size=(order, kernel, kernel))
    bank = weight.reshape(-1)[filter_taps(turns, mirrored, kernel, order)]
    lifted = weight[0].reshape(-1)[filter_taps(turns, mirrored, kernel, 1)]
    elements = group.elements()
    for h in range(order):
        np.testing.assert_array_equal(lifted[h, :, :, 0], move(group, h, weight[0]))
        for s in range(order):
            source = int(group.index_of(np.linalg.inv(elements[h]) @ elements[s]))
            np.testing.assert_array_equal(bank[h, :, :, s], move(group, h, weight[source]))


@pytest.mark.parametrize(("turns", "mirrored"), GROUPS + FINE)
def test_copies_are_products_of_the_group(turns: int, mirrored: bool) -> None:
    group = group_of(turns, mirrored)
    elements = group.elements()
    expected = group.index_of(np.linalg.inv(elements)[:, None] @ elements[None, :])
    np.testing.assert_array_equal(filter_copies(turns, mirrored), expected)


@pytest.mark.parametrize(("turns", "mirrored"), GROUPS)
def test_interpolation_is_a_gather_for_lattice_moves(turns: int, mirrored: bool) -> None:
    taps = filter_taps(turns, mirrored, 3, 1)[..., 0].reshape(-1, 9)
    np.testing.assert_allclose(filter_rotations(turns, mirrored, 3), np.eye(9)[taps], atol=1e-12)


def test_disk_keeps_21_of_25_taps() -> None:
    identity = filter_rotations(8, False, 5)[0]
    assert np.count_nonzero(identity) == 21
    np.testing.assert_array_equal(identity, np.diag(np.diag(identity)))


@pytest.mark.parametrize(("turns", "mirrored"), [(8, False), (12, True)])
@pytest.mark.parametrize("kernel", [3, 4, 5])
def test_interpolation_commutes_with_the_lattice_subgroup(turns: int, mirrored: bool, kernel: int) -> None:
    group = group_of(turns, mirrored)
    maps = filter_rotations(turns, mirrored, kernel)
    quarter = turns // 4
    taps = filter_taps(4, False, kernel, 1)[1, :, :, 0].reshape(-1)
    for h in range(group.order or 0):
        turned = int(group.index_of(group.elements()[quarter] @ group.elements()[h]))
        np.testing.assert_allclose(maps[turned], maps[h][taps], atol=1e-11)


def test_interpolation_reproduces_a_plane() -> None:
    """A filter that is linear in x and y is moved exactly wherever all four neighbours lie inside."""
    maps = filter_rotations(8, False, 7)
    row, column = np.indices((7, 7)).reshape(2, -1) - 3.0
    inner = row**2 + column**2 <= 4
    angle = 2 * np.pi / 8
    plane = 0.5 + 2.0 * column + 3.0 * (-row)
    x, y = np.cos(angle) * column - np.sin(angle) * row, -np.sin(angle) * column - np.cos(angle) * row
    np.testing.assert_allclose((maps[1] @ plane)[inner], (0.5 + 2.0 * x + 3.0 * y)[inner], atol=1e-10)
