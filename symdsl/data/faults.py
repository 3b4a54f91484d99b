"""What goes wrong with data, as diagnostics with exit code 2."""

from __future__ import annotations

from collections.abc import Iterable

from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError
from symdsl.diagnostics.suggest import suggest


def bad_data(
    code: str, message: str, *, span: Span | None = None, notes: Iterable[str] = (), hint: str | None = None
) -> SymdslError:
    """A SymdslError of one error diagnostic; exit code 2."""
    diagnostic = Diagnostic(code=code, message=message, span=span, notes=tuple(notes), hint=hint)
    return SymdslError(diagnostic, exit_code=2)


def suggestion(name: str, known: Iterable[str]) -> str:
    """One line of advice for an unknown name: the nearest known one, and all of them where they are few."""
    names = sorted(known)
    close = suggest(name, names)
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    if close:
        return f"did you mean `{close}`? (there are: {listed})"
    return f"there are: {listed}" if names else "there are none"
