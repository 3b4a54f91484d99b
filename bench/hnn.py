"""The training step of the emitted Hamiltonian network against one written by hand, torch and jax.

python -m bench.hnn
"""

from __future__ import annotations

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from torch import nn

from bench.record import Row, record
from bench.timing import interleaved
from symdsl.backends.backend import stored_constants
from symdsl.backends.source_cache import cache_source
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import draw_parameters
from symdsl.session import Session

BATCH, WIDTH, RUNS = 1024, 200, 201
SPEC = """
model pendulum {
  data {
    z: phase_space(dim = 1)
    dz: derivative(z)
  }
  symmetry time: translation(t)
  predict dz from z
  enforce time by hamiltonian { hidden = [200, 200], activation = tanh }
}
"""


class HandWritten(nn.Module):
    """The published form: autograd inside forward (Greydanus 2019)."""

    def __init__(self) -> None:
        super().__init__()
        self.energy = nn.Sequential(
            nn.Linear(2, WIDTH), nn.Tanh(), nn.Linear(WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1, bias=False)
        )
        self.turn = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        z = z.reshape(len(z), 2).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.energy(z).sum(), z, create_graph=True)
        return (slope @ self.turn.T).reshape(-1, 2, 1)


def torch_ratio(compilation: Compilation, z: np.ndarray, dz: np.ndarray) -> float:
    """Adam steps on the mean squared error."""
    torch.set_num_threads(1)
    inputs, targets = torch.tensor(z, dtype=torch.float32), torch.tensor(dz, dtype=torch.float32)
    nets: dict[str, nn.Module] = {"ours": compilation.instantiate().module.train(), "by hand": HandWritten()}

    def step(net: nn.Module) -> Any:
        optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)

        def run() -> None:
            optimiser.zero_grad(set_to_none=True)
            ((net(inputs) - targets) ** 2).mean().backward()
            optimiser.step()

        return run

    times = interleaved({name: step(net) for name, net in nets.items()}, RUNS, 5)
    return times["ours"] / times["by hand"]


def by_hand(layers: list[Any], z: Any) -> Any:
    """dz by jax.grad of a hand-written energy, sample by sample."""

    def energy(point: Any) -> Any:
        (w1, b1), (w2, b2), w3 = layers
        return jnp.dot(w3, jnp.tanh(w2 @ jnp.tanh(w1 @ point + b1) + b2))[0]

    slope = jax.vmap(jax.grad(energy))(z.reshape(len(z), 2))
    return jnp.stack((slope[:, 1], -slope[:, 0]), 1)[..., None]


def jax_ratio(compilation: Compilation, z: np.ndarray, dz: np.ndarray) -> float:
    """The same steps under jit, with Optax."""
    path = cache_source(compilation.source, stored_constants(compilation.program), "jax")
    source = compilation.backend.load(path)
    inputs, targets = jnp.asarray(z, jnp.float32), jnp.asarray(dz, jnp.float32)
    ours = {
        name: jnp.asarray(value, jnp.float32) for name, value in draw_parameters(compilation.program.root, 0).items()
    }
    values = list(ours.values())
    layers = [(values[0], values[1]), (values[2], values[3]), values[4]]

    def objective(parameters: Any) -> Any:
        return source.apply_objective(parameters, {}, {"z": inputs, "dz": targets}, {})[0]

    def hand_objective(layers: Any) -> Any:
        return jnp.mean((by_hand(layers, inputs) - targets) ** 2)

    optimiser = optax.adam(1e-3)

    def step(loss: Any, start: Any) -> Any:
        @jax.jit
        def update(parameters: Any, memory: Any) -> Any:
            slope = jax.grad(loss)(parameters)
            change, memory = optimiser.update(slope, memory)
            return optax.apply_updates(parameters, change), memory

        memory = optimiser.init(start)
        return lambda: jax.block_until_ready(update(start, memory))

    times = interleaved({"ours": step(objective, ours), "by hand": step(hand_objective, layers)}, RUNS, 5)
    return times["ours"] / times["by hand"]


def main() -> None:
    """Measure both backends and record."""
    generator = np.random.default_rng(0)
    z, dz = generator.standard_normal((BATCH, 2, 1)), generator.standard_normal((BATCH, 2, 1))
    rows = []
    for name, ratio in (
        ("torch", torch_ratio(prepare(SPEC, Session(backend="torch")), z, dz)),
        ("jax", jax_ratio(prepare(SPEC, Session(backend="jax")), z, dz)),
    ):
        rows.append(
            Row(f"HNN training step, batch {BATCH}, {name}, against by hand", f"{ratio:.2f}", "<= 1.05", ratio <= 1.05)
        )
    record("hnn", "Hamiltonian networks: cost", "python -m bench.hnn", rows)


if __name__ == "__main__":
    main()
