"""Orbits against a plain search."""

import numpy as np
import pytest

from symdsl.groups.arrays.orbits import orbit_labels, orbit_vectors


def _searched(permutations: list[np.ndarray], size: int) -> list[int]:
    labels = [-1] * size
    count = 0
    for start in range(size):
        if labels[start] < 0:
            stack = [start]
            while stack:
                point = stack.pop()
                if labels[point] < 0:
                    labels[point] = count
                    stack += [int(permutation[point]) for permutation in permutations]
            count += 1
    return labels


@pytest.mark.parametrize("seed", range(20))
def test_random_permutations(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(1, 60))
    permutations = []
    for _ in range(int(generator.integers(0, 3))):
        permutation = np.arange(size)
        moved = generator.choice(size, int(generator.integers(0, size + 1)), replace=False)
        permutation[moved] = generator.permutation(moved)
        permutations.append(permutation)
    assert orbit_labels(permutations, size).tolist() == _searched(permutations, size)


def test_one_long_cycle() -> None:
    size = 200_000
    order = np.random.default_rng(0).permutation(size)
    cycle = np.empty(size, dtype=np.int64)
    cycle[order] = np.roll(order, 1)
    assert not np.any(orbit_labels([cycle], size))


def test_vectors_are_orthonormal_indicators() -> None:
    vectors = orbit_vectors(np.array([0, 1, 0, 2]))
    assert np.allclose(vectors @ vectors.T, np.eye(3), rtol=0, atol=1e-15)
    assert np.array_equal(
        vectors > 0, [[True, False, True, False], [False, True, False, False], [False, False, False, True]]
    )
