"""Planted discrete symmetries are found and named; where there is none, or a continuous one, nothing is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from symdsl.discovery.discrete.search import search
from symdsl.discovery.estimate import Silent
from symdsl.discovery.problem import Array, Options, Problem

NONE = np.zeros((0, 3, 3))
SO3 = np.stack([np.outer(*np.eye(3)[[i, j]]) - np.outer(*np.eye(3)[[j, i]]) for i, j in ((0, 1), (0, 2), (1, 2))])


def blurred(law: Callable[[Array], Array], size: float = 0.1) -> Callable[[Array], Array]:
    """A surrogate: the law and a smooth error that keeps no symmetry."""

    def predict(x: Array) -> Array:
        flat = x.reshape(len(x), -1)
        weights = np.random.default_rng(1).standard_normal((flat.shape[1], 8))
        return law(x) + size * np.sin(flat @ weights + np.arange(8)).sum(axis=1) / 2.0

    return predict


def sectors(x: Array) -> Array:
    """LieGAN's law of Z_7."""
    return x[:, 2] / (1.0 + np.mod(np.arctan2(x[:, 1], x[:, 0]), 2.0 * np.pi / 7.0))


def lengths(x: Array) -> Array:
    """An O(3) law of three vectors."""
    first, second, third = x[:, 0], x[:, 1], x[:, 2]
    return np.linalg.norm(first, axis=1) + np.sum(first * second, axis=1) + np.tanh(np.sum(second * third, axis=1))


def triple(x: Array) -> Array:
    """An SO(3) law that parity breaks."""
    return lengths(x) + np.linalg.det(x)


def slots(x: Array) -> Array:
    """A law of equal slots."""
    return np.sum(np.sin(2.0 * x[..., 0]) * x[..., 1] + x[..., 1], axis=1) + x[..., 0].prod(axis=1)


def lopsided(x: Array) -> Array:
    """The same with one slot that counts more."""
    return slots(x) + 0.5 * x[:, 0, 1]


def found(law: Callable[[Array], Array], shape: tuple[int, ...], algebra: Array, count: int = 3000):
    """Names of what is found, by where it acts."""
    x = np.random.default_rng(0).standard_normal((count, *shape))
    findings = search(Problem(x, law(x)), blurred(law), algebra, Options(), Silent())
    return {finding.on: finding for finding in findings}


def test_cyclic_of_sectors() -> None:
    (finding,) = found(sectors, (3,), NONE, 6000).values()
    assert (finding.name, finding.order) == ("C(7)", 7)
    angle = 2.0 * np.pi / 7.0
    turn = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    np.testing.assert_allclose(finding.matrices[0], turn, atol=1e-15)


def test_parity_beside_an_algebra() -> None:
    (finding,) = found(lengths, (3, 3), SO3).values()
    assert finding.name == "C(2)"
    np.testing.assert_array_equal(finding.matrices, [-np.eye(3)])


def test_parity_that_is_broken() -> None:
    assert found(triple, (3, 3), SO3) == {}


def test_equal_slots() -> None:
    finding = found(slots, (4, 2), np.zeros((0, 2, 2)))["slots"]
    assert (finding.name, finding.order) == ("S(4)", 24)


def test_slots_that_are_not_all_equal() -> None:
    finding = found(lopsided, (4, 2), np.zeros((0, 2, 2)))["slots"]
    assert finding.name == "S(3)"
    assert np.all(finding.matrices[:, 0, 0] == 1.0)


def test_signs_and_permutations_of_coordinates() -> None:
    finding = found(lambda x: np.sum(x**2 - 0.3 * x**4 * np.exp(-(x**2)), axis=1), (3,), NONE)["vectors"]
    assert (finding.name, finding.order) == ("S(4) * C(2)", 48)


def test_no_symmetry() -> None:
    weights = np.arange(1.0, 4.0)
    law = found(lambda x: np.sin(x @ weights) + x**3 @ weights * 0.2 + x[:, 0] * x[:, 1], (3,), NONE)
    assert law == {}


def test_what_the_algebra_has_is_not_found_again() -> None:
    """O(2) about an axis: all its turns are in the connected part, and one mirror is another component."""
    (finding,) = found(lambda x: np.hypot(x[:, 0], x[:, 1]) + np.sin(2.0 * x[:, 2] + 1.0), (3,), SO3[:1]).values()
    assert finding.name == "C(2)"
    assert np.linalg.det(finding.matrices[0]) < 0.0


def test_equivariance_finds_how_outputs_move() -> None:
    """Turning x by a quarter turns y by a quarter."""

    def law(x: Array) -> Array:
        z = x[:, 0] + 1j * x[:, 1]
        w = z * np.exp(0.5j * abs(z) ** 2) + z.conj() ** 3 / (1.0 + abs(z) ** 2)
        return np.stack([w.real, w.imag], axis=1)

    x = np.random.default_rng(0).standard_normal((3000, 2))
    (finding,) = search(Problem(x, law(x), "equivariance"), law, np.zeros((0, 2, 2)), Options(), Silent())
    assert finding.name == "C(4)"
    assert finding.outputs is not None
    np.testing.assert_allclose(law(x @ finding.matrices[0].T), law(x) @ finding.outputs[0].T, atol=1e-8)


@pytest.mark.parametrize("size", [2, 4])
def test_components_of_classical_groups(size: int) -> None:
    """-1 lies in SO(2k): only a reflection is another component."""
    pairs = list(itertools.combinations(range(size), 2))
    algebra = np.zeros((len(pairs), size, size))
    for number, (i, j) in enumerate(pairs):
        algebra[number, i, j], algebra[number, j, i] = 1.0, -1.0
    (finding,) = found(lambda x: np.sin(np.linalg.norm(x, axis=1) * 2.0), (size,), algebra).values()
    assert finding.name == "C(2)"
    assert np.linalg.det(finding.matrices[0]) < 0.0
