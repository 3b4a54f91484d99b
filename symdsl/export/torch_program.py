"""An entry point of a torch model as an `ExportedProgram`: what pt2, aoti and onnx begin with."""

from __future__ import annotations

import copy
import inspect
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.torch.backend import TorchModel
from symdsl.export.format import Subject, not_exportable

if TYPE_CHECKING:
    import torch

TRACED_BATCH = 2
"""The size of a dynamic batch while it is traced: 1 would be taken for a constant."""


def export_program(subject: Subject, target: str) -> torch.export.ExportedProgram:
    """The traced entry point, its batch dynamic unless fixed, without the places of its source.

    Raises SymdslError (SYM0912) where torch cannot trace it.
    """
    import torch

    module = entry_module(subject)
    arguments = sample_arguments(subject)
    batch = torch.export.Dim("batch", min=1)
    shapes = None if subject.batch else tuple({0: batch} for _ in arguments)
    with quiet():
        try:
            traced = torch.export.export(module, arguments, dynamic_shapes=shapes, strict=False)
        except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
            raise not_exportable(target, error) from error
    for node in traced.graph.nodes:
        node.meta.pop("stack_trace", None)
    return traced


def entry_module(subject: Subject) -> torch.nn.Module:
    """A copy of the module, its parameters shared, whose `forward` is the entry point and gives a plain tuple.

    No class of the emitted file is in what it returns, so that a file of it loads where that class is not.
    """
    assert isinstance(subject.model, TorchModel)
    method = getattr(subject.model.module, subject.model.printed[subject.entry])

    def forward(*arrays: Any) -> tuple[Any, ...]:
        results = method(*arrays)
        return tuple(results) if isinstance(results, tuple) else (results,)

    forward.__signature__ = inspect.signature(method)  # pyright: ignore[reportFunctionMemberAccess]
    module = copy.copy(subject.model.module).eval().requires_grad_(False)
    module.forward = forward
    return module


def sample_arguments(subject: Subject) -> tuple[torch.Tensor, ...]:
    """Inputs of the batch size that is traced."""
    import torch

    count, kind = subject.batch or TRACED_BATCH, getattr(torch, subject.dtype)
    generator = np.random.default_rng(0)
    return tuple(
        torch.tensor(generator.standard_normal((count, *port.shape)), dtype=kind) for port in subject.inputs
    )


def as_tensors(arrays: Any) -> list[torch.Tensor]:
    """Arrays as contiguous tensors."""
    import torch

    return [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]


def as_arrays(results: Any) -> tuple[NDArray[Any], ...]:
    """What a loaded torch artefact returns, as arrays."""
    several = results if isinstance(results, (tuple, list)) else (results,)
    return tuple(result.detach().numpy() for result in several)


@contextmanager
def quiet() -> Iterator[None]:
    """The tools' own warnings and progress are not the user's: what matters is refused or compared."""
    names = ("torch.onnx", "onnxscript", "torch.export", "torch._inductor")
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
