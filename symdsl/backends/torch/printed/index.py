"""Functions that emitted files contain, word for word: gathering and scattering by integers, segments."""

from __future__ import annotations

import torch
from torch import Tensor


def take_each(x: Tensor, index: Tensor, axis: int) -> Tensor:
    """x[n, ..., index[n, ...], ...]: each sample of x at its own places; the axis becomes the index's axes."""
    moved = x.movedim(axis, 1)
    rows = torch.arange(x.shape[0], device=x.device).reshape(-1, *[1] * (index.ndim - 1))
    taken = moved[rows, index]
    for step in range(axis - 1):
        taken = taken.movedim(index.ndim + step, 1 + step)
    return taken


def put(x: Tensor, index: Tensor, axis: int, size: int) -> Tensor:
    """The transpose of x[..., index, ...]: entries of the index's axes summed into `size` places of one axis."""
    flat = x.flatten(axis, axis + index.ndim - 1) if index.ndim else x.unsqueeze(axis)
    target = x.new_zeros((*flat.shape[:axis], size, *flat.shape[axis + 1 :]))
    return target.index_add(axis, index.reshape(-1), flat)


def put_each(x: Tensor, index: Tensor, axis: int, size: int) -> Tensor:
    """As `put`, each sample of x by its own places."""
    flat = x.flatten(axis, axis + index.ndim - 2) if index.ndim > 1 else x.unsqueeze(axis)
    places = index.reshape(index.shape[0], -1)
    places = places.reshape(-1, *[1] * (axis - 1), places.shape[1], *[1] * (flat.ndim - axis - 1)).expand(flat.shape)
    target = x.new_zeros((*flat.shape[:axis], size, *flat.shape[axis + 1 :]))
    return target.scatter_add(axis, places, flat)


def sum_rows(x: Tensor, index: Tensor, like: Tensor) -> Tensor:
    """For each row of `like`, the sum of the rows of x whose index names it."""
    return x.new_zeros((like.shape[0], *x.shape[1:])).index_add(0, index, x)


def max_rows(x: Tensor, index: Tensor, like: Tensor) -> Tensor:
    """For each row of `like`, the largest of the rows of x whose index names it, or 0; equals share the gradient."""
    places = index.reshape(-1, *[1] * (x.ndim - 1)).expand(x.shape)
    return x.new_zeros((like.shape[0], *x.shape[1:])).scatter_reduce(0, places, x, "amax", include_self=False)


def segment_max(x: Tensor, index: Tensor, axis: int, count: int) -> Tensor:
    """The largest entry of each segment along an axis, 0 for an empty one; equal ones share the gradient."""
    if index.ndim == 1:
        places = index.reshape(-1, *[1] * (x.ndim - axis - 1)).expand(x.shape)
    else:
        places = index.reshape(index.shape[0], *[1] * (axis - 1), -1, *[1] * (x.ndim - axis - 1)).expand(x.shape)
    target = x.new_zeros((*x.shape[:axis], count, *x.shape[axis + 1 :]))
    return target.scatter_reduce(axis, places, x, "amax", include_self=False)
