"""Every operation as printed for torch against the NumPy interpreter: values, and gradients against the plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from symdsl.backends.torch.emit import emit
from symdsl.backends.torch.operations import EMITTERS
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.derivatives import pull_back
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module, Program
from symdsl.plan.operations.registry import OPERATIONS
from tests.conformance.cases import CASES, Case, result_batch

TOLERANCE = 1e-12
DIFFERENTIABLE = tuple(case for case in CASES if case.moving)


def compared_outputs(case: Case) -> int:
    """How many outputs are compared by gradient: eigenvectors have no sign of their own."""
    return 1 if not case.unique else 10


@cache
def row(name: str) -> tuple[Module, torch.nn.Module]:
    """The plan of a case, with its VJP as a second method, and the emitted module."""
    case = next(case for case in CASES if case.name == name)
    methods = []
    for method in ("forward", "pull_back") if case.moving else ("forward",):
        builder = MethodBuilder(method)
        operands = [builder.argument(f"x{k}", type) for k, type in enumerate(case.types)]
        results = builder.add_many(case.operation, *operands, **case.attributes)
        if method == "pull_back":
            results = results[: compared_outputs(case)]
            given = [builder.argument(f"g{k}", result.type) for k, result in enumerate(results)]
            found = pull_back(results, given, [operands[k] for k in case.moving])
            results = tuple(
                builder.zeros_like(operands[k]) if g is None else g for k, g in zip(case.moving, found, strict=True)
            )
        for k, result in enumerate(results):
            builder.output(f"y{k}", result)
        methods.append(builder.build())
    module = Module("Row", "", tuple(methods))
    entries = tuple(method.name for method in methods)
    source = emit(Program(case.name, module, ("x",), ("y",), (), entries))
    scope: dict[str, Any] = {"__name__": "row", "__file__": "row.py"}
    exec(compile(source, f"<{case.name}>", "exec"), scope)
    return module, scope["Row"](dtype=torch.float64)


def run(function: Callable[..., Any], arrays: list[NDArray[Any]]) -> list[NDArray[Any]]:
    results = function(*(torch.from_numpy(np.array(array)) for array in arrays))
    results = results if isinstance(results, tuple) else (results,)
    return [result.numpy() for result in results]


def assert_close(found: NDArray[Any], expected: NDArray[Any]) -> None:
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE * scale)


def draw_cotangents(case: Case, module: Module) -> list[NDArray[Any]]:
    method = module.method("pull_back")
    generator = np.random.default_rng(3)
    kinds: list[ArrayType] = [method.nodes[index].type for index in method.arguments[len(case.types) :]]
    batch = result_batch(case)
    return [generator.standard_normal((batch, *kind.shape) if kind.batched else kind.shape) for kind in kinds]


def test_every_operation_has_an_emitter() -> None:
    assert set(EMITTERS) == set(OPERATIONS)


def test_every_emitter_has_a_case() -> None:
    assert set(EMITTERS) == {case.operation for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values_are_those_of_the_interpreter(case: Case) -> None:
    plan, module = row(case.name)
    expected, _ = interpret(plan, "forward", case.arrays, {}, {})
    found = run(module, list(case.arrays))
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        if not case.unique:
            ours, theirs = np.abs(ours), np.abs(theirs)
        assert_close(ours, theirs)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=lambda case: case.name)
def test_printed_derivatives_are_those_of_the_interpreter(case: Case) -> None:
    plan, module = row(case.name)
    arrays = [*case.arrays, *draw_cotangents(case, plan)]
    expected, _ = interpret(plan, "pull_back", arrays, {}, {})
    for ours, theirs in zip(run(module.pull_back, arrays), expected, strict=True):
        assert_close(ours, theirs)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=lambda case: case.name)
def test_autograd_of_the_printed_operation_is_the_derivative_of_the_plan(case: Case) -> None:
    plan, module = row(case.name)
    cotangents = draw_cotangents(case, plan)
    expected, _ = interpret(plan, "pull_back", [*case.arrays, *cotangents], {}, {})
    operands = [torch.from_numpy(np.array(array)) for array in case.arrays]
    for position in case.moving:
        operands[position].requires_grad_()
    results = module(*operands)
    results = results if isinstance(results, tuple) else (results,)
    pairs = zip(results[: len(cotangents)], cotangents, strict=True)
    total = sum(torch.sum(result * torch.from_numpy(g)) for result, g in pairs)
    moving = [operands[position] for position in case.moving]
    found = torch.autograd.grad(total, moving, allow_unused=True, materialize_grads=True)
    for ours, theirs in zip(found, expected, strict=True):
        assert_close(ours.numpy(), theirs)
