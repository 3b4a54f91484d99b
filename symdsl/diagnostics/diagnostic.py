"""A diagnostic is data: what is wrong, where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of source text, with 1-based lines and columns."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place in the source that helps to understand a diagnostic."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Replace the text under `span` by `replacement`."""

    span: Span
    replacement: str
    applicability: Literal["safe", "unsafe", "display"] = "display"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault or remark.

    `message` is one terse line without compiler words; `label` is printed under the caret;
    `notes` say why; `hint` says what to write instead.
    """

    code: str
    message: str
    span: Span | None = None
    severity: Severity = "error"
    label: str = ""
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    hint: str | None = None
    fix: Fix | None = None


class SymdslError(Exception):
    """Carries diagnostics to whoever prints them.

    `exit_code` is the one of PROMISES: 1 faulty spec, 2 wrong usage or bad data,
    3 verification failed, 4 missing extra or device, 5 training diverged, 70 our fault.
    """

    def __init__(self, *diagnostics: Diagnostic, exit_code: int = 1) -> None:
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
        self.exit_code = exit_code
