import numpy as np
import pytest
from scipy.integrate import solve_ivp

from symdsl.data.integrate import integrate
from symdsl.diagnostics.diagnostic import SymdslError


def van_der_pol(y):
    return np.stack([y[:, 1], 5 * (1 - y[:, 0] ** 2) * y[:, 1] - y[:, 0]], axis=1)


def test_every_trajectory_is_what_scipy_computes_alone():
    initial = np.random.default_rng(0).normal(size=(6, 2))
    times = np.linspace(0, 12, 37)
    together = integrate(van_der_pol, initial, times, rtol=1e-7, atol=1e-9)
    for start, states in zip(initial, together, strict=True):
        alone = solve_ivp(lambda t, y: van_der_pol(y[None])[0], (0, 12), start, t_eval=times, rtol=1e-7, atol=1e-9).y.T
        np.testing.assert_allclose(states, alone, rtol=0, atol=1e-11)


def test_exact_solution_within_tolerance():
    times = np.linspace(0, 3, 11)
    states = integrate(lambda y: -y, np.array([[1.0], [2.0]]), times, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(states[:, :, 0], np.array([[1.0], [2.0]]) * np.exp(-times), rtol=1e-9)


def test_a_constant_field_at_rest():
    states = integrate(np.zeros_like, np.array([[1.0, 0.0]]), np.array([0.0, 5.0]), rtol=1e-6)
    assert np.array_equal(states, [[[1.0, 0.0], [1.0, 0.0]]])


def test_a_solution_that_runs_to_infinity_is_an_error():
    with pytest.raises(SymdslError, match="SYM0817"), np.errstate(all="ignore"):
        integrate(lambda y: y**2, np.array([[1.0]]), np.array([0.0, 2.0]), rtol=1e-6)
