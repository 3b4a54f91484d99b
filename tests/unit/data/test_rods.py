"""Bodies on rods against the same motion in angles, and what they conserve."""

from __future__ import annotations

import numpy as np

from symdsl.data import gyroscope, linked_pendulums
from symdsl.data.integrate import integrate
from symdsl.data.source import load_data, parse_reference


def test_a_chain_of_unit_rods_is_a_linked_pendulum() -> None:
    data = load_data(parse_reference("chain_pendulum(samples = 3, points = 21, equal = true, gravity = 9.8)"))
    angles = np.asarray(data["angles"]).reshape(3, 21, 2, 3)
    first = linked_pendulums.to_velocities(angles[:, 0]).reshape(3, 6)

    def slope(y: np.ndarray) -> np.ndarray:
        return linked_pendulums.motion(y.reshape(-1, 2, 3)).reshape(-1, 6)

    times = np.asarray(data["time"])[:21]
    wanted = integrate(slope, first, times, rtol=1e-11, atol=1e-11).reshape(3, 21, 2, 3)
    found = linked_pendulums.to_velocities(angles.reshape(-1, 2, 3)).reshape(3, 21, 2, 3)
    assert np.ptp(wanted[:, :, 0], axis=1).min() > 0.3
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_the_chain_keeps_its_rods_and_its_energy() -> None:
    data = load_data(parse_reference("chain_pendulum(samples = 4, points = 11, links = 2)"))
    z = np.asarray(data["z"]).reshape(4, 11, 2, 2, 2)
    lengths = np.linalg.norm(np.diff(z[:, :, :, 0], axis=2, prepend=0), axis=3)
    assert np.ptp(lengths[0, 0]) > 0.04
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[:1, :1], lengths.shape), atol=1e-8)
    energy = np.asarray(data["energy"]).reshape(4, 11)
    assert np.ptp(energy, axis=1).max() < 1e-7 < np.ptp(energy)


def test_the_gyroscope_conserves_what_a_heavy_top_does() -> None:
    data = load_data(parse_reference("gyroscope(samples = 4, points = 31)"))
    z, angles = np.asarray(data["z"]), np.asarray(data["angles"])
    frames = np.einsum("nia,nja->nij", z[:, :, 0], z[:, :, 0])
    np.testing.assert_allclose(frames, np.broadcast_to(np.eye(3), frames.shape), atol=1e-7)
    for quantity in (gyroscope.about_vertical, gyroscope.about_axis):
        values = quantity(z).reshape(4, 31)
        assert np.ptp(values, axis=1).max() < 1e-7 < np.ptp(values)
    np.testing.assert_allclose(gyroscope.axes_of(angles[:, 0]), z[:, :, 0], atol=1e-7)
    # the energy in Euler's angles (Goldstein, Classical Mechanics, 5.7): A = 1.25 across the axis, C = 0.5 about it
    theta, (p_phi, p_theta, p_psi) = angles[:, 0, 1], angles[:, 1].T
    across = (p_phi - p_psi * np.cos(theta)) ** 2 / np.sin(theta) ** 2
    euler = (p_theta**2 + across) / (2 * 1.25) + p_psi**2 / (2 * 0.5) + np.cos(theta)
    np.testing.assert_allclose(euler, data["energy"], atol=1e-6)
    # no angle jumps, though psi goes round more than once
    assert np.abs(np.diff(angles.reshape(4, 31, 2, 3)[:, :, 0], axis=1)).max() < 1
    assert np.ptp(angles[:31, 0, 2]) > 2 * np.pi
