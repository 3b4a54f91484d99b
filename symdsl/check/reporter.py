"""Collects the faults of one file, so that a run reports all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symdsl.diagnostics.diagnostic import Diagnostic, Fix, Label, Span
from symdsl.diagnostics.suggest import suggest
from symdsl.session import Limits, limit_diagnostic


@dataclass
class Reporter:
    """The diagnostics of one check, in the order in which they were found."""

    limits: Limits = field(default_factory=Limits)
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, *diagnostics: Diagnostic) -> None:
        """Keeps diagnostics; one that says the same at the same place is kept once."""
        for diagnostic in diagnostics:
            if diagnostic not in self.found:
                self.found.append(diagnostic)

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *,
        notes: Iterable[str] = (),
        hint: str | None = None,
        related: Iterable[Label] = (),
        fix: Fix | None = None,
    ) -> None:
        """Keeps an error."""
        self.add(Diagnostic(code, message, span, "error", label, tuple(related), tuple(notes), hint, fix))

    def unknown(
        self, code: str, what: str, written: str, span: Span, known: Iterable[str], none: str = "", listed: bool = True
    ) -> None:
        """Keeps the error for an unknown name, with the nearest known one, or the list of all of them.

        `none` is the hint where nothing is known at all, or where the known names are not to be `listed`.
        """
        names = sorted(set(known))
        near = suggest(written, names)
        if near:
            hint = f"did you mean `{near}`?"
            fix = Fix(span, near, "unsafe")
        else:
            hint = f"write one of: {', '.join(names)}" if names and listed else none or None
            fix = None
        self.error(code, f"unknown {what} `{written}`", span, "not known here", hint=hint, fix=fix)

    def over_limit(self, name: str, found: int, span: Span) -> bool:
        """Whether `found` breaks the limit `name`; then the error is kept."""
        if found <= getattr(self.limits, name):
            return False
        self.add(limit_diagnostic(self.limits, name, found, span))
        return True

    def error_count(self) -> int:
        """How many errors (not warnings) were kept so far."""
        return sum(diagnostic.severity == "error" for diagnostic in self.found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All diagnostics by their place in the text; those without a place first."""
        return tuple(sorted(self.found, key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0)))
