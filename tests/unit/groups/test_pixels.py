"""Quarter turns and mirrors are exact; other turns are bilinear about the centre."""

import numpy as np
import pytest

from symdsl.groups.actions.pixels import grid_permutation, move_pixels
from symdsl.groups.arrays.matrices import rotation
from symdsl.groups.families.catalogue import cyclic, dihedral


@pytest.mark.parametrize("size", [1, 4, 5])
def test_quarter_turns_are_rot90(size: int) -> None:
    image = np.random.default_rng(0).standard_normal((2, 3, size, size))
    for k in range(4):
        assert np.array_equal(move_pixels(rotation(k, 4), image), np.rot90(image, k, (-2, -1)))


@pytest.mark.parametrize("shape", [(4, 4), (5, 5), (4, 7)])
def test_mirror_and_half_turn_are_exact_on_any_grid(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).standard_normal(shape)
    assert np.array_equal(move_pixels(np.diag([-1.0, 1.0]), image), image[:, ::-1])
    assert np.array_equal(move_pixels(rotation(1, 2), image), image[::-1, ::-1])
    assert grid_permutation(rotation(1, 2), *shape) is not None


@pytest.mark.parametrize("size", [4, 5])
def test_dihedral_elements_are_turns_of_mirrors(size: int) -> None:
    image = np.random.default_rng(0).standard_normal((size, size))
    for m in (0, 1):
        for k in range(4):
            expected = np.rot90(image[:, ::-1] if m else image, k)
            assert np.array_equal(move_pixels(dihedral(4).elements()[4 * m + k], image), expected)


def test_action_law_on_the_lattice() -> None:
    image = np.random.default_rng(0).standard_normal((6, 6))
    elements = dihedral(4).elements()
    for g in elements:
        for h in elements:
            assert np.array_equal(move_pixels(g, move_pixels(h, image)), move_pixels(g @ h, image))


def test_fine_turns_follow_a_smooth_image() -> None:
    size, angle = 65, 2 * np.pi / 7
    axis = np.arange(size) - (size - 1) / 2
    right, up = axis[None, :], -axis[:, None]

    def bump(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.exp(-((x - 9) ** 2 + (y - 4) ** 2) / 60.0)

    cosine, sine = np.cos(angle), np.sin(angle)
    expected = bump(cosine * right + sine * up, -sine * right + cosine * up)
    moved = move_pixels(cyclic(7).elements()[1], bump(right, up))
    assert np.max(np.abs(moved - expected)) < 0.01
    assert grid_permutation(cyclic(7).elements()[1], size, size) is None


def test_outside_is_zero() -> None:
    moved = move_pixels(rotation(1, 8), np.ones((9, 9)))
    assert moved[0, 0] == 0.0
    assert moved[4, 4] == pytest.approx(1.0, abs=1e-12)
    wide = move_pixels(rotation(1, 4), np.ones((3, 7)))
    assert np.array_equal(wide[:, :2], np.zeros((3, 2)))
    assert grid_permutation(rotation(1, 4), 3, 7) is None
