"""Simplification: pinned operation counts, rule by rule, and that it leaves simple methods alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from symdsl.passes.differentiate import gradient
from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.cost import cost_of_method, count_operations
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.value import Value
from symdsl.plan.verify import verify_module
from tests.unit.plan.plan_samples import make_perceptron, make_program


def test_gradient_of_a_perceptron_is_as_short_as_by_hand() -> None:
    """Greydanus 2019, 2-200-200-1: w2 (1 - h1^2) W1 (1 - h0^2) W0, and no more; the energy itself is dropped."""
    module = make_perceptron((2, 200, 200, 1))
    method = gradient(module, "forward", ("z",))
    assert count_operations(method) == {
        "einsum": 2,
        "full": 1,
        "linear": 2,
        "merge": 1,
        "multiply": 1,
        "split": 1,
        "square": 1,
        "squeeze": 1,
        "subtract": 1,
        "tanh": 2,
        "tanh_slope": 1,
    }
    forward = cost_of_method(module, "forward").multiply_adds
    assert cost_of_method(module, method).multiply_adds <= 2.03 * forward
    verify_module(replace(module, methods=(method,)))


def test_value_and_gradient_share_the_forward_pass() -> None:
    module = make_perceptron((2, 200, 200, 1))
    counts = count_operations(gradient(module, "forward", ("z",), keep_outputs=True))
    assert (counts["linear"], counts["tanh"], counts["einsum"]) == (3, 2, 2)


Build = Callable[[Value, Value], Value]

X = ArrayType((3, 2), batched=True)
W = ArrayType((3, 2))

# (what is written, operations that are left)
RULES: list[tuple[str, Build, dict[str, int]]] = [
    ("neutral elements", lambda x, w: (x * 1.0 + 0.0) / 1.0 - 0.0, {}),
    ("two negations", lambda x, w: x.apply("negate").apply("negate"), {}),
    ("negated factors", lambda x, w: (-x) * (-w), {"multiply": 1}),
    ("difference of a negative", lambda x, w: x - (-w), {"add": 1}),
    ("negated difference", lambda x, w: -(x - w), {"subtract": 1}),
    ("constant factors", lambda x, w: 2.0 * (3.0 * x), {"full": 1, "multiply": 1}),
    ("folded constants", lambda x, w: x * x.builder.full((), 2.0).apply("square"), {"full": 1, "multiply": 1}),
    ("zero factor", lambda x, w: x + 0.0 * w.apply("exp"), {}),
    ("powers", lambda x, w: x.apply("power", exponent=2).apply("power", exponent=1), {"square": 1}),
    ("square of itself", lambda x, w: x * x, {"square": 1}),
    ("common subexpressions", lambda x, w: x.apply("exp") + x.apply("exp"), {"add": 1, "exp": 1}),
    ("ones seed", lambda x, w: x.apply("full_like", value=1.0) * x.apply("exp"), {"exp": 1}),
    (
        "double transpose",
        lambda x, w: x.apply("transpose", permutation=(1, 0)).apply("transpose", permutation=(1, 0)),
        {},
    ),
    ("merge and split", lambda x, w: x.apply("merge", axis=0, count=2).apply("split", axis=0, sizes=(3, 2)), {}),
    ("expand and squeeze", lambda x, w: x.apply("expand", axis=1).apply("squeeze", axis=1), {}),
    ("whole slice", lambda x, w: x.apply("slice", axis=0, start=0, stop=3), {}),
    ("no padding", lambda x, w: x.apply("pad", low=(0, 0), high=(0, 0)), {}),
    (
        "slice of a join",
        lambda x, w: x.apply("concatenate", x.apply("exp"), axis=0).apply("slice", axis=0, start=3, stop=6),
        {"exp": 1},
    ),
    ("sum of sums", lambda x, w: x.apply("sum", axes=(0,)).apply("sum", axes=(0,)), {"sum": 1}),
    ("copies to the batch", lambda x, w: x * w.apply("batch_broadcast", x), {"multiply": 1}),
    ("copies made late", lambda x, w: w.apply("batch_broadcast", x).apply("exp"), {"batch_broadcast": 1, "exp": 1}),
    ("einsum of one", lambda x, w: x.apply("einsum", subscripts="ab->ba"), {"transpose": 1}),
    (
        "einsum of ones",
        lambda x, w: x.apply("einsum", w.apply("full_like", value=1.0), subscripts="ab,ac->cb"),
        {"broadcast": 1, "expand": 1, "sum": 1},
    ),
    ("einsum as product", lambda x, w: x.apply("einsum", w, subscripts="ab,ab->ab"), {"multiply": 1}),
    (
        "einsum of a transpose",
        lambda x, w: w.apply("transpose", permutation=(1, 0)).apply("einsum", x, subscripts="ba,ac->bc"),
        {"einsum": 1},
    ),
]


@pytest.mark.parametrize(("build", "left"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_rules(build: Build, left: dict[str, int]) -> None:
    builder = MethodBuilder("forward")
    x, w = builder.argument("x", X), builder.parameter("w", W.shape)
    builder.output("y", build(x, w))
    method = builder.build()
    simpler = simplify(method)
    assert count_operations(simpler) == left
    assert simplify(simpler) == simpler
    generator = np.random.default_rng(0)
    arguments, params = [generator.standard_normal((4, 3, 2))], {"w": generator.standard_normal((3, 2))}
    module = Module("Any", "", ())
    before, after = (interpret(module, one, arguments, params, {})[0][0] for one in (method, simpler))
    np.testing.assert_allclose(after, before, rtol=1e-13, atol=1e-13)
    assert simpler.nodes[simpler.outputs[0]].types == method.nodes[method.outputs[0]].types


def test_the_derivative_of_tanh_uses_its_value() -> None:
    builder = MethodBuilder("forward")
    builder.output("y", builder.argument("x", ArrayType((), batched=True)).apply("tanh"))
    module = Module("Tanh", "", (builder.build(),))
    assert count_operations(gradient(module, "forward", ("x",))) == {"full": 1, "square": 1, "subtract": 1, "tanh": 1}


def test_simple_methods_calls_and_updates_stay() -> None:
    root = make_program().root
    assert simplify(root.method("forward")) == root.method("forward")
    assert simplify(make_perceptron().methods[0]) == make_perceptron().methods[0]
    assert len(simplify(root.child("norm").method("forward_train")).updates) == 2


def test_stop_gradient_stays() -> None:
    builder = MethodBuilder("forward")
    builder.output("y", builder.argument("x", ArrayType((), batched=True)).apply("stop_gradient"))
    assert count_operations(simplify(builder.build())) == {"stop_gradient": 1}
