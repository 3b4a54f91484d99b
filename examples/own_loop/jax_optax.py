"""A compiled model in a plain Optax loop: state (running statistics) and noise (dropout) are arguments and results.

python examples/own_loop/jax_optax.py [--steps 200]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

import symdsl

SPEC = Path(__file__).with_name("patterns.sym")
BARS = np.array([
    [[0, 1, 0], [1, 1, 1], [0, 1, 0]],
    [[0, 1, 0], [0, 1, 1], [0, 1, 0]],
    [[0, 1, 0], [0, 1, 1], [0, 0, 0]],
], dtype=np.float32)  # fmt: skip
"""A cross, a T and a corner."""


def draw_batch(generator: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy images (count, 1, 9, 9), each turned by some quarters, and their classes."""
    labels = generator.integers(3, size=count)
    large = np.kron(BARS[labels], np.ones((1, 3, 3), np.float32))
    turned = np.stack([np.rot90(image, generator.integers(4)) for image in large])
    return (turned + 0.7 * generator.standard_normal(turned.shape, np.float32))[:, None], labels


def train(steps: int) -> tuple[Any, list[float]]:
    """The model with what it has learnt, and the loss of each step."""
    model = symdsl.compile(SPEC, backend="jax", seed=0)
    params, state = model.parameters(), model.initial_state()
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(optax.cosine_decay_schedule(0.01, steps)))
    memory = optimiser.init(params)

    @jax.jit
    def step(params: Any, state: Any, memory: Any, x: Any, y: Any, key: Any) -> Any:
        noise = model.draw_noise(key, len(x))

        def loss_of(params: Any) -> Any:
            logits, after = model.apply_train(params, state, [x], noise)
            return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), after

        (loss, state), slopes = jax.value_and_grad(loss_of, has_aux=True)(params)
        updates, memory = optimiser.update(slopes, memory, params)
        return optax.apply_updates(params, updates), state, memory, loss

    generator, losses = np.random.default_rng(0), []
    for key in jax.random.split(jax.random.key(0), steps):
        x, y = draw_batch(generator, 64)
        params, state, memory, loss = step(params, state, memory, x, y, key)
        losses.append(float(loss))
    return type(model)(weights={**params, **state}), losses


def turning_error(model: Any) -> float:
    """The largest |model(turned x) - model(x)| over quarter turns, relative to the largest output."""
    x, _ = draw_batch(np.random.default_rng(1), 64)
    plain = model(x)
    turned = [model(np.rot90(x, quarters, (2, 3))) for quarters in (1, 2, 3)]
    return float(max(jnp.abs(each - plain).max() for each in turned) / jnp.abs(plain).max())


def main() -> None:
    """Train, and say how the loss fell and how exact the symmetry still is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    model, losses = train(parser.parse_args().steps)
    print(f"loss {losses[0]:.4f} -> {np.mean(losses[-10:]):.4f}")
    print(f"invariance error {turning_error(model):.1e}")


if __name__ == "__main__":
    main()
