"""A network and the ranges of its augmentation, trained together in torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from symdsl.discovery.estimators.augmentation_range.declaration import AugmentationRangeOptions

Array = NDArray[np.float64]
BATCH = 128


@dataclass(frozen=True)
class Ranges:
    """The widths (r,) that were learned, their course (checks, r), and held-out losses as a part of a constant's."""

    widths: Array
    course: Array
    moved: float
    unmoved: float


def train(
    x: Array, y: Array, classes: int | None, generators: Array, limits: Array, settings: AugmentationRangeOptions,
    seed: int, progress: Callable[[int], None],
) -> Ranges:  # fmt: skip
    """The widths of generators (r, k, k) that move x (N, ...), each rewarded up to its limit (r,).

    A quarter of the samples is held out. Benton et al. 2020 (arXiv:2010.11882), equations 3 and 5: one draw a sample,
    and the loss less `reward` times |widths|.
    """
    draws = torch.Generator().manual_seed(seed)
    samples, targets = torch.tensor(x, dtype=torch.float32), _targets(y, classes)
    order = torch.randperm(len(samples), generator=draws)
    held, learned = order[: len(order) // 4], order[len(order) // 4 :]
    algebra, ceiling = torch.tensor(generators, dtype=torch.float32), torch.tensor(limits, dtype=torch.float32)
    network = _network(int(np.prod(x.shape[1:])), classes or targets.shape[1], settings, draws)
    raw = torch.zeros(len(generators), requires_grad=True)
    optimiser = torch.optim.Adam([
        {"params": network.parameters(), "lr": settings.rate},
        {"params": [raw], "lr": settings.range_rate},
    ])  # fmt: skip
    move = _move_vectors if settings.acts == "vectors" else _move_pixels
    course = []
    for step in range(settings.steps):
        chosen = learned[torch.randint(len(learned), (BATCH,), generator=draws)]
        widths = nn.functional.softplus(raw)
        moved = move(samples[chosen], _elements(algebra, widths, len(chosen), draws))
        gained = settings.reward * torch.linalg.vector_norm(torch.minimum(widths, ceiling))
        loss = _loss(network(moved.flatten(1)), targets[chosen], classes) - gained
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % max(1, settings.steps // 50) == 0:
            course.append(widths.detach().numpy().astype(np.float64))
        progress(1)
    with torch.no_grad():
        widths = nn.functional.softplus(raw)
        copies = [
            network(move(samples[held], _elements(algebra, widths, len(held), draws)).flatten(1))
            for _ in range(settings.copies)
        ]
        mean = torch.stack([each.log_softmax(1) if classes else each for each in copies]).mean(0)
        constant = _constant_loss(targets[held], classes)
        averaged = float(_loss(mean, targets[held], classes)) / constant
        plain = float(_loss(network(samples[held].flatten(1)), targets[held], classes)) / constant
    return Ranges(widths.numpy().astype(np.float64), np.stack(course), averaged, plain)


def _targets(y: Array, classes: int | None) -> Any:
    if classes:
        return torch.tensor(np.asarray(y).astype(np.int64).reshape(-1))
    values = np.asarray(y, np.float64).reshape(len(y), -1)
    values = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12)
    return torch.tensor(values, dtype=torch.float32)


def _network(size: int, outputs: int, settings: AugmentationRangeOptions, draws: Any) -> Any:
    """Dense layers; weights uniform within 1 / sqrt(inputs), from the seed of the draws."""
    layers: list[Any] = []
    for width in settings.widths:
        layers += [nn.Linear(size, width), nn.SiLU()]
        size = width
    network = nn.Sequential(*layers, nn.Linear(size, outputs))
    with torch.no_grad():
        for layer in network:
            if isinstance(layer, nn.Linear):
                bound = layer.in_features**-0.5
                layer.weight.uniform_(-bound, bound, generator=draws)
                layer.bias.uniform_(-bound, bound, generator=draws)
    return network


def _elements(algebra: Any, widths: Any, count: int, draws: Any) -> Any:
    """exp(sum_i e_i w_i A_i / 2) for e uniform in [-1, 1] (count, k, k), differentiable in the widths."""
    noise = torch.rand(count, len(widths), generator=draws) * 2.0 - 1.0
    return torch.linalg.matrix_exp(torch.einsum("nr,rij->nij", noise * widths / 2.0, algebra))


def _move_vectors(x: Any, elements: Any) -> Any:
    rows = x.reshape(len(x), -1, x.shape[-1])
    return torch.einsum("nij,nsj->nsi", elements, rows).reshape(x.shape)


def _move_pixels(x: Any, elements: Any) -> Any:
    """Images (N, h, w) drawn again at moved places, bilinear, nothing outside."""
    size = [len(x), 1, *x.shape[1:]]
    grid = nn.functional.affine_grid(elements[:, :2], size, align_corners=False)
    return nn.functional.grid_sample(x[:, None], grid, align_corners=False)[:, 0]


def _loss(outputs: Any, targets: Any, classes: int | None) -> Any:
    return nn.functional.cross_entropy(outputs, targets) if classes else torch.mean((outputs - targets) ** 2)


def _constant_loss(targets: Any, classes: int | None) -> float:
    if not classes:
        return float(torch.mean((targets - targets.mean(0)) ** 2))
    shares = torch.bincount(targets, minlength=classes) / len(targets)
    return float(-torch.sum(shares * torch.log(shares.clamp_min(1e-12))))
