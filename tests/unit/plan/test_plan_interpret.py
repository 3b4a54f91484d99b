"""The interpreter: calls, state, constants, traces and faults."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.plan.constants import constant_table, evaluate_constant
from symdsl.plan.errors import PlanError
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Constant
from tests.unit.plan.plan_samples import make_perceptron, make_program, make_table_module


def test_perceptron_is_what_numpy_says() -> None:
    module = make_perceptron((2, 5, 1))
    params = draw_parameters(module, 3)
    z = np.random.default_rng(0).standard_normal((4, 1, 2))
    (energy,), state = interpret(module, "forward", [z], params, {})
    h = np.tanh(z[:, 0] @ params["weight0"].T + params["bias0"])
    np.testing.assert_allclose(energy, (h @ params["weight1"].T + params["bias1"])[:, 0], rtol=1e-14)
    assert state == {}


def test_calls_update_the_state_of_children() -> None:
    root = make_program().root
    params, state = draw_parameters(root, 0), initial_state(root)
    x = np.random.default_rng(0).standard_normal((4, 1, 5, 5))
    (loss,), after = interpret(root, "objective", [x, np.zeros(4)], params, state)
    assert loss.shape == ()
    assert set(after) == {"norm.mean", "norm.variance"}
    assert (state["norm.mean"] == 0).all()
    (h,), _ = interpret(
        root.child("conv"), "forward", [x], {"weight": params["conv.weight"], "bias": params["conv.bias"]}, {}
    )
    by_field = h.reshape(4, 2, 3, 3, 3)
    np.testing.assert_allclose(after["norm.mean"], 0.1 * by_field.mean(axis=(0, 1, 3, 4)), rtol=1e-12)
    expected = 0.9 + 0.1 * by_field.var(axis=(0, 1, 3, 4), ddof=1)
    np.testing.assert_allclose(after["norm.variance"], expected, rtol=1e-12)
    _, untouched = interpret(root, "forward", [x], params, state)
    np.testing.assert_array_equal(untouched["norm.mean"], 0.0)


def test_trace_names_module_node_and_origin() -> None:
    root = make_program().root
    seen: list[tuple[str, int, int | None, tuple[int, ...]]] = []
    interpret(
        root,
        "forward",
        [np.zeros((2, 1, 5, 5))],
        draw_parameters(root, 0),
        initial_state(root),
        trace=lambda path, index, origin, value: seen.append((path, index, origin, value.shape)),
    )
    assert {path for path, *_ in seen} == {"", "conv", "norm"}
    assert seen[-1][-1] == (2,)


def test_constants_are_computed_or_stored() -> None:
    taps = evaluate_constant(constant_table(make_program().root)["conv.taps"])
    np.testing.assert_array_equal(taps[1], [[2, 1, 0], [5, 4, 3], [8, 7, 6]])
    assert taps.dtype == np.int64
    module = make_table_module((2, 0), 3)
    (y,), _ = interpret(module, "forward", [np.asarray([[1.0, 2.0, 3.0]])], {}, {})
    np.testing.assert_array_equal(y, [[3.0, 1.0]])
    with pytest.raises(PlanError, match="neither a function nor a table"):
        evaluate_constant(Constant("empty"))


def test_faults_name_the_node() -> None:
    module = make_perceptron((2, 5, 1))
    params = draw_parameters(module, 0)
    z = np.zeros((4, 1, 2))
    with pytest.raises(PlanError, match=r"forward, node 0 \(argument\): a value of shape \(4, 2\)"):
        interpret(module, "forward", [z[:, 0]], params, {})
    with pytest.raises(PlanError, match="no array is given for weight0"):
        interpret(module, "forward", [z], {}, {})
    with pytest.raises(PlanError, match="takes 1 arguments, not 2"):
        interpret(module, "forward", [z, z], params, {})
    with pytest.raises(PlanError, match="stands for integers"):
        interpret(make_table_module((0,), 1), "forward", [np.zeros((1, 1))], {}, {}, constants={"places": np.zeros(1)})
