"""Pairings, epsilon, and the ranks of their spans."""

import math

import numpy as np
import pytest

from symdsl.groups.maps.pairings import levi_civita, paired_invariants, pairings, spanning_count


def test_number_of_pairings() -> None:
    assert [len(list(pairings(tuple(range(rank))))) for rank in range(7)] == [1, 0, 1, 0, 3, 0, 15]
    assert spanning_count(3, 5, special=True) == 10
    assert spanning_count(3, 5, special=False) == 0
    assert spanning_count(2, 8, special=True) == 105 + math.comb(8, 2) * 15


def test_levi_civita_is_the_determinant() -> None:
    matrix = np.random.default_rng(0).standard_normal((4, 4))
    permutations, signs = levi_civita(4)
    products = np.prod(matrix[np.arange(4)[None, :], permutations], axis=1)
    assert np.sum(signs * products) == pytest.approx(np.linalg.det(matrix), abs=1e-12)


def test_small_dimensions_make_pairings_dependent() -> None:
    assert len(paired_invariants(np.ones(2), 6, special=False)) == 10
    assert len(paired_invariants(np.ones(3), 6, special=False)) == 15
    assert len(paired_invariants(np.array([1.0, -1.0]), 4, special=True)) == 6


def test_metric_signs_are_kept() -> None:
    invariant = paired_invariants(np.array([1.0, -1.0, -1.0]), 2, special=False).reshape(3, 3)
    assert np.allclose(invariant / invariant[0, 0], np.diag([1.0, -1.0, -1.0]), rtol=0, atol=1e-15)
