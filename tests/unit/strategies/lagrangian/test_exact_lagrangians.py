"""Exact Lagrangians give the accelerations of their motions, however second derivatives and the solve are taken."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data import linked_pendulums, relativistic_particle
from symdsl.ir.operations.euler_lagrange import MassSolve
from symdsl.passes import second_derivatives
from tests.unit.strategies.lagrangian.mechanics import acceleration, double_pendulum, entry, particle

ANGLES = [[3 * np.pi / 7, 3 * np.pi / 4], [1, 2]]
SPEEDS = [[0, 0], [0.5, -0.3]]
KNOWN = [[-8.98212872, -2.15086586], [-6.72613996, -5.48733360]]
SOLVES = [MassSolve(), MassSolve(ridge=1e-6), MassSolve(method="pseudo_inverse", cutoff=1e-9)]


@pytest.mark.parametrize("solve", SOLVES, ids=["inverse", "ridge", "pseudo-inverse"])
def test_double_pendulum(solve: MassSolve) -> None:
    np.testing.assert_allclose(acceleration(double_pendulum, ANGLES, SPEEDS, solve), KNOWN, atol=5e-9)


@pytest.mark.parametrize(("most_paired", "most_dots"), [(4, 4), (4, 0), (0, 4)], ids=["dots", "product", "columns"])
def test_every_form_of_the_second_derivatives(
    monkeypatch: pytest.MonkeyPatch, most_paired: int, most_dots: int
) -> None:
    monkeypatch.setattr(second_derivatives, "MOST_PAIRED", most_paired)
    monkeypatch.setattr(second_derivatives, "MOST_DOTS", most_dots)
    generator = np.random.default_rng(2)
    q, v = generator.uniform(0, 2 * np.pi, (50, 2)), generator.uniform(-10, 10, (50, 2))
    expected = linked_pendulums.acceleration(q, v)
    np.testing.assert_allclose(acceleration(double_pendulum, q, v), expected, rtol=1e-10, atol=1e-10)


def test_relativistic_particle_of_the_papers_code() -> None:
    (found,) = acceleration(particle, [0.2], [0.5])
    assert found == pytest.approx(0.974279, abs=5e-7)
    speeds = np.tanh(np.random.default_rng(0).standard_normal(20))
    expected = relativistic_particle.acceleration(speeds, np.full(20, 3.0), physical=False)
    np.testing.assert_allclose(acceleration(particle, np.zeros(20), speeds), expected, rtol=1e-10)


def test_a_singular_mass_matrix_is_bounded_and_not_infinite() -> None:
    """L = v_1^2 / 2 - q_1 does not know v_2: nothing is said of a_2."""

    def flat(q, v):
        return 0.5 * entry(v, 0).apply("square") - entry(q, 0) + 0.0 * entry(v, 1)

    for solve in (MassSolve(ridge=1e-4), MassSolve(method="pseudo_inverse", cutoff=1e-6)):
        np.testing.assert_allclose(acceleration(flat, [[0.3, 0.1]], [[1, 2]], solve), [[-1, 0]], atol=1e-7)
    assert not np.all(np.isfinite(acceleration(flat, [[0.3, 0.1]], [[1, 2]])))


def test_a_ridge_is_least_squares() -> None:
    """|M a - b|^2 + d^2 |a|^2 with d = ridge times the root mean square eigenvalue, M indefinite."""
    mass, force = np.array([[1.0, 2.0], [2.0, -0.5]]), np.array([0.7, -1.3])

    def written(q, v):
        first, second = entry(v, 0), entry(v, 1)
        kinetic = 0.5 * first.apply("square") + 2.0 * (first * second) - 0.25 * second.apply("square")
        return kinetic + 0.7 * entry(q, 0) - 1.3 * entry(q, 1)

    bound = 0.3**2 * np.sum(mass**2) / 2
    expected = np.linalg.solve(mass @ mass + bound * np.eye(2), mass @ force)
    (found,) = acceleration(written, [[1, 2]], [[3, 4]], MassSolve(ridge=0.3))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
