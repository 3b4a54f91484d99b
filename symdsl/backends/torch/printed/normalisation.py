"""Functions that emitted files contain, word for word: normalisation."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


def batch_norm(x: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """x normalised by channel, with the mean and the unbiased variance of the batch (without gradient)."""
    mean, variance = torch.zeros_like(scale), torch.zeros_like(scale)
    # With momentum 1 the running statistics become those of the batch.
    y = F.batch_norm(x, mean, variance, scale, shift, training=True, momentum=1.0, eps=epsilon)
    return y, mean, variance


class FieldBatchNorm(torch.autograd.Function):
    """Batch norm by field of x (batch, copies * fields, ...), with kernels that read all channels of a pixel at once.

    Kernels over rows of `fields` numbers are slow on a CPU where that is no multiple of its vectors. Gives y, and the
    mean and biased variance of each field without gradient. Can be differentiated once.
    """

    @staticmethod
    def forward(x: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
        """Statistics by channel, joined by field; then one affine map of every channel."""
        copies = x.shape[1] // scale.shape[0]
        means, variances = (value.view(copies, -1) for value in torch.batch_norm_update_stats(x, None, None, 0.0))
        mean = means.mean(0)
        variance = (variances + (means - mean).square()).mean(0)
        by_channel = [value.repeat(copies) for value in (mean, variance, scale, shift)]
        y = F.batch_norm(x, by_channel[0], by_channel[1], by_channel[2], by_channel[3], eps=epsilon)
        return y, mean, variance

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keep what the gradient needs."""
        x, scale, _, ctx.epsilon = inputs
        _, mean, variance = output
        ctx.mark_non_differentiable(mean, variance)
        ctx.save_for_backward(x, scale, mean, variance)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *gradients: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, None]:
        """(scale / deviation) (g - mean(g) - normalised mean(g normalised)), an affine map of g and x by channel."""
        x, scale, mean, variance = ctx.saved_tensors
        copies = x.shape[1] // scale.shape[0]
        scales, means, variances = (value.repeat(copies) for value in (scale, mean, variance))
        _, along, total = torch.ops.aten.native_batch_norm_backward(
            gradients[0], x, scales, means, variances, None, None, False, ctx.epsilon, [False, True, True]
        )
        along, total = along.view(copies, -1).sum(0), total.view(copies, -1).sum(0)
        count = x.numel() // scale.shape[0]
        slope = scale / torch.sqrt(variance + ctx.epsilon)
        of_x = -slope * along / torch.sqrt(variance + ctx.epsilon) / count
        constant = -slope * total / count - of_x * mean
        slope, of_x, constant = (value.repeat(copies) for value in (slope, of_x, constant))
        rows = torch.addcmul(constant, x.movedim(1, -1), of_x).addcmul_(gradients[0].movedim(1, -1), slope)
        return rows.movedim(-1, 1), along, total, None


def field_batch_norm(
    x: Tensor, scale: Tensor, shift: Tensor, channel_axis: int, fields: int, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """x normalised by field over batch, copies and space: channel = copy * fields + field.

    Copies count as space. For a channels-last x that is a view, no copy.
    """
    on_cpu = x.device.type == "cpu" and x.dtype == scale.dtype and not torch.compiler.is_compiling()
    if on_cpu and channel_axis == 1 and fields % 16:
        y, mean, variance = FieldBatchNorm.apply(x, scale, shift, epsilon)
        count = x.numel() // fields
        return y, mean, variance * (count / (count - 1))
    channels_last = x.movedim(channel_axis, -1)
    spread = channels_last.reshape(x.shape[0], -1, 1, fields).permute(0, 3, 1, 2)
    y, mean, variance = batch_norm(spread, scale, shift, epsilon)
    return y.permute(0, 2, 3, 1).reshape(channels_last.shape).movedim(-1, channel_axis), mean, variance


def field_batch_norm_inference(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    scale: Tensor,
    shift: Tensor,
    channel_axis: int,
    fields: int,
    epsilon: float,
) -> Tensor:
    """x normalised by field with given statistics: channel = copy * fields + field."""
    copies = x.shape[channel_axis] // fields
    mean, variance, scale, shift = (value.repeat(copies) for value in (mean, variance, scale, shift))
    y = F.batch_norm(x.movedim(channel_axis, 1), mean, variance, scale, shift, eps=epsilon)
    return y.movedim(1, channel_axis)


def normalise_fields(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    scale: Tensor,
    shift: Tensor,
    channel_axis: int,
    fields: int,
    epsilon: float,
) -> Tensor:
    """As `field_batch_norm_inference`, with gradients through the statistics too."""
    channels_last = x.movedim(channel_axis, -1)
    rows = channels_last.reshape(-1, fields)
    y = (rows - mean) * (scale / torch.sqrt(variance + epsilon)) + shift
    return y.reshape(channels_last.shape).movedim(-1, channel_axis)


def batch_norm_in_full(
    x: Tensor, scale: Tensor, shift: Tensor, channel_axis: int, fields: int, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """As `field_batch_norm`, with gradients through the mean and the unbiased variance too."""
    rows = x.movedim(channel_axis, -1).reshape(-1, fields)
    mean = rows.mean(0)
    biased = torch.square(rows - mean).mean(0)
    y = normalise_fields(x, mean, biased, scale, shift, channel_axis, fields, epsilon)
    return y, mean, biased * (rows.shape[0] / (rows.shape[0] - 1))


def layer_norm_over(x: Tensor, scale: Tensor, shift: Tensor, axes: tuple[int, ...], epsilon: float) -> Tensor:
    """x normalised over some axes, then scaled and shifted entry by entry of those axes."""
    ends = tuple(range(-len(axes), 0))
    moved = x.movedim(axes, ends)
    return F.layer_norm(moved, scale.shape, scale, shift, epsilon).movedim(ends, axes)


def dropout(x: Tensor, noise: Tensor, rate: float) -> Tensor:
    """x / (1 - rate) where the uniform noise is at least `rate`, else 0."""
    return torch.where(noise >= rate, x / (1.0 - rate), torch.zeros_like(x))
