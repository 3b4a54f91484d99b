"""A compiled model in a plain torch loop, with a Dataset and a DataLoader of one's own.

python examples/own_loop/torch_loop.py [--steps 300]
"""

from __future__ import annotations

import argparse
import copy
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

import symdsl

SPEC = Path(__file__).with_name("torque.sym")


class Torques(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Places, forces, and the torque about the origin; made one by one, in the worker process."""

    def __len__(self) -> int:
        return 2_000

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        r, f = torch.randn(2, 2, 3, generator=torch.Generator().manual_seed(index))
        return r, f, torch.linalg.cross(r, f).sum(0)


class HarderHalf:
    """A batch without the half that `judge` finds easier. The worker gets it by pickle, and the model with it."""

    def __init__(self, judge: nn.Module) -> None:
        self.judge = judge

    def __call__(self, samples: list[tuple[Tensor, Tensor, Tensor]]) -> list[Tensor]:
        r, f, torque = (torch.stack(column) for column in zip(*samples, strict=True))
        with torch.no_grad():
            errors = (self.judge(r, f) - torque).square().sum(1)
        hardest = errors.topk(len(samples) // 2).indices
        return [r[hardest], f[hardest], torque[hardest]]


def turning_error(model: nn.Module) -> float:
    """The largest |model(g r, g f) - g model(r, f)| over random rotations g, relative to the largest output."""
    vector = symdsl.representation("SO(3)", "defining")
    turns = torch.tensor(vector.group.sample(np.random.default_rng(0), 64))
    r, f = torch.randn(2, 64, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    exact = copy.deepcopy(model).double()
    with torch.no_grad():
        after = torch.einsum("bij,bj->bi", turns, exact(r, f))
        before = exact(torch.einsum("bij,bpj->bpi", turns, r), torch.einsum("bij,bpj->bpi", turns, f))
    return ((before - after).abs().max() / after.abs().max()).item()


def train(steps: int) -> tuple[nn.Module, list[float]]:
    """A plain loop: the loss could be any other function of `model(r, f)`."""
    torch.manual_seed(0)
    model = symdsl.compile(SPEC, backend="torch", seed=0)
    judge = symdsl.compile(SPEC, backend="torch", seed=1)
    loader = DataLoader(
        Torques(), batch_size=128, shuffle=True, num_workers=1, persistent_workers=True,
        collate_fn=HarderHalf(judge), multiprocessing_context="spawn",
    )  # fmt: skip
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    model.train()
    for r, f, torque in islice(cycle(loader), steps):
        loss = nn.functional.smooth_l1_loss(model(r, f), torque)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
    return model.eval(), losses


def main() -> None:
    """Train, and say how the loss fell and how exact the symmetry still is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=300)
    model, losses = train(parser.parse_args().steps)
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}")
    print(f"equivariance error {turning_error(model):.1e}")


if __name__ == "__main__":
    main()
