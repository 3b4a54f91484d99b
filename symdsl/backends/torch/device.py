"""Devices of torch by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

if TYPE_CHECKING:
    import torch


def find_device(name: str) -> torch.device:
    """The torch device of a name such as "cpu" or "cuda:0". Raises SymdslError (SYM1003, exit 4) without it."""
    import torch

    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        first_line = str(error).splitlines()[0]
        diagnostic = Diagnostic("SYM1003", f"torch has no device {name}", notes=(first_line,))
        raise SymdslError(diagnostic, exit_code=4) from None
