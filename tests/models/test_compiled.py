"""What users do with a compiled model: torch.compile, once through Inductor, mixed precision, vmap and jit."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

import symdsl
from tests.models.specs import PENDULUM, SPECS


def test_inductor_compiles_the_pendulum_and_trains_it() -> None:
    """Explicit derivatives leave nothing that Inductor refuses; eager and compiled agree, and so do their gradients."""
    model = symdsl.compile(PENDULUM, backend="torch")
    z, dz = torch.randn(8, 2, 1), torch.randn(8, 2, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Inductor warns of its own imports.
        compiled = torch.compile(model, fullgraph=True)
        loss = ((compiled(z) - dz) ** 2).mean()
        loss.backward()
    found = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    model.objective(z, dz).backward()
    for ours, parameter in zip(found, model.parameters(), strict=True):
        torch.testing.assert_close(ours, parameter.grad, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["image C(4)", "inertia", "pendulum in space"])
def test_every_family_is_one_graph_in_training_and_in_inference(name: str) -> None:
    model = symdsl.compile(SPECS[name], backend="torch")
    shapes = {"image C(4)": [(5, 1, 12, 12)], "inertia": [(5, 3), (5, 3, 3)], "pendulum in space": [(5, 2, 3)]}
    inputs = [torch.randn(shape) for shape in shapes[name]]
    for training in (True, False):
        model.train(training)
        compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
        torch.testing.assert_close(compiled(*inputs), model(*inputs), rtol=1e-5, atol=1e-5)


def test_jax_models_are_jit_vmap_and_grad_clean() -> None:
    import jax
    import jax.numpy as jnp

    model = symdsl.compile(SPECS["inertia"], backend="jax")
    generator = np.random.default_rng(0)
    m, r = (jnp.asarray(generator.standard_normal(shape), jnp.float32) for shape in [(4, 3), (4, 3, 3)])
    plain = model(m, r)
    assert np.allclose(jax.jit(lambda model, m, r: model(m, r))(model, m, r), plain, atol=1e-5)
    each = jax.jit(jax.vmap(lambda m, r: model(m[None], r[None])[0]))(m, r)
    assert np.allclose(each, plain, atol=1e-5)
    slope = jax.jit(jax.grad(lambda r: jnp.sum(model(m, r) ** 2)))(r)
    assert np.all(np.isfinite(slope))
    assert np.any(np.abs(slope) > 0)
