"""The block of symdsl, timed on demand.

python bench/graph_block_ours.py torch|jax equal|ragged     answers lines "forward|step COUNT" with JSON
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.graph_block_peer import RATE, answer, drawn, ragged, timed_in_jax
from symdsl.pipeline import prepare
from symdsl.plan.initial import parameter_table
from symdsl.session import Session

SPEC = """
model block {
  data {
    axis n = 30
    nodes: scalar(64) per n
    edges: scalar(64) per n per n
    whole: scalar(64)
    new_nodes: scalar(2) per n
    new_edges: scalar(2) per n per n
    new_whole: scalar(2)
  }
  symmetry relabel: S(n)
  predict new_nodes, new_edges, new_whole from nodes, edges, whole
  enforce relabel by graph_network { hidden = [64, 64], activation = silu }
}
"""
RAGGED = """
model block {
  data {
    graph g {
      node nodes: scalar(64)
      edge edges: scalar(64)
      global whole: scalar(64)
      node new_nodes: scalar(2)
      edge new_edges: scalar(2)
      global new_whole: scalar(2)
    }
  }
  symmetry relabel: S(g)
  predict new_nodes, new_edges, new_whole from nodes, edges, whole
  enforce relabel by graph_network { hidden = [64, 64], activation = silu }
}
"""
INPUTS, TARGETS = ("nodes", "edges", "whole"), ("new_nodes", "new_edges", "new_whole")


def torch_runs(kind: str) -> dict[str, Callable[[], object]]:
    """The emitted module under torch's Adam, for graphs of one size or ragged ones."""
    import torch

    torch.set_num_threads(1)
    module = prepare(SPEC if kind == "equal" else RAGGED, Session(backend="torch")).instantiate().module
    optimiser = torch.optim.Adam(module.parameters(), lr=RATE)
    arrays, *index = (drawn(),) if kind == "equal" else ragged()
    given, wanted = ([torch.as_tensor(arrays[name]) for name in names] for names in (INPUTS, TARGETS))
    if kind == "ragged":
        graph_of_node = index[-1]
        given += [torch.as_tensor(each) for each in (*index, np.bincount(graph_of_node))]
        wanted.append(torch.ones(len(arrays["whole"])))

    def step() -> float:
        optimiser.zero_grad()
        loss = module.objective(*given, *wanted)
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    def forward() -> None:
        with torch.no_grad():
            module(*given)

    return {"forward": forward, "step": step}


def jax_runs() -> dict[str, Callable[[], object]]:
    """The emitted module, jitted, under the same Adam as the peer's."""
    import jax.numpy as jnp

    compilation = prepare(SPEC, Session(backend="jax"))
    model = compilation.instantiate()
    names = parameter_table(compilation.program.root)
    weights = {name: jnp.asarray(array) for name, array in model.weights().items()}
    state = {name: array for name, array in weights.items() if name not in names}
    fixed = {name: jnp.asarray(array) for name, array in drawn().items()}

    def outputs(params: Any, given: Any) -> Any:
        found, _ = model.module.apply(params, state, [given[name] for name in INPUTS], [])
        return found

    params = {name: array for name, array in weights.items() if name in names}
    return timed_in_jax(params, fixed, outputs, TARGETS)


if __name__ == "__main__":
    answer(torch_runs(sys.argv[2]) if sys.argv[1] == "torch" else jax_runs())
