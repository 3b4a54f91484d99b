"""Every operation: emitted jax in float64 against the interpreter, and jax.grad of it against the plan's VJP."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from cases import CASES, Case, make_module
from numpy.typing import NDArray

from symdsl.backends.jax.emit import emit_source
from symdsl.backends.jax.operations import EMITTERS
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.derivatives import pull_back
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Method, Module, Program
from symdsl.plan.operations.registry import OPERATIONS

# The derivative towards the strict upper triangle, which these do not read, is shared out by jax as if they did.
# jax differentiates its loop of squarings: seconds to compile. The row without a batch is compared.
SLOW_TO_COMPILE = frozenset({"expm"})
FROM_LOWER_TRIANGLE = frozenset({"cholesky", "eigh"})


def pulling_method(case: Case) -> Method:
    """The cotangents of the moving operands from those of the results: arguments x0, .., g0, ..."""
    builder = MethodBuilder("pull")
    operands = [builder.argument(f"x{k}", type) for k, type in enumerate(case.types)]
    results = builder.add_many(case.operation, *operands, **case.attributes)
    weights = [builder.argument(f"g{k}", result.type) for k, result in enumerate(results)]
    moving = [operands[k] for k in case.moving]
    pulled = pull_back(results, weights, moving)
    for k, (value, found) in enumerate(zip(moving, pulled, strict=True)):
        builder.output(f"d{k}", builder.zeros_like(value) if found is None else found)
    return builder.build()


def load_row(module: Module) -> Any:
    source = emit_source(Program("row", module, (), (), (), ("forward",)))
    loaded = ModuleType("row")
    exec(compile(source, "row.py", "exec"), loaded.__dict__)
    return loaded.__dict__[module.class_name]()


def as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def assert_near(found: Any, wanted: NDArray[Any], tolerance: float = 1e-12) -> None:
    array = np.asarray(found)
    assert array.shape == wanted.shape
    assert array.dtype.kind == wanted.dtype.kind
    np.testing.assert_allclose(array, wanted, rtol=tolerance, atol=tolerance)


def test_every_operation_has_an_emitter_and_a_case() -> None:
    assert set(EMITTERS) == set(OPERATIONS)
    assert {case.operation for case in CASES} == set(OPERATIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_emitted_operation_is_the_interpreted_one(case: Case) -> None:
    module = make_module(case)
    differentiable = bool(case.moving) and case.unique
    if differentiable:
        module = replace(module, methods=(*module.methods, pulling_method(case)))
    wanted, _ = interpret(module, "forward", case.arrays, {}, {})
    native_derivative = differentiable and case.name not in SLOW_TO_COMPILE
    weights = [np.random.default_rng(7).standard_normal(result.shape) for result in wanted]
    with jax.enable_x64(True):
        found, emitted, native = run_row(module, case, weights if differentiable else None, native_derivative)
    if not case.unique:
        check_eigenvectors(case.arrays[0], found, wanted)
        return
    for one, other in zip(found, wanted, strict=True):
        assert_near(one, other)
    if not differentiable:
        return
    pulled, _ = interpret(module, "pull", [*case.arrays, *weights], {}, {})
    for one, other in zip(emitted, pulled, strict=True):
        assert_near(one, other, 1e-11)
    for automatic, other in zip(native, pulled, strict=native_derivative):
        if case.operation in FROM_LOWER_TRIANGLE:
            automatic, other = automatic + np.swapaxes(automatic, -1, -2), other + np.swapaxes(other, -1, -2)
        assert_near(automatic, other, 1e-10)


def run_row(
    module: Module, case: Case, weights: list[NDArray[Any]] | None, native_derivative: bool
) -> tuple[tuple[Any, ...], ...]:
    """Results, their cotangents pulled back by the plan's rule, and by jax: in one compiled function."""
    layer = load_row(module)

    def weighted(moving: list[Any], arrays: list[Any], weights: list[Any]) -> tuple[Any, tuple[Any, ...]]:
        for place, array in zip(case.moving, moving, strict=True):
            arrays[place] = array
        results = as_tuple(layer.forward(*arrays))
        return sum(jnp.sum(w * y) for w, y in zip(weights, results, strict=True)), results

    def everything(arrays: list[Any], weights: list[Any]) -> tuple[Any, ...]:
        moving = [arrays[place] for place in case.moving]
        if not native_derivative:
            return as_tuple(layer.forward(*arrays)), as_tuple(layer.pull(*arrays, *weights)), ()
        (_, results), native = jax.value_and_grad(weighted, has_aux=True)(moving, list(arrays), weights)
        return results, as_tuple(layer.pull(*arrays, *weights)), native

    if weights is None:
        return as_tuple(jax.jit(layer.forward)(*case.arrays)), (), ()
    results, emitted, native = jax.jit(everything)(list(case.arrays), weights)
    return results, emitted, tuple(map(np.asarray, native))


def check_eigenvectors(a: NDArray[Any], found: tuple[Any, ...], wanted: tuple[NDArray[Any], ...]) -> None:
    """Eigenvalues agree; vectors are orthonormal and diagonalise the symmetric matrix of the lower triangle."""
    values, vectors = map(np.asarray, found)
    assert_near(values, wanted[0], 1e-11)
    symmetric = np.tril(a) + np.swapaxes(np.tril(a, -1), -1, -2)
    rebuilt = (vectors * values[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    assert_near(rebuilt, symmetric, 1e-11)
    assert_near(np.swapaxes(vectors, -1, -2) @ vectors, np.broadcast_to(np.eye(a.shape[-1]), a.shape), 1e-11)
