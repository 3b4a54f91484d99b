"""The formats by name; each is imported when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.suggest import suggest
from symdsl.export.format import Format

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "pt2": "symdsl.export.pt2",
        "aoti": "symdsl.export.aoti",
        "onnx": "symdsl.export.onnx",
        "stablehlo": "symdsl.export.stablehlo",
        "safetensors": "symdsl.export.safetensors",
    }
)
"""Name -> the module whose `FORMAT` it is."""


def find_format(name: str) -> Format:
    """The format called `name`. Raises SymdslError (SYM1011, exit code 2) for an unknown one."""
    if name not in FORMATS:
        close = suggest(name, FORMATS)
        hint = f"did you mean `{close}`?" if close else f"there are: {', '.join(FORMATS)}"
        raise SymdslError(Diagnostic("SYM1011", f"there is no format `{name}`", hint=hint), exit_code=2)
    return import_module(FORMATS[name]).FORMAT
