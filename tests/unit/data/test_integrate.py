import numpy as np
import pytest
from scipy.integrate import solve_ivp

from symdsl.data.integrate import BreakdownError, integrate
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


def test_a_breakdown_says_when_which_and_where():
    """y' = y^2 from 1 / c is infinite at t = c."""
    initial = np.array([[0.25], [1.0], [0.5]])
    with pytest.raises(BreakdownError) as caught, np.errstate(all="ignore"):
        integrate(lambda y: y**2, initial, np.array([0.0, 8.0]), rtol=1e-8)
    assert caught.value.time == pytest.approx(1 / initial[caught.value.row, 0], abs=1e-5)
    assert np.isfinite(caught.value.state).all()
    assert caught.value.state[0] > 1e4


def test_a_field_that_is_not_finite_ends_at_once():
    with pytest.raises(BreakdownError) as caught:
        integrate(lambda y: np.where(y > 0, y, np.nan), np.array([[1.0], [-1.0]]), np.array([0.0, 1.0]), rtol=1e-6)
    assert (caught.value.time, caught.value.row) == (0.0, 1)


def test_a_field_that_ends_near_the_start_is_found():
    """Finite at the start, and not where the first step is tried."""
    with pytest.raises(BreakdownError):
        integrate(lambda y: np.where(y == 1, 1.0, np.nan), np.array([[1.0]]), np.array([0.0, 1.0]), rtol=1e-6)


def test_the_watch_sees_time_go_by():
    seen = []
    integrate(lambda y: -y, np.array([[1.0], [30.0]]), np.array([0.0, 2.0]), rtol=1e-6, watch=seen.append)
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == 2.0
