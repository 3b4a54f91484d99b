"""What a command says of a package that is not installed."""

from __future__ import annotations

from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError


def missing_extra(package: str, extra: str, purpose: str, span: Span | None = None) -> SymdslError:
    """A SymdslError (SYM1009) with exit code 4 and the command that installs what is missing."""
    hint = f'run: pip install "symdsl[{extra}]"'
    return SymdslError(Diagnostic("SYM1009", f"{purpose} needs {package}", span, hint=hint), exit_code=4)
