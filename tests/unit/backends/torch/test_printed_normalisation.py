"""Batch norm by field: the road that reads all channels at once against the one that is written out."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from symdsl.backends.torch.printed.normalisation import FieldBatchNorm, batch_norm_in_full, field_batch_norm

FORMATS = [torch.channels_last, torch.contiguous_format]


def values(copies: int, fields: int, memory_format: torch.memory_format) -> tuple[Tensor, Tensor, Tensor]:
    """x far from mean 0, and a scale and shift for each field."""
    torch.manual_seed(0)
    x = 2 * torch.randn(3, copies * fields, 4, 5, dtype=torch.float64) + 30
    x = x.to(memory_format=memory_format).requires_grad_()
    scale, shift = (torch.randn(fields, dtype=torch.float64, requires_grad=True) for _ in range(2))
    return x, scale, shift


@pytest.mark.parametrize("memory_format", FORMATS, ids=str)
@pytest.mark.parametrize(("copies", "fields"), [(4, 3), (1, 5), (2, 16), (8, 10)])
def test_values_statistics_and_gradients(copies: int, fields: int, memory_format: torch.memory_format) -> None:
    operands = values(copies, fields, memory_format)
    ours = field_batch_norm(*operands, 1, fields, 1e-5)
    full = batch_norm_in_full(*operands, 1, fields, 1e-5)
    for left, right in zip(ours, full, strict=True):
        torch.testing.assert_close(left, right, rtol=1e-11, atol=1e-11)
    cotangent = torch.randn_like(ours[0])
    pairs = zip(*(torch.autograd.grad(y, operands, cotangent) for y in (ours[0], full[0])), strict=True)
    for left, right in pairs:
        torch.testing.assert_close(left, right, rtol=1e-10, atol=1e-10)
    assert memory_format != torch.channels_last or ours[0].is_contiguous(memory_format=memory_format)


def test_gradcheck() -> None:
    x, scale, shift = values(4, 3, torch.channels_last)
    assert torch.autograd.gradcheck(lambda *given: field_batch_norm(*given, 1, 3, 1e-5)[0], (x, scale, shift))


def test_function_transforms() -> None:
    x, scale, shift = (value.detach() for value in values(4, 3, torch.channels_last))

    def loss(scale: Tensor) -> Tensor:
        return field_batch_norm(x, scale, shift, 1, 3, 1e-5)[0].pow(3).sum()

    expected = torch.autograd.functional.jacobian(loss, scale)
    torch.testing.assert_close(torch.func.grad(loss)(scale), expected)


def test_a_second_derivative_is_refused_and_not_wrong() -> None:
    x, scale, shift = values(4, 3, torch.channels_last)
    y, _, _ = FieldBatchNorm.apply(x, scale, shift, 1e-5)
    (gradient,) = torch.autograd.grad(y.pow(2).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
