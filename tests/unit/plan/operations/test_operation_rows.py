"""Each operation on each conformance row: shapes, VJP, JVP, second derivatives; simplification changes none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.passes.simplify import simplify
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.derivatives import pull_back, push_forward
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Method, Module
from symdsl.plan.operations.registry import OPERATIONS
from symdsl.plan.value import Value
from symdsl.plan.verify import verify_module
from tests.conformance.cases import CASES, ROWS, Case, make_module, result_batch

MOVING = [case for case in CASES if case.moving]
SMOOTH = [case for case in MOVING if case.smooth]
STEP = 1e-5
EMPTY = Module("Row", "", ())

Arrays = list[NDArray[Any]]


def run(method: Method, arrays: Arrays) -> Arrays:
    return list(interpret(EMPTY, method, arrays, {}, {})[0])


def begin(case: Case, name: str) -> tuple[MethodBuilder, list[Value], list[Value]]:
    builder = MethodBuilder(name)
    operands = [builder.argument(f"x{k}", type) for k, type in enumerate(case.types)]
    results = builder.add_many(case.operation, *operands, **case.attributes)
    return builder, operands, [value for value in results if value.type.dtype == "real"]


def finish(builder: MethodBuilder, found: tuple[Value | None, ...], like: list[Value]) -> Method:
    for k, (value, alike) in enumerate(zip(found, like, strict=True)):
        builder.output(f"d{k}", builder.zeros_like(alike) if value is None else value)
    return builder.build()


def value_method(case: Case) -> Method:
    builder, _, results = begin(case, "values")
    return finish(builder, tuple(results), results)


def vjp_method(case: Case) -> Method:
    """Arguments: operands, a cotangent for each real result."""
    builder, operands, results = begin(case, "vjp")
    cotangents = [builder.argument(f"g{k}", value.type) for k, value in enumerate(results)]
    moving = [operands[k] for k in case.moving]
    return finish(builder, pull_back(results, cotangents, moving), moving)


def jvp_method(case: Case) -> Method:
    """Arguments: operands, a tangent for each moving operand."""
    builder, operands, results = begin(case, "jvp")
    moving = [operands[k] for k in case.moving]
    tangents = [builder.argument(f"t{k}", value.type) for k, value in enumerate(moving)]
    return finish(builder, push_forward(moving, tangents, results), results)


def second_method(case: Case) -> Method:
    """The gradient of <c, vjp(x, g)> towards x and g. Arguments: operands, cotangents g, weights c."""
    builder, operands, results = begin(case, "second")
    cotangents = [builder.argument(f"g{k}", value.type) for k, value in enumerate(results)]
    moving = [operands[k] for k in case.moving]
    weights = [builder.argument(f"c{k}", value.type) for k, value in enumerate(moving)]
    first = pull_back(results, cotangents, moving)
    pairs = [(value, weight) for value, weight in zip(first, weights, strict=True) if value is not None]
    sources = [*moving, *cotangents]
    found = pull_back([value for value, _ in pairs], [weight for _, weight in pairs], sources)
    return finish(builder, found, sources)


def draw_like(generator: np.random.Generator, arrays: Arrays) -> Arrays:
    return [generator.standard_normal(array.shape) for array in arrays]


def moved(case: Case, directions: Arrays, step: float) -> Arrays:
    arrays = list(case.arrays)
    for k, direction in zip(case.moving, directions, strict=True):
        arrays[k] = arrays[k] + step * direction
    return arrays


def inner(first: Arrays, second: Arrays) -> float:
    return float(sum((a * b).sum() for a, b in zip(first, second, strict=True)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_interpreter_gives_the_inferred_types(case: Case) -> None:
    module = make_module(case)
    verify_module(module)
    method = module.method("forward")
    outputs, _ = interpret(module, method, case.arrays, {}, {})
    for array, index in zip(outputs, method.outputs, strict=True):
        type = method.nodes[index].type
        assert array.shape == ((result_batch(case), *type.shape) if type.batched else type.shape)
        assert array.dtype == {"real": np.float64, "integer": np.int64, "boolean": np.bool_}[type.dtype]
        assert np.isfinite(array).all()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_samples_do_not_touch_each_other_unless_said(case: Case) -> None:
    """The second sample alone gives the second sample of the result."""
    rule = OPERATIONS[case.operation]
    if case.operation == "convolution_weight" or rule.mixes_samples or rule.changes_rows:
        return
    module = make_module(case)
    together, _ = interpret(module, "forward", case.arrays, {}, {})
    alone = [array[1:2] if type.batched else array for array, type in zip(case.arrays, case.types, strict=True)]
    method = module.method("forward")
    for whole, one, index in zip(together, interpret(module, method, alone, {}, {})[0], method.outputs, strict=True):
        expected = whole[1:2] if method.nodes[index].type.batched else whole
        np.testing.assert_allclose(one, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", MOVING, ids=lambda case: case.name)
def test_vjp_against_central_differences(case: Case) -> None:
    generator = np.random.default_rng(0)
    values = value_method(case)
    cotangents = draw_like(generator, run(values, list(case.arrays)))
    gradients = run(vjp_method(case), [*case.arrays, *cotangents])
    for place, k in enumerate(case.moving):
        directions = [np.zeros(case.arrays[one].shape) for one in case.moving]
        directions[place] = generator.standard_normal(case.arrays[k].shape)
        ahead, behind = (inner(cotangents, run(values, moved(case, directions, sign * STEP))) for sign in (1, -1))
        measured, derived = (ahead - behind) / (2 * STEP), float((gradients[place] * directions[place]).sum())
        assert abs(measured - derived) <= 1e-6 * max(1.0, abs(measured)), f"operand {k}"


@pytest.mark.parametrize("case", MOVING, ids=lambda case: case.name)
def test_jvp_against_central_differences(case: Case) -> None:
    generator = np.random.default_rng(1)
    values = value_method(case)
    directions = draw_like(generator, [case.arrays[k] for k in case.moving])
    tangents = run(jvp_method(case), [*case.arrays, *directions])
    ahead, behind = (run(values, moved(case, directions, sign * STEP)) for sign in (1, -1))
    for first, second, tangent in zip(ahead, behind, tangents, strict=True):
        measured = (first - second) / (2 * STEP)
        np.testing.assert_allclose(tangent, measured, rtol=1e-6, atol=1e-6 * max(1.0, np.abs(measured).max(initial=0)))


@pytest.mark.parametrize("case", MOVING, ids=lambda case: case.name)
def test_vjp_is_the_transpose_of_jvp(case: Case) -> None:
    generator = np.random.default_rng(2)
    cotangents = draw_like(generator, run(value_method(case), list(case.arrays)))
    directions = draw_like(generator, [case.arrays[k] for k in case.moving])
    tangents = run(jvp_method(case), [*case.arrays, *directions])
    gradients = run(vjp_method(case), [*case.arrays, *cotangents])
    forward, reverse = inner(cotangents, tangents), inner(gradients, directions)
    assert abs(forward - reverse) <= 1e-10 * max(1.0, abs(forward))


@pytest.mark.parametrize("case", SMOOTH, ids=lambda case: case.name)
def test_second_derivative_against_central_differences(case: Case) -> None:
    generator = np.random.default_rng(3)
    first = vjp_method(case)
    base = [case.arrays[k] for k in case.moving]
    cotangents = draw_like(generator, run(value_method(case), list(case.arrays)))
    weights = draw_like(generator, base)
    second = run(second_method(case), [*case.arrays, *cotangents, *weights])
    directions = draw_like(generator, [*base, *cotangents])

    def objective(step: float) -> float:
        arrays = moved(case, directions[: len(base)], step)
        turned = [g + step * d for g, d in zip(cotangents, directions[len(base) :], strict=True)]
        return inner(weights, run(first, [*arrays, *turned]))

    measured, derived = (objective(STEP) - objective(-STEP)) / (2 * STEP), inner(second, directions)
    assert abs(measured - derived) <= 1e-5 * max(1.0, abs(measured))


@pytest.mark.parametrize("case", MOVING, ids=lambda case: case.name)
def test_simplify_keeps_values_and_types_of_derivatives(case: Case) -> None:
    generator = np.random.default_rng(4)
    known = {f"x{k}": array for k, array in enumerate(case.arrays)}
    for make in (vjp_method, jvp_method, *([second_method] if case.smooth else [])):
        method = make(case)
        simpler = simplify(method)
        assert simplify(simpler) == simpler
        assert [simpler.nodes[i].types for i in simpler.outputs] == [method.nodes[i].types for i in method.outputs]
        arrays = []
        for index in method.arguments:
            node = method.nodes[index]
            name = node.attributes["name"]
            count = result_batch(case) if name.startswith("g") else ROWS[node.type.rows]
            shape = (count, *node.type.shape) if node.type.batched else node.type.shape
            arrays.append(known[name] if name in known else generator.standard_normal(shape))
        for before, after in zip(run(method, arrays), run(simpler, arrays), strict=True):
            np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-10 * max(1.0, np.abs(before).max(initial=0)))
