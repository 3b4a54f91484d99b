"""The same block in torch_geometric or jraph, timed on demand; runs in an environment of theirs.

python bench/graph_block_peer.py torch_geometric|jraph equal|ragged     answers lines "forward|step COUNT" with JSON
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.worker import serve

GRAPHS, NODES, WIDTH, RATE = 64, 30, 64, 1e-3
FEATURES = {"nodes": 64, "edges": 64, "whole": 64}


def drawn() -> dict[str, np.ndarray]:
    """Inputs and targets: features of 64 numbers for nodes, edges (receiver, sender) and the whole."""
    generator = np.random.default_rng(0)
    sizes = {"nodes": (GRAPHS, NODES), "edges": (GRAPHS, NODES, NODES), "whole": (GRAPHS,)}
    found = {name: generator.standard_normal((*size, FEATURES[name])) for name, size in sizes.items()}
    found |= {f"new_{name}": generator.standard_normal((*size, 2)) for name, size in sizes.items()}
    return {name: array.astype(np.float32) for name, array in found.items()}


def flat() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """(Flat arrays of all pairs without self-edges, senders, receivers, graph of each node)."""
    arrays = drawn()
    receivers, senders = np.nonzero(~np.eye(NODES, dtype=bool))
    start = np.arange(GRAPHS)[:, None] * NODES
    result = {
        name: array[:, receivers, senders].reshape(-1, array.shape[-1]) if "edges" in name
        else array.reshape(-1, array.shape[-1])
        for name, array in arrays.items()
    }  # fmt: skip
    return result, (start + senders).ravel(), (start + receivers).ravel(), np.repeat(np.arange(GRAPHS), NODES)


def ragged() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """As `flat`, of graphs with 20 to 40 nodes."""
    generator = np.random.default_rng(0)
    counts = generator.integers(20, 41, GRAPHS)
    starts = np.cumsum(counts) - counts
    pairs = [np.stack(np.nonzero(~np.eye(count, dtype=bool))) for count in counts]
    receivers, senders = np.concatenate([start + each for start, each in zip(starts, pairs, strict=True)], axis=1)
    rows = {"nodes": counts.sum(), "edges": len(senders), "whole": GRAPHS}
    arrays = {name: generator.standard_normal((count, FEATURES[name])) for name, count in rows.items()}
    arrays |= {f"new_{name}": generator.standard_normal((count, 2)) for name, count in rows.items()}
    found = {name: array.astype(np.float32) for name, array in arrays.items()}
    return found, senders, receivers, np.repeat(np.arange(GRAPHS), counts)


def torch_geometric_runs(kind: str = "equal") -> dict[str, Callable[[], object]]:
    """MetaLayer with updates of two layers of 64, sums, and linear outputs."""
    import torch
    from torch import nn
    from torch_geometric.nn import MetaLayer  # pyright: ignore[reportMissingImports]
    from torch_geometric.utils import scatter  # pyright: ignore[reportMissingImports]

    torch.manual_seed(0)
    torch.set_num_threads(1)

    def layers(size: int) -> Any:
        return nn.Sequential(nn.Linear(size, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU())

    class Edges(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = layers(2 * FEATURES["nodes"] + FEATURES["edges"] + FEATURES["whole"])

        def forward(self, sources: Any, targets: Any, edges: Any, whole: Any, batch: Any) -> Any:
            return self.layers(torch.cat([edges, targets, sources, whole[batch]], 1))

    class Nodes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = layers(WIDTH + FEATURES["nodes"] + FEATURES["whole"])

        def forward(self, nodes: Any, pairs: Any, edges: Any, whole: Any, batch: Any) -> Any:
            received = scatter(edges, pairs[1], dim=0, dim_size=nodes.size(0), reduce="sum")
            return self.layers(torch.cat([received, nodes, whole[batch]], 1))

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = layers(2 * WIDTH + FEATURES["whole"])

        def forward(self, nodes: Any, pairs: Any, edges: Any, whole: Any, batch: Any) -> Any:
            of_edges = scatter(edges, batch[pairs[0]], dim=0, dim_size=GRAPHS, reduce="sum")
            of_nodes = scatter(nodes, batch, dim=0, dim_size=GRAPHS, reduce="sum")
            return self.layers(torch.cat([of_edges, of_nodes, whole], 1))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.block = MetaLayer(Edges(), Nodes(), Whole())
            self.heads = nn.ModuleList([nn.Linear(WIDTH, 2) for _ in range(3)])

        def forward(self) -> Any:
            nodes, edges, whole = self.block(given["nodes"], pairs, given["edges"], given["whole"], graph_of_node)
            return [head(each) for head, each in zip(self.heads, (nodes, edges, whole), strict=True)]

    arrays, senders, receivers, batch = flat() if kind == "equal" else ragged()
    given = {name: torch.as_tensor(array) for name, array in arrays.items()}
    pairs = torch.as_tensor(np.stack([senders, receivers]))
    graph_of_node = torch.as_tensor(batch)
    net = Net()
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)

    def step() -> float:
        optimiser.zero_grad()
        wanted = (given["new_nodes"], given["new_edges"], given["new_whole"])
        loss = sum(((one - other) ** 2).mean() for one, other in zip(net(), wanted, strict=True))
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    def forward() -> None:
        with torch.no_grad():
            net()

    return {"forward": forward, "step": step}


def jraph_runs() -> dict[str, Callable[[], object]]:
    """GraphNetwork with updates of two layers of 64, sums, and linear outputs; jitted."""
    import jax
    import jax.numpy as jnp
    import jraph  # pyright: ignore[reportMissingImports]

    arrays, senders, receivers, _ = flat()
    generator = np.random.default_rng(0)

    def dense(size: int, width: int) -> Any:
        bound = size**-0.5
        shapes = [(size, width), (width,)]
        return [jnp.asarray(generator.uniform(-bound, bound, shape), jnp.float32) for shape in shapes]

    nodes, edges, whole = (FEATURES[name] for name in ("nodes", "edges", "whole"))
    sizes = {"edge": edges + 2 * nodes + whole, "node": WIDTH + nodes + whole, "global": 2 * WIDTH + whole}
    params: Any = {name: [dense(size, WIDTH), dense(WIDTH, WIDTH)] for name, size in sizes.items()}
    params["heads"] = [dense(WIDTH, 2) for _ in range(3)]
    counts = jnp.full((GRAPHS,), NODES), jnp.full((GRAPHS,), NODES * (NODES - 1))
    fixed = {name: jnp.asarray(array) for name, array in arrays.items()}
    ends = jnp.asarray(senders), jnp.asarray(receivers)

    def outputs(params: Any, given: Any) -> Any:
        def update(name: str) -> Any:
            def apply(*parts: Any) -> Any:
                value = jnp.concatenate(parts, axis=-1)
                for weight, bias in params[name]:
                    value = jax.nn.silu(value @ weight + bias)
                return value

            return apply

        net = jraph.GraphNetwork(
            update_edge_fn=update("edge"),
            update_node_fn=lambda nodes, sent, received, whole: update("node")(received, nodes, whole),
            update_global_fn=lambda nodes, edges, whole: update("global")(edges, nodes, whole),
        )
        found = net(
            jraph.GraphsTuple(
                nodes=given["nodes"], edges=given["edges"], globals=given["whole"], senders=ends[0], receivers=ends[1],
                n_node=counts[0], n_edge=counts[1],
            )
        )  # fmt: skip
        features = (found.nodes, found.edges, found.globals)
        return [each @ weight + bias for each, (weight, bias) in zip(features, params["heads"], strict=True)]

    return timed_in_jax(params, fixed, outputs, ("new_nodes", "new_edges", "new_whole"))


def timed_in_jax(
    params: Any, fixed: Any, outputs: Callable[[Any, Any], Any], names: tuple[str, ...]
) -> dict[str, Callable[[], object]]:
    """A jitted forward pass and a jitted step of Adam on mean squared errors, written out: the peer has no Optax."""
    import jax
    import jax.numpy as jnp

    def loss(params: Any, given: Any) -> Any:
        return sum(((one - given[name]) ** 2).mean() for one, name in zip(outputs(params, given), names, strict=True))

    @jax.jit
    def update(params: Any, first: Any, second: Any, given: Any) -> Any:
        value, gradient = jax.value_and_grad(loss)(params, given)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        params = jax.tree.map(lambda p, m, v: p - RATE * m / (jnp.sqrt(v) + 1e-8), params, first, second)
        return params, first, second, value

    zeros = jax.tree.map(jnp.zeros_like, params)
    held = [params, zeros, zeros]
    passed = jax.jit(outputs)

    def step() -> float:
        *held[:], value = update(*held, fixed)
        return float(value)

    def forward() -> None:
        jax.block_until_ready(passed(held[0], fixed))

    return {"forward": forward, "step": step}


def answer(runs: dict[str, Callable[[], object]]) -> None:
    """Say that the block is built, and time what each line asks for."""
    print(json.dumps({"ready": True}), flush=True)
    serve(runs)


if __name__ == "__main__":
    answer(torch_geometric_runs(sys.argv[2]) if sys.argv[1] == "torch_geometric" else jraph_runs())
