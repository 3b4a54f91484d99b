"""Where in a Python file a spec was written, so that diagnostics point there; never a guess."""

from __future__ import annotations

import linecache
from types import FrameType

UNKNOWN = ("<string>", 1)


def literal_place(text: str, caller: FrameType | None) -> tuple[str, int]:
    """(file, line) of the one string literal in the caller's file that is exactly `text`, else ("<string>", 1).

    The literal must hold the text character by character (no escapes), and no other literal of the file may equal it.
    """
    if caller is None:
        return UNKNOWN
    name = caller.f_code.co_filename
    source = "".join(linecache.getlines(name, caller.f_globals))
    if not text or source.count(text) != 1:
        return UNKNOWN
    import ast

    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN
    equal = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == text]
    if len(equal) != 1:
        return UNKNOWN
    line = source[: source.index(text)].count("\n") + 1
    return (name, line) if equal[0].lineno <= line <= (equal[0].end_lineno or 0) else UNKNOWN
