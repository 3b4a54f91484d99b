"""True motions: what they conserve, in every layout, and what has none."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data import gravity
from symdsl.data.source import load_data, parse_reference
from symdsl.data.system import System, find_system
from symdsl.diagnostics.diagnostic import SymdslError

SIMULATORS = (
    "spring", "pendulum", "two_body", "two_body(per_body = true)", "three_body", "three_body(per_body = true)",
)  # fmt: skip


def system_of(text: str) -> System:
    found = find_system(parse_reference(text))
    assert found is not None
    return found


@pytest.mark.parametrize("text", SIMULATORS)
def test_what_is_conserved_stays_along_true_trajectories(text: str) -> None:
    system = system_of(text)
    name, _, options = text.partition("(")
    data = load_data(parse_reference(f"{name}(samples = 5, {options.rstrip(')')})".replace(", )", ")")))
    initial = np.asarray(data["z"])[:: len(data["z"]) // 5][:5]
    assert initial.shape[1:] == system.shape
    path = system.follow(initial, np.linspace(0, 10, 41))
    assert np.max(np.abs(path[:, -1] - path[:, 0])) > 0.1
    assert "energy" in system.conserved
    for value in system.conserved.values():
        values = np.stack([value(path[:, time]).reshape(5, -1) for time in range(41)])
        np.testing.assert_allclose(values, np.broadcast_to(values[0], values.shape), atol=1e-7)


@pytest.mark.parametrize("text", SIMULATORS)
def test_the_field_is_that_of_the_data(text: str) -> None:
    name, _, options = text.partition("(")
    data = load_data(parse_reference(f"{name}(samples = 3, {options.rstrip(')')})".replace(", )", ")")))
    z = data["clean"] if "clean" in data else data["z"]
    np.testing.assert_allclose(system_of(text).field(np.asarray(z)), data["dz"], atol=1e-12)


def test_momenta_of_two_bodies() -> None:
    z = np.array([[[1.0, -1.0, 0.0, 0.5], [0.2, 0.1, 0.3, -0.4]]])
    np.testing.assert_allclose(gravity.momentum(z), [[0.3, -0.1]])
    np.testing.assert_allclose(gravity.angular_momentum(z), [1.0 * 0.3 + (-1.0 * -0.4 - 0.5 * 0.1)])
    np.testing.assert_allclose(gravity.positions(z), [[[1.0, 0.0], [-1.0, 0.5]]])
    assert np.array_equal(gravity.by_coordinate(gravity.by_body(z)), z)
    per_body = system_of("two_body(per_body = true)")
    assert per_body.positions is not None
    np.testing.assert_allclose(per_body.positions(gravity.by_body(z)), gravity.positions(z))


def test_images_do_not_move() -> None:
    assert find_system(parse_reference("digits")) is None
    assert find_system(parse_reference("data.npz")) is None
    with pytest.raises(SymdslError, match="SYM0816"):
        find_system(parse_reference("spring(samples = many)"))
