"""A bare `symdsl.basis(V, W)` in layers of one's own: an invariant graph network that counts triangles.

Maron, Ben-Hamu, Shamir, Lipman (2019), Invariant and Equivariant Graph Networks, arXiv:1812.09902: linear maps of edge
features that commute with relabelling the nodes, of which there are 15, and a pointwise function in between.

python examples/own_loop/torch_basis.py [--steps 300]
"""

from __future__ import annotations

import argparse
import copy

import numpy as np
import torch
from torch import Tensor, nn

import symdsl
from symdsl.groups.representation import Representation

NODES = 6
GROUP = f"S({NODES})"
EDGES = symdsl.representation(GROUP, "permutation ^ 2")
NUMBER = symdsl.representation(GROUP, "trivial")


class EquivariantLinear(nn.Module):
    """Channels of a representation V to channels of W: coefficients times a basis of Hom(V, W)."""

    def __init__(self, source: Representation, target: Representation, inputs: int, outputs: int) -> None:
        super().__init__()
        basis = torch.tensor(symdsl.basis(source, target), dtype=torch.get_default_dtype())
        bias = torch.tensor(symdsl.basis(symdsl.representation(GROUP, "trivial"), target), dtype=basis.dtype)
        self.register_buffer("basis", basis)
        self.register_buffer("fixed", bias.squeeze(2))
        self.weight = nn.Parameter(torch.randn(outputs, inputs, len(basis)) * (len(basis) * inputs) ** -0.5)
        self.bias = nn.Parameter(torch.zeros(outputs, len(bias)))

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, inputs, dim V) -> (batch, outputs, dim W)."""
        matrices = torch.einsum("oik,kwv->oiwv", self.weight, self.basis)
        return torch.einsum("oiwv,biv->bow", matrices, x) + self.bias @ self.fixed


def make_network() -> nn.Module:
    """Edge features to one number."""
    return nn.Sequential(
        EquivariantLinear(EDGES, EDGES, 1, 16), nn.ReLU(),
        EquivariantLinear(EDGES, EDGES, 16, 16), nn.ReLU(),
        EquivariantLinear(EDGES, NUMBER, 16, 1), nn.Flatten(0),
    )  # fmt: skip


def draw_graphs(count: int) -> tuple[Tensor, Tensor]:
    """Adjacency matrices (count, 1, nodes^2) of random graphs, and how many triangles each has."""
    upper = torch.triu((torch.rand(count, NODES, NODES) < 0.5).to(torch.get_default_dtype()), 1)
    adjacency = upper + upper.mT
    triangles = torch.linalg.matrix_power(adjacency, 3).diagonal(dim1=1, dim2=2).sum(1) / 6
    return adjacency.flatten(1).unsqueeze(1), triangles


def relabelling_error(network: nn.Module) -> float:
    """The largest |network(g a) - network(a)| over random permutations g, relative to the largest output."""
    turns = EDGES.matrix(EDGES.group.sample(np.random.default_rng(0), 64))
    network = copy.deepcopy(network).double()
    adjacency, _ = draw_graphs(64)
    with torch.no_grad():
        plain = network(adjacency.double())
        moved = network(torch.einsum("bij,bcj->bci", torch.tensor(turns), adjacency.double()))
    return ((plain - moved).abs().max() / plain.abs().max()).item()


def train(steps: int) -> tuple[nn.Module, list[float]]:
    """Adam on fresh graphs."""
    torch.manual_seed(0)
    network = make_network()
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(steps):
        adjacency, triangles = draw_graphs(128)
        loss = (network(adjacency) - triangles).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return network.eval(), losses


def main() -> None:
    """Train, and say how the loss fell and how exact the symmetry still is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=300)
    network, losses = train(parser.parse_args().steps)
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}")
    print(f"invariance error {relabelling_error(network):.1e}")


if __name__ == "__main__":
    main()
