"""Stacks of matrices, exponentials and rotations."""

import numpy as np
from scipy.linalg import expm

from symdsl.groups.arrays.matrices import Matrices, block_diagonal, exponential, kronecker, rotation


def test_exponential_agrees_with_pade() -> None:
    generator = np.random.default_rng(0)
    for size in (0.01, 1.0, 8.0):
        matrices = size * generator.standard_normal((5, 4, 4))
        expected = np.stack([expm(matrix) for matrix in matrices])
        scale = np.max(np.abs(expected), axis=(1, 2), keepdims=True)
        assert np.max(np.abs(exponential(matrices) - expected) / scale) < 1e-11


def test_exponential_of_no_matrices_is_empty() -> None:
    assert exponential(np.zeros((0, 3, 3))).shape == (0, 3, 3)


def test_quarter_turns_are_whole_numbers() -> None:
    assert np.array_equal(rotation(1, 4), [[0, -1], [1, 0]])
    assert np.array_equal(rotation(6, 8), [[0, 1], [-1, 0]])
    assert rotation(1, 6)[0, 0] == 0.5


def test_matrices_are_equal_by_content_and_read_only() -> None:
    left, right = Matrices.of(np.zeros((1, 2, 2))), Matrices.of(-np.zeros((1, 2, 2)))
    assert left == right
    assert hash(left) == hash(right)
    assert not left.array().flags.writeable


def test_kronecker_and_blocks_agree_with_numpy() -> None:
    generator = np.random.default_rng(1)
    left, right = generator.standard_normal((3, 2, 2)), generator.standard_normal((3, 4, 4))
    assert np.allclose(kronecker(left, right)[2], np.kron(left[2], right[2]), rtol=0, atol=1e-15)
    joined = block_diagonal([left, right])
    assert np.array_equal(joined[1, 2:, 2:], right[1])
    assert not np.any(joined[1, :2, 2:])
