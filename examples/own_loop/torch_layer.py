"""A compiled layer and a compiled model inside a torch network of one's own.

The distance between the two closest of four particles: lengths and products of vectors that a compiled layer gives,
into a head that needs no symmetry. A whole compiled model adds what it thinks.

python examples/own_loop/torch_layer.py [--steps 300]
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import symdsl

LAYER = Path(__file__).with_name("direction.sym")
MODEL = """
model size {
  data {
    r: vector(3) per 4
    y: scalar
  }
  symmetry turn: O(3)
  predict y from r
  enforce turn by equivariant_mlp { hidden = [24] }
}
"""


class Closest(nn.Module):
    """Invariant under O(3), because the compiled layer is equivariant and inner products are invariant."""

    def __init__(self) -> None:
        super().__init__()
        self.directions = symdsl.compile(LAYER, backend="torch", seed=0)
        self.size = symdsl.compile(MODEL, backend="torch", seed=0)
        self.head = nn.Sequential(nn.Linear(36, 64), nn.SiLU(), nn.Linear(64, 1))
        self.register_buffer("upper", torch.triu_indices(8, 8))

    def forward(self, r: Tensor) -> Tensor:
        """r (batch, 4, 3) -> (batch,)."""
        h = self.directions(r)
        products = torch.einsum("bic,bjc->bij", h, h)[:, self.upper[0], self.upper[1]]
        return self.head(products).squeeze(1) + self.size(r)


def closest(r: Tensor) -> Tensor:
    """The smallest of the distances between the four particles."""
    return torch.stack([nn.functional.pdist(each).min() for each in r])


def turning_error(network: nn.Module) -> float:
    """The largest |network(g r) - network(r)| over random g in O(3), relative to the largest output, in float64."""
    vector = symdsl.representation("O(3)", "defining")
    turns = torch.tensor(vector.group.sample(np.random.default_rng(0), 64))
    r = torch.randn(64, 4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    network = copy.deepcopy(network).double()
    with torch.no_grad():
        plain, turned = network(r), network(torch.einsum("bij,bpj->bpi", turns, r))
    return ((plain - turned).abs().max() / plain.abs().max()).item()


def train(steps: int) -> tuple[nn.Module, list[float]]:
    """Adam on fresh samples; the parameters of the compiled parts are among `network.parameters()`."""
    torch.manual_seed(0)
    network = Closest()
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(steps):
        r = torch.randn(128, 4, 3)
        loss = (network(r) - closest(r)).square().mean()
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
    print(f"invariance error {turning_error(network):.1e}")


if __name__ == "__main__":
    main()
