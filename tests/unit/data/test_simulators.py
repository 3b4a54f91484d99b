import numpy as np
import pytest
from scipy.integrate import solve_ivp

from symdsl.data import gravity, pendulum, spring, two_body
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import SymdslError

SYSTEMS = {
    "spring": (spring, (2, 1)),
    "pendulum": (pendulum, (2, 1)),
    "two_body": (gravity, (2, 4)),
    "three_body": (gravity, (2, 6)),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_field_is_the_symplectic_gradient_of_the_hamiltonian(name):
    system, shape = SYSTEMS[name]
    z = np.random.default_rng(1).normal(size=(5, *shape))
    gradient = np.empty_like(z)
    for index in np.ndindex(shape):
        step = np.zeros(shape)
        step[index] = 1e-6
        gradient[(slice(None), *index)] = (system.hamiltonian(z + step) - system.hamiltonian(z - step)) / 2e-6
    expected = np.stack([gradient[:, 1], -gradient[:, 0]], axis=1)
    np.testing.assert_allclose(system.field(z), expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", SYSTEMS)
def test_energy_is_conserved_along_each_trajectory(name):
    data = load_data(parse_reference(f"{name}(samples = 12)"))
    for trajectory in range(12):
        energy = data["energy"][data["trajectory"] == trajectory]
        assert np.ptp(energy) < 1e-4
        assert np.ptp(data["energy"]) > 1e-2


def test_spring_has_the_published_size_split_noise_and_targets():
    data = load_data(parse_reference("spring"))
    assert data["z"].shape == data["dz"].shape == (1500, 2, 1)
    assert len(data.partition["train"]) == len(data.partition["test"]) == 750
    np.testing.assert_array_equal(data["dz"], spring.field(data["clean"]))
    noise = data["z"] - data["clean"]
    assert abs(noise.std() - 0.1) < 0.004
    radii = np.linalg.norm(data["clean"][::30, :, 0], axis=1)
    assert radii.min() >= 0.1
    assert radii.max() <= 1.0


def test_spring_turns_with_angular_frequency_two():
    data = load_data(parse_reference("spring(samples = 4)"))
    clean = data["clean"][:30, :, 0]
    phase = np.unwrap(np.arctan2(-clean[:, 1], clean[:, 0]))
    np.testing.assert_allclose(np.diff(phase), 2 * 3 / 29, atol=1e-5)


def test_spring_draws_in_the_published_order():
    """One trajectory at a time from the global stream, as the published generator does it."""
    random = np.random.RandomState(3)
    parts = []
    for _ in range(3):
        start = random.rand(2) * 2 - 1
        start = start / np.sqrt((start**2).sum()) * (random.rand() * 0.9 + 0.1)
        path = solve_ivp(lambda t, y: [2 * y[1], -2 * y[0]], (0, 3), start, t_eval=np.linspace(0, 3, 30), rtol=1e-10).y
        parts.append(np.stack([path[0] + random.randn(30) * 0.1, path[1] + random.randn(30) * 0.1], axis=1))
    data = load_data(parse_reference("spring(samples = 3)"), seed=3)
    np.testing.assert_allclose(data["z"][:, :, 0], np.concatenate(parts), atol=1e-12)


def test_pendulum_has_the_published_size_and_radii():
    data = load_data(parse_reference("pendulum"))
    assert data["z"].shape == (2250, 2, 1)
    assert len(data.partition["train"]) == 1125
    radii = np.linalg.norm(data["clean"][::45, :, 0], axis=1)
    assert 1.3 <= radii.min() < 1.5 < 2.1 < radii.max() <= 2.3


def test_two_body_starts_near_circular_orbits_with_zero_momentum():
    random = np.random.RandomState(0)
    initial = two_body.draw_initial(200, 0.0, random)
    radius = np.linalg.norm(initial[:, 0, 0::2], axis=1)
    speed = np.linalg.norm(initial[:, 1, 0::2], axis=1)
    np.testing.assert_allclose(speed, 1 / (2 * np.sqrt(radius)))
    acceleration = np.linalg.norm(gravity.field(initial)[:, 1, 0::2], axis=1)
    np.testing.assert_allclose(acceleration, speed**2 / radius)
    assert 0.7 < radius.min() < radius.max() < 2.13
    momentum = initial[:, 1, 0::2] + initial[:, 1, 1::2]
    np.testing.assert_allclose(momentum, 0, atol=1e-15)


def test_two_body_has_the_published_size_split_and_both_layouts():
    flat = load_data(parse_reference("two_body"))
    assert flat["z"].shape == (50000, 2, 4)
    assert np.array_equal(flat.partition["test"], np.arange(10000))
    assert np.array_equal(flat.partition["train"], np.arange(10000, 50000))
    bodies = load_data(parse_reference("two_body(samples = 2, per_body = true)"))
    # body 2, momentum, y is the last column of the published order
    np.testing.assert_array_equal(bodies["z"][:, 1, 1, 1], flat["z"][:100, 1, 3])
    np.testing.assert_array_equal(bodies["z"][:, 0, 0, 1], flat["z"][:100, 0, 2])


def test_the_seed_rules_the_draw_and_an_option_wins_over_it():
    first = load_data(parse_reference("spring(samples = 2)"), seed=1)["z"]
    assert not np.array_equal(first, load_data(parse_reference("spring(samples = 2)"), seed=2)["z"])
    np.testing.assert_array_equal(first, load_data(parse_reference("spring(samples = 2, seed = 1)"), seed=2)["z"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("spring(sample = 3)", "SYM0816"),
        ("spring(noise = -1)", "SYM0816"),
        ("spring(samples = true)", "SYM0816"),
        ("spring(samples = 1000000, points = 100000)", "SYM0815"),
    ],
)
def test_bad_options_are_refused(text, code):
    with pytest.raises(SymdslError, match=code) as caught:
        load_data(parse_reference(text))
    assert caught.value.exit_code == 2


def test_a_whole_number_serves_as_a_real_one():
    data = load_data(parse_reference("spring(samples = 2, noise = 0)"))
    np.testing.assert_array_equal(data["z"], data["clean"])
