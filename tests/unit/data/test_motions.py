"""Simulated motions against published values, independent integrators, and what they conserve."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from symdsl.data import linked_pendulums, n_springs, relativistic_particle, three_body, wave_equation
from symdsl.data.source import load_data, parse_reference


def test_double_pendulum_has_the_published_accelerations() -> None:
    angles = np.array([[3 * np.pi / 7, 3 * np.pi / 4], [1.0, 2.0]])
    velocities = np.array([[0.0, 0.0], [0.5, -0.3]])
    found = linked_pendulums.acceleration(angles, velocities)
    np.testing.assert_allclose(found, [[-8.98212872, -2.15086586], [-6.72613996, -5.48733360]], atol=1e-8)


@pytest.mark.parametrize("links", [1, 2, 3, 5])
def test_linked_pendulums_follow_from_their_energy(links: int) -> None:
    """Hamilton's equations of H(q, p) by finite differences, H from the positions of the masses in the plane."""
    random = np.random.default_rng(links)
    state = np.stack([random.uniform(0, 6, (4, links)), random.normal(size=(4, links))], axis=1)

    def cartesian_energy(z: np.ndarray) -> np.ndarray:
        q, v = np.moveaxis(linked_pendulums.to_velocities(z), 1, 0)
        rates = np.cumsum(np.cos(q) * v, axis=1), np.cumsum(np.sin(q) * v, axis=1)
        return np.sum(rates[0] ** 2 + rates[1] ** 2, axis=1) / 2 - 9.8 * np.sum(np.cumsum(np.cos(q), axis=1), axis=1)

    z = linked_pendulums.to_momenta(state)
    np.testing.assert_allclose(linked_pendulums.energy(state[:, 0], state[:, 1]), cartesian_energy(z), rtol=1e-12)
    slope = np.empty_like(z)
    for index in np.ndindex(2, links):
        step = np.zeros((2, links))
        step[index] = 1e-6
        slope[:, *index] = (cartesian_energy(z + step) - cartesian_energy(z - step)) / 2e-6
    expected = np.stack([slope[:, 1], -slope[:, 0]], axis=1)
    np.testing.assert_allclose(linked_pendulums.canonical_field(z), expected, rtol=1e-6, atol=1e-6)
    ahead = linked_pendulums.to_velocities(z + 1e-6 * expected)
    behind = linked_pendulums.to_velocities(z - 1e-6 * expected)
    np.testing.assert_allclose(linked_pendulums.motion(state), (ahead - behind) / 2e-6, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("canonical", ["false", "true"])
@pytest.mark.parametrize("name", ["double_pendulum", "triple_pendulum"])
def test_energy_of_pendulums_stays_along_a_trajectory(name: str, canonical: str) -> None:
    data = load_data(parse_reference(f"{name}(samples = 3, points = 20, speed = 1, canonical = {canonical})"))
    energy = np.asarray(data["energy"]).reshape(3, 20)
    assert np.ptp(energy, axis=1).max() < 1e-6
    assert np.ptp(energy) > 0.1
    assert ("z" in data.arrays) == (canonical == "true")


def test_springs_move_as_an_integrator_moves_them() -> None:
    states, masses, charges = n_springs.draw_systems(3, 4, 3, np.random.default_rng(0))
    times = np.linspace(0, 2, 5)
    found = n_springs.follow_modes(states, masses, charges, times)

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        return n_springs.field(y.reshape(states.shape), masses, charges).ravel()

    path = solve_ivp(slope, (0, 2), states.ravel(), t_eval=times, rtol=1e-11, atol=1e-12).y
    np.testing.assert_allclose(found.transpose(1, 0, 2, 3, 4).reshape(5, -1), path.T, atol=1e-8)
    np.testing.assert_allclose(found[:, :, :, 1].sum(axis=2), 0, atol=1e-12)
    first = n_springs.hamiltonian(found[:, 0], masses, charges)
    np.testing.assert_allclose(n_springs.hamiltonian(found[:, -1], masses, charges), first, rtol=1e-12)


def test_springs_have_the_slope_of_their_energy() -> None:
    z, masses, charges = n_springs.draw_systems(2, 3, 2, np.random.default_rng(1))
    slope = np.empty_like(z)
    for index in np.ndindex(*z.shape[1:]):
        step = np.zeros(z.shape[1:])
        step[index] = 1e-5
        rise = n_springs.hamiltonian(z + step, masses, charges) - n_springs.hamiltonian(z - step, masses, charges)
        slope[:, *index] = rise / 2e-5
    expected = np.stack([slope[:, :, 1], -slope[:, :, 0]], axis=2)
    np.testing.assert_allclose(n_springs.field(z, masses, charges), expected, atol=1e-7)


def test_relativistic_particle_has_the_published_and_the_physical_acceleration() -> None:
    half, three = np.array([0.5]), np.array([3.0])
    assert relativistic_particle.acceleration(half, three, physical=False) == pytest.approx(0.974279, abs=1e-6)
    assert relativistic_particle.acceleration(half, three) == pytest.approx(1.948557, abs=1e-6)
    data = load_data(parse_reference("relativistic_particle(samples = 50)"))
    assert np.abs(data["v"]).max() < 1


def test_waves_move_as_an_integrator_moves_them_and_keep_their_energy() -> None:
    initial = wave_equation.draw_waves(2, 16, 3, 0.7, np.random.default_rng(2))
    times = np.linspace(0, 0.5, 4)
    found = wave_equation.follow_modes(initial, times, 0.7)

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        return wave_equation.motion(y.reshape(initial.shape), 0.7).ravel()

    path = solve_ivp(slope, (0, 0.5), initial.ravel(), t_eval=times, rtol=1e-10, atol=1e-11).y
    np.testing.assert_allclose(found.transpose(1, 0, 2, 3).reshape(4, -1), path.T, atol=1e-7)
    energies = wave_equation.energy(found.reshape(-1, 2, 16), 0.7).reshape(2, 4)
    np.testing.assert_allclose(energies, np.broadcast_to(energies[:, :1], (2, 4)), rtol=1e-12)


def test_waves_have_the_slope_of_their_energy() -> None:
    state = np.random.default_rng(3).normal(size=(1, 2, 8))
    slope = np.empty(8)
    for place in range(8):
        step = np.zeros((1, 2, 8))
        step[0, 0, place] = 1e-6
        slope[place] = (wave_equation.energy(state + step)[0] - wave_equation.energy(state - step)[0]) / 2e-6
    np.testing.assert_allclose(wave_equation.acceleration(state[:, 0])[0], -slope, rtol=1e-6, atol=1e-5)


def test_three_bodies_without_disorder_turn_as_a_triangle() -> None:
    initial = three_body.draw_initial(3, 0.0, np.random.default_rng(4))
    system = three_body.SOURCE.system(parse_reference("three_body"))
    path = system.follow(initial, np.linspace(0, 1, 3))
    radii = np.hypot(path[:, :, 0, :3], path[:, :, 0, 3:])
    np.testing.assert_allclose(radii, np.broadcast_to(radii[:, :1], radii.shape), rtol=1e-6)
    assert np.abs(path[:, -1] - path[:, 0]).max() > 0.5
