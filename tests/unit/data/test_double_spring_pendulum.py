"""The double spring pendulum: its equations, what it conserves, and which states are kept."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data import double_spring_pendulum as pendulum
from symdsl.data.source import load_data, parse_reference
from symdsl.data.system import find_system

SMALL = "double_spring_pendulum(training = 6, validation = 2, test = 4{more})"


@pytest.mark.parametrize("constant", [1.0, 2.0])
def test_the_field_is_the_symplectic_gradient_of_the_hamiltonian(constant: float) -> None:
    z = pendulum.draw_initial(5, np.random.default_rng(1))
    gradient = np.empty_like(z)
    for index in np.ndindex(pendulum.SHAPE):
        step = np.zeros(pendulum.SHAPE)
        step[index] = 1e-6
        change = pendulum.hamiltonian(z + step, constant) - pendulum.hamiltonian(z - step, constant)
        gradient[(slice(None), *index)] = change / 2e-6
    expected = np.stack([gradient[:, :, 1], -gradient[:, :, 0]], axis=2)
    np.testing.assert_allclose(pendulum.field(z, constant), expected, rtol=1e-7, atol=1e-8)


def test_the_energy_is_that_of_the_published_code() -> None:
    z = np.zeros((1, 2, 2, 3))
    z[0, 0] = [[0.3, 0.0, -1.4], [0.1, 0.2, 0.0]]
    z[0, 1] = [[0.0, 0.5, -2.9], [0.0, 0.0, -0.4]]
    first, second = np.hypot(0.3, 1.4) - 1, np.sqrt(0.09 + 0.25 + 2.25) - 1
    rest = 0.05 / 2 + 0.16 / 2 + first**2 / 2 - 4.3
    np.testing.assert_allclose(pendulum.hamiltonian(z), rest + second**2)
    np.testing.assert_allclose(pendulum.hamiltonian(z, 1.0), rest + second**2 / 2)
    np.testing.assert_allclose(pendulum.angular_momentum(z), 0.3 * 0.2)


@pytest.mark.parametrize("more", ["", ", half = true"])
def test_energy_and_angular_momentum_about_the_vertical_are_conserved(more: str) -> None:
    reference = parse_reference(SMALL.format(more=more))
    data, system = load_data(reference), find_system(reference)
    assert system is not None
    path = system.follow(np.asarray(data["z"])[::5], np.linspace(0, 10, 21))
    for value in system.conserved.values():
        values = np.stack([value(path[:, time]) for time in range(21)])
        np.testing.assert_allclose(values, np.broadcast_to(values[0], values.shape), atol=1e-8)
        assert np.ptp(values[0]) > 0.1
    np.testing.assert_allclose(system.field(np.asarray(data["z"])), data["dz"], atol=1e-12)
    np.testing.assert_allclose(system.conserved["energy"](np.asarray(data["z"])), data["energy"])


def test_five_successive_states_of_each_trajectory_are_kept() -> None:
    data = load_data(parse_reference(SMALL.format(more="")))
    assert data["z"].shape == data["dz"].shape == (60, 2, 2, 3)
    assert {part: len(where) for part, where in data.partition.items()} == {"train": 30, "validation": 10, "test": 20}
    time = np.asarray(data["time"]).reshape(12, 5)
    np.testing.assert_allclose(np.diff(time), 0.2)
    np.testing.assert_allclose(time[:, 0], np.round(time[:, 0]), atol=1e-12)
    assert 0 <= time.min() < 10 < 20 < time.max() < 30
    system = find_system(parse_reference("double_spring_pendulum"))
    assert system is not None
    z = np.asarray(data["z"]).reshape(12, 5, *pendulum.SHAPE)
    np.testing.assert_allclose(system.follow(z[:, 0], 0.2 * np.arange(5)), z, atol=1e-6)
    whole = load_data(parse_reference(SMALL.format(more=", chunk = 150")))
    for row in range(12):
        at = round(time[row, 0] / 0.2)
        np.testing.assert_allclose(np.asarray(whole["z"]).reshape(12, 150, -1)[row, at], z[row, 0].ravel(), atol=1e-9)


def test_trajectories_start_near_rest() -> None:
    initial = pendulum.draw_initial(2000, np.random.default_rng(0))
    np.testing.assert_allclose(initial.mean(axis=0)[:, 0], pendulum.REST, atol=0.02)
    np.testing.assert_allclose(initial.mean(axis=0)[:, 1], 0, atol=0.04)
    np.testing.assert_allclose(initial.std(axis=0), np.broadcast_to([[0.2], [0.4]], (2, 2, 3)), atol=0.03)
