"""The syntax tree without its spans: what two texts must share to mean the same."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from symdsl.diagnostics.diagnostic import Span


def outline(node: Any) -> Any:
    """`node` as nested tuples of class names and contents; equal exactly where trees differ in layout alone."""
    if isinstance(node, tuple):
        return tuple(outline(item) for item in node)
    if not is_dataclass(node):
        # 1 and 1.0 and True are equal in Python, and are three different values of the language.
        return type(node).__name__, node
    contents = (getattr(node, field.name) for field in fields(node) if field.name not in ("text", "source"))
    kept = tuple(outline(item) for item in contents if not isinstance(item, Span))
    return (type(node).__name__, getattr(node, "text", None) if type(node).__name__ == "Name" else None, *kept)
