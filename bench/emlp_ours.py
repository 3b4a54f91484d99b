"""Builds a net of symdsl and the plain mlp of the same widths, and times their training steps on demand.

python bench/emlp_ours.py BACKEND TASK CHANNELS    answers lines "tensors|scalars|plain COUNT" with JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.worker import serve
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.initial import parameter_table
from symdsl.session import Session

BATCH, RATE = 500, 3e-3
TASKS = {
    "o5": ("x: vector(5) per 2; y: scalar", "O(5)", "predict y from x", [(2, 5), ()]),
    "inertia": ("m: scalar per 5; r: vector(3) per 5; I: tensor(2, 0) of 3", "O(3)", "predict I from m, r",
                [(5,), (5, 3), (3, 3)]),
    "particle": ("p: vector(4) per 4; y: scalar", "Lorentz()", "predict y from p", [(4, 4), ()]),
}  # fmt: skip


def spec_of(task: str, channels: int, network: str) -> str:
    """Three hidden layers of a width; `network` is plain, or one of equivariant_mlp's."""
    data, group, predict, _ = TASKS[task]
    hidden = f"hidden = [{channels}, {channels}, {channels}]"
    by = f" by mlp {{ {hidden} }}"
    if network != "plain":
        by = f"\n  enforce g by equivariant_mlp {{ {hidden}, network = {network} }}"
    return f"model net {{\n  data {{ {data} }}\n  symmetry g: {group}\n  {predict}{by}\n}}\n"


def torch_step(compilation: Compilation, arrays: list[np.ndarray]) -> Callable[[], float]:
    """One step of Adam."""
    import torch

    torch.set_num_threads(1)
    module = compilation.instantiate().module.train()
    optimiser = torch.optim.Adam(module.parameters(), lr=RATE)
    tensors = [torch.as_tensor(array) for array in arrays]

    def step() -> float:
        optimiser.zero_grad()
        loss = module.objective(*tensors)
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    return step


def jax_step(compilation: Compilation, arrays: list[np.ndarray]) -> Callable[[], float]:
    """One jitted step of Adam."""
    import jax
    import jax.numpy as jnp
    import optax

    model = compilation.instantiate()
    names = parameter_table(compilation.program.root)
    weights = {name: jnp.asarray(array) for name, array in model.weights().items()}
    state = {name: array for name, array in weights.items() if name not in names}
    optimiser, data = optax.adam(RATE), [jnp.asarray(array) for array in arrays]
    held: list[Any] = [{name: array for name, array in weights.items() if name in names}]
    held.append(optimiser.init(held[0]))

    @jax.jit
    def update(params: Any, moments: Any) -> Any:
        objective = model.module.apply_objective
        differentiated = jax.value_and_grad(lambda given: objective(given, state, data, []), has_aux=True)
        (loss, _), gradient = differentiated(params)
        change, moments = optimiser.update(gradient, moments, params)
        return optax.apply_updates(params, change), moments, loss

    def step() -> float:
        held[0], held[1], loss = update(*held)
        return float(loss)

    return step


def main() -> None:
    """Build, then answer."""
    backend, task, channels = sys.argv[1], sys.argv[2], int(sys.argv[3])
    plain = prepare(spec_of(task, channels, "plain"), Session(backend=backend))
    assert plain.source
    # what is imported when it is needed has been; no basis has been solved
    begin = time.perf_counter()
    tensors = prepare(spec_of(task, channels, "tensors"), Session(backend=backend))
    assert tensors.source
    print(json.dumps({"build": time.perf_counter() - begin}), flush=True)
    generator = np.random.default_rng(0)
    arrays = [generator.standard_normal((BATCH, *shape)).astype(np.float32) for shape in TASKS[task][3]]
    make = torch_step if backend == "torch" else jax_step
    scalars = prepare(spec_of(task, channels, "scalars"), Session(backend=backend))
    nets = {"tensors": tensors, "scalars": scalars, "plain": plain}
    steps = {name: make(net, arrays) for name, net in nets.items()}
    serve(steps)


if __name__ == "__main__":
    main()
