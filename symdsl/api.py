"""The functions of `import symdsl` that read specs: text is a spec, a Path is a file."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.literal import literal_place
from symdsl.session import Limits, limit_diagnostic

if TYPE_CHECKING:
    from symdsl.check.result import CheckResult
    from symdsl.syntax.ast import File


def parse(spec: str | Path, limits: Limits | None = None) -> File:
    """The syntax tree of a spec, with the line numbers of the file or of the Python literal that it comes from.

    Raises SymdslError: SYM01xx for faults of the text, SYM1010 (exit code 2) for a file that cannot be read.
    """
    return parse_from(spec, limits or Limits(), sys._getframe(1))


def check(
    spec: str | Path,
    params: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    *,
    allow_paths: bool = False,
    cards: Mapping[str, Path] | None = None,
) -> CheckResult:
    """The typed models of a spec and every diagnostic; faults of the text are diagnostics too and never raised.

    `params` are the values of the spec's `param` lines, `cards` group cards by the names of learned symmetries
    ("" for the only one). Raises SymdslError SYM1010 (exit code 2) for a file that cannot be read,
    and SYM1007 (exit code 4) for installed plug-ins that clash.
    """
    return check_from(spec, params, limits, allow_paths, sys._getframe(1), cards)


def parse_from(spec: str | Path, limits: Limits, caller: FrameType | None) -> File:
    """`parse` on behalf of a caller, whose source may hold the literal."""
    from symdsl.syntax import parser

    if isinstance(spec, Path):
        return parser.parse(read_spec(spec, limits), str(spec), limits=limits)
    source, first_line = literal_place(spec, caller)
    return parser.parse(spec, source, first_line, limits)


def check_from(
    spec: str | Path,
    params: Mapping[str, Any] | None,
    limits: Limits | None,
    allow_paths: bool,
    caller: FrameType | None,
    cards: Mapping[str, Path] | None = None,
    unanswered: bool = False,
) -> CheckResult:
    """`check` on behalf of a caller, whose source may hold the literal; `unanswered` as `check_file` has it."""
    with paused_collection():
        from symdsl.check import checker
        from symdsl.check.result import CheckResult
        from symdsl.registry import EntryPointCatalogue

        bounds = limits or Limits()
        try:
            file = parse_from(spec, bounds, caller)
        except SymdslError as refusal:
            if refusal.exit_code != 1:
                raise
            return CheckResult((), refusal.diagnostics)
        folder = spec.parent if isinstance(spec, Path) else Path()
        return checker.check_file(
            file, EntryPointCatalogue(), params or {}, bounds, allow_paths, folder, cards, unanswered
        )  # fmt: skip


@contextmanager
def paused_collection() -> Iterator[None]:
    """Cyclic garbage is not looked for meanwhile: a tenth of a cold check, which makes many objects and few cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_spec(path: Path, limits: Limits) -> str:
    """The text of a spec file. Raises SymdslError SYM1010 (exit code 2), SYM0106 where it is not UTF-8, SYM0108."""
    from symdsl.syntax.parser import decode

    try:
        size = path.stat().st_size
        if size > limits.text_bytes:
            raise SymdslError(limit_diagnostic(limits, "text_bytes", size, None))
        return decode(path.read_bytes(), str(path))
    except OSError as fault:
        diagnostic = Diagnostic("SYM1010", f"{path} cannot be read", notes=(fault.strerror or str(fault),))
        raise SymdslError(diagnostic, exit_code=2) from fault
