"""Random arithmetic keeps its values under simplification: signs, neutral elements, constant factors."""

from __future__ import annotations

import random

import numpy as np
import pytest

from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.value import Value

EMPTY = Module("Any", "", ())
NUMBERS = (0.0, 1.0, -1.0, 2.0, -0.5, 3.0)


def random_value(builder: MethodBuilder, leaves: list[Value], generator: random.Random, depth: int) -> Value:
    """An expression over the leaves and constants; nothing but a constant is divided by."""
    if depth == 0:
        return generator.choice(leaves)
    one = random_value(builder, leaves, generator, depth - 1)
    operations = ("add", "subtract", "multiply", "divide", "negate", "negate", "number", "square", "reverse")
    match generator.choice(operations):
        case "negate" | "square" as operation:
            return one.apply(operation)
        case "number":
            return one * generator.choice(NUMBERS)
        case "divide":
            divisor = builder.add("full", shape=(3,), value=generator.choice(NUMBERS[1:]))
            return one / (divisor.apply("negate") if generator.random() < 0.5 else divisor)
        case "reverse":
            return builder.add("full", shape=(3,), value=generator.choice(NUMBERS)) - one
        case operation:
            return builder.add(operation, one, random_value(builder, leaves, generator, depth - 1))


@pytest.mark.parametrize("seed", range(60))
def test_values_stay(seed: int) -> None:
    generator, builder = random.Random(seed), MethodBuilder("forward")
    leaves = [builder.argument(name, ArrayType((3,), batched=True)) for name in ("x", "y")]
    builder.output("z", random_value(builder, leaves, generator, 4) + leaves[0] * 0.0)
    method = builder.build()
    arrays = [np.random.default_rng(seed + k).standard_normal((2, 3)) for k in range(2)]
    (before,), _ = interpret(EMPTY, method, arrays, {}, {})
    (after,), _ = interpret(EMPTY, simplify(method), arrays, {}, {})
    np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_each_rule_by_itself(seed: int) -> None:
    builder = MethodBuilder("forward")
    x, y = (builder.argument(name, ArrayType((3,), batched=True)) for name in ("x", "y"))
    zero = builder.add("full", shape=(3,), value=0.0)
    results = {
        "minus_over": (-x) / y, "over_minus": x / (-y), "product_of_scaled": (x * 2.0) * (y * 3.0),
        "nothing_less": zero - x, "turned_difference": -(x - y), "scaled_twice": (x * 2.0) * -3.0,
    }  # fmt: skip
    for name, value in results.items():
        builder.output(name, value)
    method = builder.build()
    arrays = [np.random.default_rng(seed + k).uniform(0.5, 2.0, (2, 3)) for k in range(2)]
    before, _ = interpret(EMPTY, method, arrays, {}, {})
    after, _ = interpret(EMPTY, simplify(method), arrays, {}, {})
    for name, one, other in zip(results, before, after, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-13, err_msg=name)
