"""From text to syntax tree."""

from __future__ import annotations

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.session import Limits
from symdsl.syntax import ast
from symdsl.syntax.build_tree import build_models
from symdsl.syntax.place import Places
from symdsl.syntax.recovery import parse_tree
from symdsl.syntax.scanner import scan
from symdsl.syntax.separators import separator_faults


def parse(text: str, source: str = "<string>", first_line: int = 1, limits: Limits | None = None) -> ast.File:
    """The syntax tree of a spec; `first_line` is the line of `source` on which `text` starts.

    Raises SymdslError with every fault of the text that can be told apart (SYM01xx), in the order of the text, and
    nothing else, whatever the text.
    """
    limits = limits or Limits()
    places = Places.of(text, source, first_line)
    scanned = scan(text, places, limits)
    if not scanned.readable:
        raise _error(scanned.faults)
    blamed = frozenset(fault.span.line for fault in scanned.faults if fault.span is not None)
    tree, faults = parse_tree(scanned.repaired, places, blamed)
    if scanned.faults or faults or tree is None:
        raise _error((*scanned.faults, *faults))
    faults = separator_faults(tree, text, places)
    if faults:
        raise _error(faults)
    models = build_models(tree, places, limits.depth)
    if not models:
        hint = "a spec is written `model name { ... }`"
        raise SymdslError(Diagnostic("SYM0113", "the spec declares no model", places.span(0, 0), hint=hint))
    return ast.File(models, source, text)


def _error(faults: tuple[Diagnostic, ...] | list[Diagnostic]) -> SymdslError:
    """The faults in the order of the text."""
    return SymdslError(*sorted(faults, key=lambda each: (each.span.line, each.span.column) if each.span else (0, 0)))


def decode(data: bytes, source: str = "<bytes>") -> str:
    """The text of a spec file. Raises SymdslError (SYM0106) where the bytes are not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        places = Places.of(before, source)
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        span = places.span(len(before), len(before) + 1)
        hint = "save the file as UTF-8 text"
        raise SymdslError(Diagnostic("SYM0106", message, span, hint=hint)) from None
