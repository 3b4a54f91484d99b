"""Diagnostics as one JSON object, for editors and scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.diagnostic import Diagnostic, Fix, Label, Span

FORMAT_VERSION: Final = 1


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """`{"version": 1, "diagnostics": [...]}` with 1-based lines and columns, ends exclusive; ends with a new line."""
    return json.dumps(json_data(diagnostics), indent=2, ensure_ascii=True) + "\n"


def json_data(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """What `render_json` writes, as plain data."""
    return {"version": FORMAT_VERSION, "diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics]}


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    code = CODES.get(diagnostic.code)
    return {
        "code": diagnostic.code,
        "title": None if code is None else code.title,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "span": None if diagnostic.span is None else _span(diagnostic.span),
        "label": diagnostic.label or None,
        "related": [_label(label) for label in diagnostic.related],
        "notes": list(diagnostic.notes),
        "hint": diagnostic.hint,
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix),
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "source": span.source,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _label(label: Label) -> dict[str, Any]:
    return {"span": _span(label.span), "text": label.text}


def _fix(fix: Fix) -> dict[str, Any]:
    return {"span": _span(fix.span), "replacement": fix.replacement, "applicability": fix.applicability}
