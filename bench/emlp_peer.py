"""Builds a net of emlp 1.0.3 and times its training steps on demand; runs in an environment of emlp's own.

python bench/emlp_peer.py TASK CHANNELS     answers lines "equivariant COUNT" with JSON
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.worker import serve

BATCH, RATE = 500, 3e-3


def make_step(model: Any, x: Any, y: Any) -> Any:
    """One jitted step of Adam."""
    import objax  # pyright: ignore[reportMissingImports]

    optimiser = objax.optimizer.Adam(model.vars())

    @objax.Function.with_vars(model.vars())
    def loss(x: Any, y: Any) -> Any:
        return ((model(x) - y) ** 2).mean()

    differentiated = objax.GradValues(loss, model.vars())

    @objax.Jit
    @objax.Function.with_vars(model.vars() + optimiser.vars())
    def step(x: Any, y: Any) -> Any:
        gradient, value = differentiated(x, y)
        optimiser(lr=RATE, grads=gradient)
        return value

    return lambda: np.asarray(step(x, y)[0])


def main() -> None:
    """Build, then answer."""
    import jax.numpy as jnp
    import jax.sharding

    # objax asks for a class that jax no longer has
    jax.sharding.PmapSharding = type("PmapSharding", (), {})  # type: ignore[attr-defined]
    from emlp.groups import Lorentz, O  # pyright: ignore[reportMissingImports]
    from emlp.nn.objax import EMLP  # pyright: ignore[reportMissingImports]
    from emlp.reps import Scalar, V  # pyright: ignore[reportMissingImports]

    tasks: dict[str, Any] = {
        "o5": (2 * V, Scalar, O(5)),
        "inertia": (5 * Scalar + 5 * V, V * V, O(3)),
        "particle": (4 * V, Scalar, Lorentz()),
    }
    source, target, group = tasks[sys.argv[1]]
    begin = time.perf_counter()
    model = EMLP(source, target, group=group, ch=int(sys.argv[2]), num_layers=3)
    print(json.dumps({"build": time.perf_counter() - begin}), flush=True)
    generator = np.random.default_rng(0)
    x, y = (jnp.asarray(generator.standard_normal((BATCH, rep(group).size())), jnp.float32) for rep in (source, target))
    step = make_step(model, x, y)
    serve({"equivariant": step})


if __name__ == "__main__":
    main()
