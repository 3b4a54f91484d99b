"""Noisy generators close to the algebra that they came from, and those of none do not."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.groups.arrays.lie_algebra import lie_algebra_of
from symdsl.groups.arrays.matrices import Array, Matrices, block_diagonal
from symdsl.groups.families.affine import special_euclidean
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.families.classical import special_unitary, unitary
from symdsl.groups.group import Group
from symdsl.groups.identification.closing import Closed, close

from .conjugates import disguised, distance, noisy


def closed(generators: Array) -> Closed:
    result = close(generators)
    assert result is not None
    return result


@pytest.mark.parametrize(
    "group", [special_orthogonal(5), special_orthogonal(1, 3), special_unitary(3), unitary(2), special_orthogonal(6)]
)
def test_closing_finds_the_algebra_nearer_than_the_noise(group: Group) -> None:
    for seed in range(3):
        given = noisy(group.lie_algebra, 0.2, seed)
        result = closed(given)
        assert result.residuals[-1] < 1e-11 < 0.1 < result.residuals[0]
        assert distance(result.generators, group.lie_algebra) < 0.7 * distance(given, group.lie_algebra)
        assert np.isclose(result.moved, np.tan(np.arcsin(distance(result.generators, given))))
        flat = result.generators.reshape(len(given), -1)
        assert np.allclose(flat @ flat.T, np.eye(len(given)), atol=1e-12)
        assert lie_algebra_of(Matrices.of(result.generators)) == lie_algebra_of(group.algebra_data)


def test_closing_a_conjugate_is_exact_and_the_same_on_every_run() -> None:
    given = noisy(disguised(special_orthogonal(1, 3).lie_algebra, seed=3, condition=3.0), 0.02, seed=4)
    first, second = closed(given), closed(given)
    assert np.array_equal(first.generators, second.generators)
    assert first.residuals[-1] < 1e-13


def test_a_closed_algebra_does_not_move() -> None:
    given = special_orthogonal(2, 1).lie_algebra
    result = closed(given)
    assert result.moved < 1e-12
    assert distance(result.generators, given) < 1e-12
    everything = closed(np.eye(4).reshape(4, 2, 2))
    assert everything.residuals == (0.0,)


def test_pairs_and_affine_motions_keep_their_zeros() -> None:
    vectors = special_orthogonal(4).lie_algebra
    pairs = noisy(block_diagonal([vectors, vectors]), 0.1, seed=0)
    pairs[:, :4, 4:] = pairs[:, 4:, :4] = 0.0
    both = closed(pairs).generators
    assert not np.any(both[:, :4, 4:])
    assert not np.any(both[:, 4:, :4])
    inputs, outputs = (
        lie_algebra_of(Matrices.of(np.ascontiguousarray(both[:, s, s]))) for s in (slice(4), slice(4, 8))
    )
    assert inputs == outputs == lie_algebra_of(special_orthogonal(4).algebra_data)
    motions = noisy(special_euclidean(3).lie_algebra, 0.05, seed=1)
    motions[:, -1] = 0.0
    assert not np.any(closed(motions).generators[:, -1])


def test_generators_of_no_algebra_are_refused() -> None:
    rng = np.random.default_rng(0)
    refused = [close(rng.standard_normal((6, 4, 4))) for _ in range(8)]
    assert refused.count(None) >= 7
    assert close(np.stack([np.eye(3), 2.0 * np.eye(3)])) is None
