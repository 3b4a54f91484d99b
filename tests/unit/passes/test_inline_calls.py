"""Calls replaced by nodes: the same values, paths seen from the caller."""

from __future__ import annotations

import numpy as np

from symdsl.passes.inline_calls import inline_calls
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.verify import verify_method
from tests.unit.plan.plan_samples import make_perceptron, make_program


def test_values_and_updates_are_those_of_the_calls() -> None:
    root = make_program().root
    params, state = draw_parameters(root, 0), initial_state(root)
    generator = np.random.default_rng(0)
    arguments = [generator.standard_normal((4, 1, 5, 5)), generator.standard_normal(4)]
    flat = inline_calls(root, root.method("objective"))
    verify_method(root, flat, "objective")
    assert all(node.op != "call" for node in flat.nodes)
    assert {path for path, _ in flat.updates} == {"norm.mean", "norm.variance"}
    paths = {node.attributes["path"] for node in flat.nodes if node.op in ("parameter", "constant")}
    assert paths == {"conv.weight", "conv.bias", "conv.taps", "norm.scale", "norm.shift"}
    (loss,), after = interpret(root, "objective", arguments, params, state)
    (same,), same_after = interpret(root, flat, arguments, params, state)
    assert loss == same
    for path in after:
        np.testing.assert_array_equal(after[path], same_after[path])


def test_a_method_without_calls_stays() -> None:
    module = make_perceptron((2, 3, 1))
    assert inline_calls(module, module.methods[0]) == module.methods[0]
