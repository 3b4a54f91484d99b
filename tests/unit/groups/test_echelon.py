"""One basis for each subspace."""

import numpy as np

from symdsl.groups.arrays.echelon import canonical_basis


def test_any_basis_of_a_space_gives_the_same_one() -> None:
    generator = np.random.default_rng(0)
    space = np.round(generator.standard_normal((4, 15)) * 2)
    expected = canonical_basis(space)
    for _ in range(5):
        mixed = generator.standard_normal((4, 4)) @ space
        assert np.max(np.abs(canonical_basis(mixed) - expected)) < 1e-12


def test_rows_are_orthonormal_and_span_the_space() -> None:
    space = np.random.default_rng(1).standard_normal((6, 40))
    basis = canonical_basis(space)
    assert np.max(np.abs(basis @ basis.T - np.eye(6))) < 1e-13
    assert np.max(np.abs(space - space @ basis.T @ basis)) < 1e-12


def test_rational_spaces_become_clean() -> None:
    basis = canonical_basis(np.array([[0.1, 0.1, 0.0], [0.0, 0.0, 0.7]]) @ np.diag([1.0, 1.0 + 1e-15, 1.0]))
    assert np.allclose(basis, [[np.sqrt(0.5), np.sqrt(0.5), 0.0], [0.0, 0.0, 1.0]], rtol=0, atol=5e-16)
    assert np.array_equal(basis == 0.0, [[False, False, True], [True, True, False]])


def test_no_rows_stay_no_rows() -> None:
    assert canonical_basis(np.zeros((0, 5))).shape == (0, 5)
