"""A compiled model inside an Equinox module of one's own.

How a body starts to spin: the compiled model gives the torque, an equivariant vector; a mass that is learnt divides it.

python examples/own_loop/jax_equinox.py [--steps 300]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

import symdsl

SPEC = Path(__file__).with_name("torque.sym")


class Spin(eqx.Module):
    """r, f, s -> torque / (1 + mass(s)): equivariant, because the mass is a number that turns with nothing."""

    torque: eqx.Module
    mass: eqx.nn.MLP

    def __init__(self, key: jax.Array) -> None:
        self.torque = symdsl.compile(SPEC, backend="jax", seed=0)
        self.mass = eqx.nn.MLP("scalar", "scalar", 16, 1, final_activation=jax.nn.softplus, key=key)

    def __call__(self, r: Any, f: Any, s: Any) -> jax.Array:
        """r, f (batch, 2, 3), s (batch,) -> (batch, 3)."""
        return self.torque(r, f) / (1.0 + jax.vmap(self.mass)(s))[:, None]


def draw_batch(generator: np.random.Generator, count: int) -> list[np.ndarray]:
    """r, f, s, and the answer."""
    r, f = generator.standard_normal((2, count, 2, 3), np.float32)
    s = generator.standard_normal(count, np.float32)
    return [r, f, s, np.cross(r, f).sum(1) / (1.0 + s**2)[:, None]]


@eqx.filter_value_and_grad
def loss_of(network: Spin, r: Any, f: Any, s: Any, answer: Any) -> jax.Array:
    """Mean squared error."""
    return jnp.mean((network(r, f, s) - answer) ** 2)


def train(steps: int) -> tuple[Spin, list[float]]:
    """Adam through all parameters, compiled ones and others."""
    network = Spin(jax.random.key(0))
    optimiser = optax.adam(3e-3)
    memory = optimiser.init(eqx.filter(network, eqx.is_inexact_array))

    @eqx.filter_jit
    def step(network: Spin, memory: Any, batch: Any) -> Any:
        loss, slopes = loss_of(network, *batch)
        updates, memory = optimiser.update(slopes, memory)
        return eqx.apply_updates(network, updates), memory, loss

    generator, losses = np.random.default_rng(0), []
    for _ in range(steps):
        network, memory, loss = step(network, memory, draw_batch(generator, 128))
        losses.append(float(loss))
    return network, losses


def turning_error(network: Spin) -> float:
    """The largest |network(g r, g f) - g network(r, f)| over rotations g, relative to the largest output."""
    vector = symdsl.representation("SO(3)", "defining")
    turns = vector.group.sample(np.random.default_rng(0), 64)
    r, f, s, _ = draw_batch(np.random.default_rng(1), 64)
    after = np.einsum("bij,bj->bi", turns, network(r, f, s))
    before = network(*(np.einsum("bij,bpj->bpi", turns, each).astype(np.float32) for each in (r, f)), s)
    return float(np.abs(before - after).max() / np.abs(after).max())


def main() -> None:
    """Train, and say how the loss fell and how exact the symmetry still is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=300)
    network, losses = train(parser.parse_args().steps)
    print(f"loss {losses[0]:.4f} -> {np.mean(losses[-10:]):.4f}")
    print(f"equivariance error {turning_error(network):.1e}")


if __name__ == "__main__":
    main()
