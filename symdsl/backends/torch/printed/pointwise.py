"""Functions that emitted files contain, word for word: elementwise functions, choices, matrices."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def safe_acos(x: Tensor) -> Tensor:
    """arccos of x clamped to [-1, 1]; the derivative is held at its value 1e-12 inside the ends."""
    inside = x.abs() < 1.0 - 1e-12
    angle = torch.acos(torch.where(inside, x, torch.zeros_like(x)))
    slope = -((1e-12 * (2.0 - 1e-12)) ** -0.5)
    end = torch.acos(x.detach().clamp(-1.0, 1.0)) + slope * (x - x.detach())
    return torch.where(inside, angle, end)


def safe_atan2(y: Tensor, x: Tensor) -> Tensor:
    """The angle of (x, y), with derivative 0 at the origin."""
    origin = (x == 0) & (y == 0)
    return torch.where(origin, torch.zeros_like(x * y), torch.atan2(y, torch.where(origin, torch.ones_like(x), x)))


def tanh_slope(x: Tensor, y: Tensor) -> Tensor:
    """x (1 - y^2), in one kernel where the shapes agree: x times the slope of y = tanh."""
    return torch.ops.aten.tanh_backward(x, y) if x.shape == y.shape else x * (1.0 - torch.square(y))


def channels_last_in_memory(x: Tensor) -> Tensor:
    """x (batch, channels, height, width), laid out with the channels last.

    A copy of a view, for vmap knows no memory formats, and a single channel would keep the strides that it came with.
    """
    return x.movedim(1, -1).clone(memory_format=torch.contiguous_format).movedim(-1, 1)


def filters_channels_last(model: nn.Module) -> None:
    """Lay the filters of a model out as its feature maps are, channels last, so that no call has to."""
    for parameter in model.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def one_hot(index: Tensor, classes: int, dtype: torch.dtype) -> Tensor:
    """1 at the place of each integer along a new last axis; zeros for an integer out of range."""
    return (index.unsqueeze(-1) == torch.arange(classes, device=index.device)).to(dtype)


def symmetric_from_lower(a: Tensor) -> Tensor:
    """The symmetric matrices with the lower triangles of a."""
    return a.tril() + a.tril(-1).mT
