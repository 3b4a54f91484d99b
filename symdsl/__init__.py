"""symdsl: a declarative model compiler for symmetry in neural networks."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symdsl.api import check, parse
    from symdsl.compiled import basis, compile, representation, verify
    from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
    from symdsl.session import Limits, Session

__version__ = "0.1.0"

__all__ = [
    "Diagnostic", "Limits", "Session", "SymdslError", "__version__", "basis", "check", "compile", "parse",
    "representation", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that `import symdsl` loads nothing else."""
    homes = {
        "parse": "symdsl.api",
        "compile": "symdsl.compiled",
        "verify": "symdsl.compiled",
        "basis": "symdsl.compiled",
        "representation": "symdsl.compiled",
        "Diagnostic": "symdsl.diagnostics.diagnostic",
        "SymdslError": "symdsl.diagnostics.diagnostic",
        "Limits": "symdsl.session",
        "Session": "symdsl.session",
    }
    if name == "check":
        return importlib.import_module("symdsl.check")
    if name not in homes:
        raise AttributeError(f"module 'symdsl' has no attribute {name!r}")
    return getattr(importlib.import_module(homes[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
