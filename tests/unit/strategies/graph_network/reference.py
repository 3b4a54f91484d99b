"""A graph network block as algorithm 1 of Battaglia et al. 2018 (1806.01261) writes it: loops over edges and nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def silu(x: Array) -> Array:
    return x / (1 + np.exp(-x))


class Block:
    """Update functions of two layers, with the weights of a compiled model: the first layer is in parts."""

    def __init__(self, weights: Mapping[str, Array], prefix: str = "") -> None:
        self.weights, self.prefix = weights, prefix

    def update(self, name: str, parts: Sequence[tuple[str, Array]]) -> Array:
        """phi of the parts one after another: W [x, y, ..] + b with the columns of each part side by side."""
        name = self.prefix + name
        matrix = np.concatenate([self.weights[f"{name}_{part}.weight"] for part, _ in parts], axis=1)
        biases = [self.weights.get(f"{name}_{part}.bias") for part, _ in parts]
        (bias,) = [each for each in biases if each is not None]
        first = silu(matrix @ np.concatenate([value for _, value in parts]) + bias)
        return silu(self.weights[f"{name}_2.weight"] @ first + self.weights[f"{name}_2.bias"])

    def apply(
        self, edges: Mapping[tuple[int, int], Array], nodes: Array, whole: Array, function: str
    ) -> tuple[dict[tuple[int, int], Array], Array, Array]:
        """(e', v', u'); edges are named (sender, receiver)."""
        new_edges = {
            (sender, receiver): self.update(
                "edge",
                [("edges", edge), ("receivers", nodes[receiver]), ("senders", nodes[sender]), ("globals", whole)],
            )
            for (sender, receiver), edge in edges.items()
        }
        width = len(next(iter(new_edges.values())))
        received = [
            self.aggregate([edge for (_, end), edge in new_edges.items() if end == node], function, width)
            for node in range(len(nodes))
        ]
        new_nodes = [
            self.update("node", [("edges", mine), ("nodes", node), ("globals", whole)])
            for mine, node in zip(received, nodes, strict=True)
        ]
        if function == "attention":
            all_edges, all_nodes = sum(received), sum(new_nodes)
        else:
            all_edges = self.aggregate(list(new_edges.values()), function, width)
            all_nodes = self.aggregate(new_nodes, function, width)
        new_whole = self.update("global", [("edges", all_edges), ("nodes", all_nodes), ("globals", whole)])
        return new_edges, np.array(new_nodes), new_whole

    def aggregate(self, values: list[Array], function: str, width: int) -> Array:
        """One value of many, zero of none."""
        if not values:
            return np.zeros(width)
        stacked = np.array(values)
        if function == "attention":
            shares = np.exp(stacked @ self.weights[f"{self.prefix}logit.weight"][0])
            return shares @ stacked / shares.sum()
        return {"sum": stacked.sum, "mean": stacked.mean, "max": stacked.max}[function](axis=0)
