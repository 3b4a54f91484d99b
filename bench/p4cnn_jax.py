"""The jax training step of the emitted P4CNN against the plain net of the same dense size, one process, one thread.

python bench/p4cnn_jax.py     prints the ratio last
"""

from __future__ import annotations

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.p4cnn import SPEC
from bench.p4cnn_worker import BATCH, FIELDS, KERNELS, RUNS, SIZE
from bench.timing import interleaved

ORDER = 4


def plain_parameters(generator: np.random.Generator) -> list[dict[str, Any]]:
    """Dense filters (k, k, in, out), biases, and batch-norm scales and shifts."""
    width = FIELDS * ORDER
    layers = []
    for index, kernel in enumerate(KERNELS):
        inputs = 1 if index == 0 else width
        weight = generator.standard_normal((kernel, kernel, inputs, width)) / np.sqrt(kernel * kernel * inputs)
        layers.append({name: jnp.asarray(value, jnp.float32) for name, value in {
            "weight": weight, "bias": np.zeros(width), "scale": np.ones(width), "shift": np.zeros(width),
        }.items()})  # fmt: skip
    return layers


def plain_loss(layers: list[dict[str, Any]], x: Any, y: Any) -> Any:
    """The plain net in training mode, channels last."""
    x = jnp.moveaxis(x, 1, -1)
    for index, layer in enumerate(layers):
        x = lax.conv_general_dilated(x, layer["weight"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = x + layer["bias"]
        if index < len(layers) - 1:
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
            x = jax.nn.relu((x - mean) * (layer["scale"] * lax.rsqrt(variance + 1e-5)) + layer["shift"])
        if index == 1:
            x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    logits = x.reshape(len(x), ORDER, FIELDS).max(1)
    return -jnp.mean(jnp.sum(jax.nn.one_hot(y, FIELDS) * jax.nn.log_softmax(logits), 1))


def main() -> None:
    """Time one gradient-descent step of both."""
    from symdsl.backends.backend import stored_constants
    from symdsl.backends.source_cache import cache_source
    from symdsl.pipeline import prepare
    from symdsl.plan.initial import draw_parameters, initial_state
    from symdsl.session import Session

    compilation = prepare(SPEC, Session(parameters={"order": ORDER}, backend="jax"))
    path = cache_source(compilation.source, stored_constants(compilation.program), "jax")
    source = compilation.backend.load(path)
    generator = np.random.default_rng(0)
    x = jnp.asarray(generator.standard_normal((BATCH, 1, SIZE, SIZE)), jnp.float32)
    y = jnp.asarray(generator.integers(0, 10, BATCH))
    cast = {
        name: jnp.asarray(value, jnp.float32) for name, value in draw_parameters(compilation.program.root, 0).items()
    }
    state = {name: jnp.asarray(value, jnp.float32) for name, value in initial_state(compilation.program.root).items()}

    @jax.jit
    def ours(parameters: Any, state: Any) -> Any:
        def loss(parameters: Any) -> Any:
            return source.apply_objective(parameters, state, {"x": x, "y": y}, {})

        (value, state), slope = jax.value_and_grad(loss, has_aux=True)(parameters)
        return jax.tree.map(lambda p, g: p - 0.01 * g, parameters, slope), state, value

    @jax.jit
    def plain(layers: Any) -> Any:
        value, slope = jax.value_and_grad(plain_loss)(layers, x, y)
        return jax.tree.map(lambda p, g: p - 0.01 * g, layers, slope), value

    layers = plain_parameters(generator)
    times = interleaved(
        {
            "ours": lambda: jax.block_until_ready(ours(cast, state)),
            "plain": lambda: jax.block_until_ready(plain(layers)),
        },
        RUNS,
    )
    print({name: f"{value * 1e3:.1f} ms" for name, value in times.items()})
    print(times["ours"] / times["plain"])


if __name__ == "__main__":
    main()
