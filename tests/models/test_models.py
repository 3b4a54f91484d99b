"""Every family on both backends: equivariance, parity of forward, gradient and one training step, and folding."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.passes.differentiate import gradient
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import parameter_table
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.verification.samples import random_weights
from symdsl.verification.verify import VerifyOptions, verify
from tests.models.specs import SPECS
from tests.random_batch import random_batch

TOLERANCE = 1e-10


def compiled(name: str, backend: str) -> Compilation:
    return prepare(SPECS[name], Session(backend=backend, dtype="float64"))


def relative(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.max(np.abs(left - right)) / max(np.max(np.abs(left)), np.max(np.abs(right)), 1e-300))


@pytest.mark.parametrize("backend", ["torch", "jax"])
@pytest.mark.parametrize("name", SPECS)
def test_every_promise_of_every_family_holds(name: str, backend: str) -> None:
    report = verify(compiled(name, backend), options=VerifyOptions(samples=3, elements=8, words=3))
    assert report.broken == ()
    assert report.variation > 1e-6
    assert report.passed
    assert any(entry.tolerance is not None and entry.quantity != "parity" for entry in report.measurements)


@pytest.mark.parametrize("name", SPECS)
def test_gradients_of_the_objective_agree(name: str) -> None:
    """torch's autograd, jax.grad and the plan's own reverse mode, for every parameter."""
    import jax
    import torch

    first, second = compiled(name, "torch"), compiled(name, "jax")
    weights = random_weights(first.program.root, 1)
    batch = random_batch(first, 6)
    parameters = list(parameter_table(first.program.root))
    backward = gradient(first.program.root, "objective", wrt=tuple(parameters))
    expected, _ = interpret(first.program.root, backward, batch.arrays, weights, weights)

    # A bias before batch norm has gradient 0 up to rounding, so errors are relative to the whole gradient.
    scale = max(float(np.max(np.abs(value))) for value in expected)
    module = first.instantiate(weights).module.train()
    loss = module.objective(*map(torch.from_numpy, batch.arrays))
    loss.backward()
    for path, want in zip(parameters, expected, strict=True):
        found = module.get_parameter(path).grad.numpy()
        assert np.max(np.abs(found - want)) <= TOLERANCE * scale, path

    source = second.backend.load(source_path(second))
    state = {key: weights[key] for key in weights if key not in parameters}
    with jax.enable_x64(True):

        def objective(params: dict) -> object:
            return source.apply_objective(params, state, batch.inputs | batch.targets, batch.noise)[0]

        slopes = jax.jit(jax.grad(objective))({key: weights[key] for key in parameters})
        for path, want in zip(parameters, expected, strict=True):
            assert np.max(np.abs(np.asarray(slopes[path]) - want)) <= TOLERANCE * scale, path


def source_path(compilation: Compilation):
    from symdsl.backends.backend import stored_constants
    from symdsl.backends.source_cache import cache_source

    return cache_source(compilation.source, stored_constants(compilation.program), compilation.backend.name)


@pytest.mark.parametrize("name", SPECS)
def test_one_training_step_agrees(name: str) -> None:
    """Plain gradient descent by hand on the interpreter against torch and jax training mode: loss and new state."""
    results = []
    for backend in ("torch", "jax"):
        compilation = compiled(name, backend)
        weights = random_weights(compilation.program.root, 2)
        model = compilation.instantiate(weights)
        arrays = random_batch(compilation, 6).arrays
        (loss,) = model.call("objective", *arrays)
        (wanted,), state = interpret(compilation.program.root, "objective", arrays, weights, weights)
        assert relative(loss, wanted) <= TOLERANCE
        after = model.weights()
        for path, value in after.items():
            assert relative(value, state[path]) <= TOLERANCE, path
        results.append(float(loss))
    assert abs(results[0] - results[1]) <= TOLERANCE * abs(results[0])
