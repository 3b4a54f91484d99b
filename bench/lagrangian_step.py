"""The training step of the emitted Lagrangian network against plain nested derivatives, jax, in one run.

python -m bench.lagrangian_step        (about a minute)

The peer is what the paper's code does (Cranmer 2020, 2003.04630): jax.hessian for the mass matrix, jacobian of jacobian
for the mixed term, jnp.linalg.pinv, jax.vmap over the batch; the same widths, features, loss and optimiser.
"""

from __future__ import annotations

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from bench.record import Row, record
from bench.timing import interleaved
from symdsl.backends.backend import stored_constants
from symdsl.backends.source_cache import cache_source
from symdsl.data.linked_pendulums import acceleration
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import draw_parameters
from symdsl.session import Session

BATCH, TARGET = 512, 3.0
SIZES = {"2 x 128": ([128, 128], 41), "3 x 600": ([600, 600, 600], 7)}
SPEC = """
model double_pendulum {{
  data {{
    q: angle(2)
    v: derivative(q)
    a: derivative(v)
  }}
  symmetry time: translation(t)
  predict a from q, v
  enforce time by lagrangian {{ hidden = {hidden} }}
  train {{ loss = mean_absolute_error }}
}}
"""


def nested(layers: list[Any], q: Any, v: Any) -> Any:
    """a of one state by nested Jacobians and a pseudo-inverse."""

    def lagrangian(q: Any, v: Any) -> Any:
        h = jnp.concatenate([jnp.stack([jnp.cos(q), jnp.sin(q)], axis=1).ravel(), v])
        for weight, bias in layers[:-1]:
            h = jax.nn.softplus(weight @ h + bias)
        return (layers[-1][0] @ h)[0]

    mass = jax.hessian(lagrangian, 1)(q, v)
    mixed = jax.jacobian(jax.jacobian(lagrangian, 1), 0)(q, v)
    return jnp.linalg.pinv(mass) @ (jax.grad(lagrangian, 0)(q, v) - mixed @ v)


def measure(hidden: list[int], runs: int, q: np.ndarray, v: np.ndarray, a: np.ndarray) -> tuple[float, float]:
    """(how many times faster a step is, the median over states of |a - a'| / |a'| of the two accelerations)."""
    compilation = prepare(SPEC.format(hidden=hidden), Session(backend="jax"))
    root = compilation.program.root
    drawn = draw_parameters(root, 0)
    parameters = {name: jnp.asarray(array, jnp.float32) for name, array in drawn.items()}
    given = [jnp.asarray(array, jnp.float32) for array in (q, v, a)]
    names = [*(f"layer_{count}" for count in range(1, len(hidden) + 1)), "last"]
    layers = [
        (parameters[f"euler_lagrange.{name}.weight"], parameters.get(f"euler_lagrange.{name}.bias")) for name in names
    ]

    objective = pure_objective(compilation)

    def ours(parameters: Any) -> Any:
        return objective(parameters, given)

    def theirs(layers: Any) -> Any:
        return jnp.mean(jnp.abs(jax.vmap(nested, (None, 0, 0))(layers, given[0], given[1]) - given[2]))

    times = interleaved({"ours": step(ours, parameters), "nested": step(theirs, layers)}, runs, 3)
    (found,) = compilation.instantiate(drawn).call("forward", q, v)
    peer = np.asarray(jax.vmap(nested, (None, 0, 0))(layers, given[0], given[1]))
    difference = np.linalg.norm(found - peer, axis=1) / np.linalg.norm(peer, axis=1)
    return times["nested"] / times["ours"], float(np.median(difference))


def pure_objective(compilation: Compilation) -> Any:
    """The emitted loss of (parameters, [q, v, a])."""
    path = cache_source(compilation.source, stored_constants(compilation.program), "jax")
    source = compilation.backend.load(path)

    def objective(parameters: Any, arrays: Any) -> Any:
        return source.apply_objective(parameters, {}, dict(zip("qva", arrays, strict=True)), {})[0]

    return objective


def step(loss: Any, parameters: Any) -> Any:
    """One jitted update of Adam."""
    optimiser = optax.adam(1e-3)
    state = optimiser.init(parameters)

    @jax.jit
    def update(parameters: Any, state: Any) -> Any:
        value, slope = jax.value_and_grad(loss)(parameters)
        change, state = optimiser.update(slope, state)
        return optax.apply_updates(parameters, change), state, value

    return lambda: jax.block_until_ready(update(parameters, state))


def main() -> None:
    """Measure both sizes, and record."""
    generator = np.random.default_rng(0)
    q, v = generator.uniform(0, 2 * np.pi, (BATCH, 2)), generator.uniform(-10, 10, (BATCH, 2))
    rows = []
    for name, (hidden, runs) in SIZES.items():
        ratio, difference = measure(hidden, runs, q, v, acceleration(q, v))
        rows.append(
            Row(f"{name}: step of nested Hessians over ours", f"{ratio:.2f}", f">= {TARGET:g}", ratio >= TARGET)
        )
        rows.append(Row(f"{name}: relative difference of the accelerations, float32, median", f"{difference:.1e}"))
    notes = (f"Training step (loss, gradient, Adam) on a batch of {BATCH}, one thread, interleaved medians, jit.",)
    record("lagrangian_step", "Lagrangian network: training step", "python -m bench.lagrangian_step", rows, notes)


if __name__ == "__main__":
    main()
