"""Trajectories against analytic orbits, on both backends, and what ends one early."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data import spring, two_body
from symdsl.data.source import parse_reference
from symdsl.data.system import find_system
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.session import Limits
from symdsl.simulation.methods import METHODS, Accuracy
from symdsl.simulation.motion import Motion, learned_scalars, moving_fields
from symdsl.simulation.quantities import choose_quantities
from symdsl.simulation.rollout import check_length, output_times, roll_out
from tests.unit.simulation.models import HAMILTONIAN, LINEAR, MASSES, ORBITS, compiled, motion_of, orbit, spec_of

STARTS = {"z": np.array([[[1.0], [0.0]], [[-0.3], [0.4]], [[0.0], [0.7]]])}
TIMES = 0.05 * np.arange(201)
ERRORS = {"rk45": 1e-7, "rk4": 1e-4, "midpoint": 2e-2}


@pytest.mark.parametrize("method", METHODS)
def test_an_exact_field_gives_the_analytic_orbit(method: str) -> None:
    found = roll_out(motion_of(spring.field), STARTS, TIMES, METHODS[method])
    exact = orbit(STARTS["z"], TIMES)
    error = np.max(np.abs(found.states["z"] - exact))
    assert error < ERRORS[method]
    assert np.ptp(exact) > 1


@pytest.mark.parametrize(("method", "order"), [("rk4", 4), ("midpoint", 2)])
def test_fixed_steps_converge_with_their_order(method: str, order: int) -> None:
    errors = []
    for steps in (40, 80):
        times = np.linspace(0, 4, steps + 1)
        found = roll_out(motion_of(spring.field), STARTS, times, METHODS[method])
        errors.append(np.max(np.abs(found.states["z"][:, -1] - orbit(STARTS["z"], times)[:, -1])))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


def test_the_midpoint_rule_keeps_a_quadratic_energy_and_runge_kutta_does_not() -> None:
    times = 0.2 * np.arange(2001)
    change = {}
    for method in ("midpoint", "rk4"):
        states = roll_out(motion_of(spring.field), STARTS, times, METHODS[method]).states["z"]
        energy = spring.hamiltonian(states.reshape(-1, 2, 1)).reshape(3, -1)
        change[method] = float(np.max(np.abs(energy - energy[:, :1])))
    assert change["midpoint"] < 1e-11 < 1e-2 < change["rk4"]


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_compiled_field_gives_the_analytic_orbit(backend: str) -> None:
    compilation = compiled(LINEAR, backend)
    model = compilation.instantiate()
    weights = {name: np.zeros_like(array) for name, array in model.weights().items()}
    (matrix,) = [name for name, array in weights.items() if array.shape == (2, 2)]
    weights[matrix] = np.array([[0.0, 2.0], [-2.0, 0.0]])
    model.set_weights(weights)
    motion = Motion(compilation.spec, model.call, {})
    if np.max(np.abs(motion.rate(np.array([[1.0, 0.0]])) - [[0.0, -2.0]])) > 1e-12:
        model.set_weights({**weights, matrix: weights[matrix].T})
    found = roll_out(motion, STARTS, TIMES, METHODS["rk45"])
    np.testing.assert_allclose(found.states["z"], orbit(STARTS["z"], TIMES), atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-6), ("float32", 1e-4)])
def test_torch_and_jax_agree(method: str, dtype: str, tolerance: float) -> None:
    paths, weights = [], None
    for backend in ("torch", "jax"):
        compilation = compiled(HAMILTONIAN, backend, dtype)
        model = compilation.instantiate(weights)
        weights = {name: 2 * array for name, array in model.weights().items()} if weights is None else weights
        model.set_weights(weights)
        motion = Motion(compilation.spec, model.call, {})
        accuracy = Accuracy(1e-6, 1e-6, float(np.finfo(dtype).eps))
        found = roll_out(motion, STARTS, TIMES, METHODS[method], accuracy=accuracy)
        paths.append(found.states["z"])
    assert np.max(np.abs(paths[0][:, -1] - paths[0][:, 0])) > 0.01
    np.testing.assert_allclose(paths[0], paths[1], atol=tolerance)


def test_the_learned_energy_stays() -> None:
    compilation = compiled(HAMILTONIAN, "torch")
    assert learned_scalars(compilation.program) == ("energy",)
    motion = Motion(compilation.spec, compilation.instantiate().call, {})
    found = roll_out(motion, STARTS, TIMES, METHODS["rk45"], scalars=("energy",))
    (energy,) = found.quantities
    assert energy.title == "learned energy"
    assert energy.values.shape == (3, 201, 1)
    assert energy.change.max() < 1e-8
    assert np.ptp(energy.values[:, 0]) > 1e-3


def test_a_plain_network_has_no_scalar() -> None:
    assert learned_scalars(compiled(LINEAR, "torch").program) == ()


@pytest.mark.parametrize("method", METHODS)
def test_inputs_that_stay_stay_with_their_trajectories(method: str) -> None:
    """dz/dt = k J z: the trajectory with k = 2 has gone as far at t as that with k = 1 at 2 t."""
    model = spec_of(MASSES)
    assert moving_fields(model) == {"z": "dz"}

    def call(entry_point: str, k: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, ...]:
        assert len(k) == len(z)
        return k, k[:, None, None] * np.stack([z[:, 1], -z[:, 0]], axis=1)

    motion = Motion(model, call, {"k": np.array([1.0, 2.0])})
    starts = {"z": np.array([[[1.0], [0.0]]] * 2)}
    states = roll_out(motion, starts, 0.01 * np.arange(101), METHODS[method]).states["z"]
    np.testing.assert_allclose(states[1, 50], states[0, 100], atol=1e-4)
    np.testing.assert_allclose(states[0, 100, :, 0], [np.cos(1), -np.sin(1)], atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_what_runs_to_infinity_ends_with_time_and_state(method: str) -> None:
    """dq/dt = q^2 from q = 1 is infinite at t = 1; the other trajectory would go on."""
    motion = motion_of(lambda z: np.where(z > 0, z**2, 0.0))
    starts = {"z": np.array([[[-1.0], [-1.0]], [[1.0], [-1.0]]])}
    step = 0.05 if method != "midpoint" else 0.005
    with pytest.raises(SymdslError) as caught:
        roll_out(motion, starts, step * np.arange(2001), METHODS[method])
    assert caught.value.exit_code == 5
    (fault,) = caught.value.diagnostics
    assert fault.code in ("SYM1234", "SYM1235")
    if method != "midpoint":
        assert fault.code == "SYM1234"
        assert "trajectory 1" in fault.message
        assert 0.9 < float(fault.message.split("t = ")[1]) < 2
        assert "it started from 1, -1" in fault.notes[1]


@pytest.mark.parametrize("method", METHODS)
def test_a_field_that_is_not_finite_at_the_start(method: str) -> None:
    motion = motion_of(lambda z: np.full_like(z, np.nan))
    with pytest.raises(SymdslError, match="SYM1234: trajectory 0 is no longer finite after t = 0"):
        roll_out(motion, STARTS, TIMES, METHODS[method])


def test_an_implicit_step_that_is_too_large() -> None:
    with pytest.raises(SymdslError, match="SYM1235") as caught:
        roll_out(motion_of(lambda z: np.sin(100 * z)), STARTS, TIMES, METHODS["midpoint"])
    assert caught.value.exit_code == 5


def test_lengths_are_bounded() -> None:
    check_length(2, 99, 5, Limits(trajectory_numbers=1000))
    with pytest.raises(SymdslError, match="SYM1236"):
        check_length(2, 100, 5, Limits(trajectory_numbers=1000))
    with pytest.raises(SymdslError, match="SYM1236: rk45 took 7 steps"):
        roll_out(motion_of(spring.field), STARTS, TIMES, METHODS["rk45"], limits=Limits(solver_steps=7))


@pytest.mark.parametrize(
    ("steps", "duration", "expected"),
    [(10, None, (10, 0.05)), (None, 1.0, (20, 0.05)), (None, 1.02, (21, 1.02 / 21)), (None, 0.001, (1, 0.001))],
)
def test_a_duration_is_met(steps: int | None, duration: float | None, expected: tuple[int, float]) -> None:
    assert output_times(steps, duration, 0.05) == pytest.approx(expected)


def test_a_duration_without_end_is_too_long() -> None:
    count, _ = output_times(None, 1e300, 1e-300)
    with pytest.raises(SymdslError, match="SYM1236"):
        check_length(1, count, 1, Limits())


def test_the_truth_is_beside_the_model() -> None:
    system = find_system(parse_reference("spring"))
    slower = motion_of(lambda z: 0.9 * spring.field(z))
    found = roll_out(slower, STARTS, TIMES, METHODS["rk45"], system=system)
    np.testing.assert_allclose(found.truth["z"], orbit(STARTS["z"], TIMES), atol=1e-8)
    assert found.distance is not None
    np.testing.assert_allclose(found.distance[0], 2 * np.abs(np.sin(0.1 * TIMES)), atol=1e-6)
    (energy,) = found.quantities
    assert energy.title == "true energy"
    assert energy.change.max() < 1e-7


def test_a_truth_of_other_states_is_refused() -> None:
    with pytest.raises(SymdslError, match="SYM1237"):
        roll_out(motion_of(spring.field), STARTS, TIMES, METHODS["rk45"], system=two_body.SOURCE.system(
            parse_reference("two_body")))  # fmt: skip


def test_a_model_without_a_derivative_is_refused() -> None:
    with pytest.raises(SymdslError, match="SYM1231"):
        moving_fields(spec_of(MASSES.replace("e, dz", "e")))


def test_time_is_watched() -> None:
    seen: list[float] = []
    for method in METHODS.values():
        seen.clear()
        roll_out(motion_of(spring.field), STARTS, TIMES, method, watch=seen.append)
        assert seen == sorted(seen)
        assert seen[-1] == pytest.approx(TIMES[-1])


def test_a_truth_that_breaks_down_is_left_out_and_said() -> None:
    """Two bodies at rest fall onto each other; a model may pass where they collide."""
    model = spec_of(HAMILTONIAN.replace("dim = 1", "dim = 4"))
    motion = Motion(model, lambda entry_point, z: (np.zeros_like(z),), {})
    starts = {"z": np.array([[[0.5, -0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]])}
    system = find_system(parse_reference("two_body"))
    found = roll_out(motion, starts, TIMES, METHODS["rk4"], system=system)
    assert found.truth == {}
    assert found.distance is None
    (remark,) = found.remarks
    assert "breaks down at t = " in remark
    assert 0.4 < float(remark.split("t = ")[1].split(";")[0]) < 1.5
    assert [quantity.name for quantity in found.quantities] == ["energy", "momentum", "angular_momentum"]


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_symmetric_energy_keeps_angular_momentum(backend: str) -> None:
    """Noether's theorem, of weights that nobody trained: the energy turns with the plane, and is not moved with it."""
    compilation = compiled(ORBITS, backend)
    model = compilation.instantiate()
    model.set_weights({name: 2 * array for name, array in model.weights().items()})
    system = find_system(parse_reference("two_body(per_body = true)"))
    initial = {"z": np.random.default_rng(0).normal(size=(2, *compilation.spec.fields["z"].shape))}
    motion = Motion(compilation.spec, model.call, {})
    found = roll_out(motion, initial, 0.05 * np.arange(41), METHODS["rk45"], scalars=("energy",), system=system)
    change = {quantity.title: quantity.change.max() for quantity in found.quantities}
    assert change["true angular momentum"] < 1e-7
    assert change["learned energy"] < 1e-7
    assert change["true momentum"] > 1e-4
    assert change["true energy"] > 1e-4
    # without a simulator behind the data, the symmetry says what is conserved
    alone = roll_out(motion, initial, 0.05 * np.arange(5), METHODS["rk45"])
    (turning,) = alone.quantities
    assert turning.title == "conserved angular momentum"
    np.testing.assert_allclose(turning.values[:, 0], found.quantities[-1].values[:, 0], atol=1e-14)


def test_quantities_are_chosen_by_name() -> None:
    model = spec_of(ORBITS)
    assert choose_quantities(model, ("energy",), None, ()) == {"energy", "angular_momentum"}
    assert choose_quantities(model, ("energy",), None, ("energy",)) == {"energy"}
    with pytest.raises(SymdslError) as caught:
        choose_quantities(model, ("energy",), None, ("momentum",))
    (fault,) = caught.value.diagnostics
    assert (fault.code, caught.value.exit_code) == ("SYM1238", 2)
    assert "angular_momentum" in fault.notes[0]
    assert "T(2)" in str(fault.hint)
