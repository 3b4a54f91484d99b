"""Windows over grids, and the symmetries that they keep."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.check.grid import Window, kept_elements, lattice_elements, lattice_move, planar_order, subgroup_name
from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.families.catalogue import cyclic, dihedral, orthogonal, special_orthogonal

WINDOWS = [Window(3), Window(3, 2, 1), Window(2, 2), Window(3, 2), Window(4, 3, 1), Window(5, 2, 2)]


def first_pixels(window: Window, grid: tuple[int, int]) -> np.ndarray:
    """1 at the centre of every place of the window (in halves of pixels), over the padded grid."""
    marks = np.zeros((2 * grid[0] + 1, 2 * grid[1] + 1))
    rows, columns = window.output(grid)
    for row in range(rows):
        for column in range(columns):
            at = [2 * (place * window.stride - window.padding) + window.kernel for place in (row, column)]
            marks[at[0], at[1]] = 1
    return marks


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("grid", [(8, 8), (9, 9), (10, 10), (12, 9), (9, 12), (8, 10)])
def test_kept_elements_are_those_that_map_places_to_places(window: Window, grid: tuple[int, int]) -> None:
    group = dihedral(4)
    marks = first_pixels(window, grid)
    action = Action(group, marks.shape, geometry=Pixels())
    for index, element in enumerate(group.elements()):
        fits = action.exact_on(element) and np.array_equal(action.apply(element, marks[None])[0], marks)
        assert (index in kept_elements(group, grid, window)) == fits


def test_finer_rotations_are_not_lattice_moves() -> None:
    assert lattice_elements(cyclic(8)) == {0, 2, 4, 6}
    assert lattice_elements(cyclic(3)) == {0}
    assert lattice_elements(dihedral(6)) == {0, 3, 6, 9}
    assert lattice_move(np.array([[0.6, -0.8], [0.8, 0.6]])) is None


def test_names() -> None:
    assert planar_order(cyclic(5)) == (5, False)
    assert planar_order(dihedral(3)) == (3, True)
    assert planar_order(special_orthogonal(2)) is None
    assert planar_order(orthogonal(2)) is None
    assert subgroup_name(cyclic(8), {0, 2, 4, 6}) == "C(4)"
    assert subgroup_name(dihedral(4), {0, 4}) == "D(1)"
