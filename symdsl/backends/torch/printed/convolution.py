"""Functions that emitted files contain, word for word: transposes of convolutions and pools."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


def convolution_input(
    g: Tensor, weight: Tensor, stride: tuple[int, ...], padding: tuple[int, ...], size: tuple[int, ...]
) -> Tensor:
    """The transpose of a convolution with respect to its input, of spatial `size`."""
    transposed = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[len(size) - 1]
    # What the stride left over at the far border; conv_transpose wants it smaller than the stride, which it is.
    rest = [
        (length + 2 * border - kernel) % step
        for length, border, kernel, step in zip(size, padding, weight.shape[2:], stride, strict=True)
    ]
    return transposed(g, weight, stride=stride, padding=padding, output_padding=rest)


def convolution_weight(
    x: Tensor, g: Tensor, stride: tuple[int, ...], padding: tuple[int, ...], size: tuple[int, ...]
) -> Tensor:
    """The transpose of a convolution with respect to its weight, of spatial `size`, summed over the batch."""
    convolve = (F.conv1d, F.conv2d, F.conv3d)[len(size) - 1]
    result = convolve(x.transpose(0, 1), g.transpose(0, 1), padding=padding, dilation=stride).transpose(0, 1)
    for axis, length in enumerate(size):
        result = result.narrow(axis + 2, 0, length)
    return result


def max_pool_gradient(
    x: Tensor, g: Tensor, size: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...]
) -> Tensor:
    """g put where each window of x has its first largest entry."""
    pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[len(size) - 1]
    _, place = pool(x, size, stride, padding, return_indices=True)
    spatial = -len(size)
    flat = torch.zeros_like(x).flatten(spatial)
    return flat.scatter_add(-1, place.flatten(spatial), g.flatten(spatial)).unflatten(-1, x.shape[spatial:])


def average_pool_gradient(
    g: Tensor, size: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...], input_size: tuple[int, ...]
) -> Tensor:
    """The transpose of an average pool: each entry of g spread over its window."""
    channels = g.shape[-len(size) - 1]
    window = g.new_full((1, 1, *size), 1.0 / g.new_empty(size, device="meta").numel())
    transposed = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[len(size) - 1]
    rest = [
        (length + 2 * border - kernel) % step
        for length, border, kernel, step in zip(input_size, padding, size, stride, strict=True)
    ]
    alone = g.reshape(-1, 1, *g.shape[-len(size) :])
    spread = transposed(alone, window, stride=stride, padding=padding, output_padding=rest)
    return spread.reshape(*g.shape[: -len(size) - 1], channels, *input_size)
