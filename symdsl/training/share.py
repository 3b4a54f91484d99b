"""One process of several that train together in torch: its part of each batch, and what the processes sum.

torchrun starts the processes and says in their environment which is which. All draw the same batches and the same
noise from the same seed, each computes on its own part, and what a batch has one of (statistics, gradients, the loss)
is summed over all, so that the run is that of one process with the whole batch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

if TYPE_CHECKING:
    from torch import Tensor

NORMS = ("batch_norm", "field_batch_norm", "batch_norm_in_full")
"""The functions of emitted files whose results depend on the whole batch."""


@dataclass(frozen=True)
class Place:
    """Which process this is, of how many, and which of those on this machine."""

    rank: int = 0
    count: int = 1
    local: int = 0

    @property
    def writes(self) -> bool:
        """Whether this process writes files and talks: the first one does."""
        return self.rank == 0


def find_place(environment: Mapping[str, str] = os.environ) -> Place:
    """What torchrun says; the only process where it says nothing."""
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    if not all(environment.get(name, "").isdigit() for name in (*names, "MASTER_PORT")):
        return Place()
    return Place(*(int(environment[name]) for name in names))


class Share:
    """This process among the others, from `join` to `leave`. `module` is the model, whose file has the batch norms."""

    def __init__(self, place: Place, module: Any) -> None:
        self.place = place
        self.file = sys.modules[type(module).__module__]
        self.replaced: dict[str, Any] = {}

    def join(self, device: str) -> None:
        """Meet the other processes; from here on batch norm is over all parts of a batch."""
        import torch.distributed as processes

        if not processes.is_initialized():
            processes.init_process_group("gloo" if device == "cpu" else "nccl")
        for name in NORMS:
            if hasattr(self.file, name):
                self.replaced[name] = getattr(self.file, name)
                setattr(self.file, name, SHARED[name])

    def leave(self) -> None:
        """Part from the others; the file is as it was."""
        import torch.distributed as processes

        for name, function in self.replaced.items():
            setattr(self.file, name, function)
        self.replaced = {}
        if processes.is_initialized():
            processes.destroy_process_group()

    def part(self, count: int) -> slice:
        """Which samples of a batch are this process's: parts differ by one at most, and none is empty.

        Raises SymdslError (SYM1013) for a batch of fewer samples than there are processes.
        """
        rank, processes = self.place.rank, self.place.count
        if count < processes:
            message = f"a batch of {count} cannot be shared by {processes} processes"
            hint = "start fewer, or leave out a last batch that is small: --set train.last_batch=drop"
            raise SymdslError(Diagnostic("SYM1013", message, hint=hint), exit_code=2)
        return slice(count * rank // processes, count * (rank + 1) // processes)

    def add(self, parameters: Sequence[Tensor], loss: Tensor) -> Tensor:
        """Sum the gradients and the loss over all processes, in one message; the gradients stay where they are."""
        import torch
        import torch.distributed as processes

        gradients = [each.grad for each in parameters if each.grad is not None]
        flat = torch.cat([loss.detach().reshape(1), *(each.reshape(-1) for each in gradients)])
        processes.all_reduce(flat)
        start = 1
        for gradient in gradients:
            stop = start + gradient.numel()
            gradient.copy_(flat[start:stop].view_as(gradient))
            start = stop
        return flat[0]


@cache
def _summing() -> Any:
    """The sum over all processes as a function of autograd: its gradient is that of all of their losses."""
    import torch
    import torch.distributed as processes

    class Total(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
            result = x.clone()
            processes.all_reduce(result)
            return result

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
            gradient = gradient.contiguous().clone()
            processes.all_reduce(gradient)
            return gradient

    return Total


def total(x: Tensor) -> Tensor:
    """The sum of x over all processes, with the gradient of all of their losses."""
    return _summing().apply(x)


def batch_norm_in_full(
    x: Tensor, scale: Tensor, shift: Tensor, channel_axis: int, fields: int, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The function of this name of emitted files, over the parts of all processes."""
    import torch

    channels_last = x.movedim(channel_axis, -1)
    rows = channels_last.reshape(-1, fields)
    count = total(torch.full((), float(rows.shape[0]), dtype=torch.float64, device=x.device)).to(x.dtype)
    mean = total(rows.sum(0)) / count
    centred = rows - mean
    biased = total(torch.square(centred).sum(0)) / count
    y = centred * (scale / torch.sqrt(biased + epsilon)) + shift
    return y.reshape(channels_last.shape).movedim(-1, channel_axis), mean, biased * (count / (count - 1.0))


def field_batch_norm(
    x: Tensor, scale: Tensor, shift: Tensor, channel_axis: int, fields: int, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """As `batch_norm_in_full`, the statistics without gradient."""
    y, mean, variance = batch_norm_in_full(x, scale, shift, channel_axis, fields, epsilon)
    return y, mean.detach(), variance.detach()


def batch_norm(x: Tensor, scale: Tensor, shift: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """As `field_batch_norm`, one field for each channel."""
    return field_batch_norm(x, scale, shift, 1, x.shape[1], epsilon)


SHARED: Mapping[str, Any] = MappingProxyType(
    {"batch_norm": batch_norm, "field_batch_norm": field_batch_norm, "batch_norm_in_full": batch_norm_in_full}
)
