"""Lines of Python: indentation, docstrings, and breaking what is too long at its outermost brackets."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

WIDTH = 112
_NUMBER = re.compile(r"-?[0-9.]+(e[+-]?[0-9]+)?")
OPENING, CLOSING = "([{", ")]}"


def indent(lines: Iterable[str], depth: int = 1) -> list[str]:
    """The lines, moved right; empty lines stay empty."""
    return [f"{'    ' * depth}{line}" if line else line for line in lines]


def docstring(text: str) -> list[str]:
    """The lines of a docstring; quotes and backslashes in the text are harmless."""
    lines = text.replace("\\", "\\\\").replace('"""', "'''").rstrip().splitlines() or [""]
    if lines[-1].endswith('"'):
        lines[-1] += " "
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']


def wrap(line: str, width: int = WIDTH) -> list[str]:
    """A statement of one line; one longer than `width` is broken after the commas of its longest outermost brackets."""
    if len(line) <= width:
        return [line]
    start, stop = _outermost(line)
    inside = line[start + 1 : stop]
    if start < 0 or not inside.strip():
        return [line]
    entries = _entries(inside)
    if all(_NUMBER.fullmatch(entry) for entry in entries):
        return [line[: start + 1], *indent(textwrap.wrap(", ".join(entries), width - 4)), line[stop:]]
    lines = [line[: start + 1]]
    for position, entry in enumerate(entries):
        trailing = len(entries) > 1 and not entry.startswith("*args")
        broken = wrap(entry, width - 4)
        if position < len(entries) - 1 or (trailing and " for " not in entry):
            broken[-1] += ","
        lines += indent(broken)
    return [*lines, line[stop:]]


def wrap_statement(line: str) -> list[str]:
    """As `wrap`, for a line that may be indented."""
    depth = (len(line) - len(line.lstrip())) // 4
    return indent(wrap(line.lstrip(), WIDTH - 4 * depth), depth)


def _outermost(line: str) -> tuple[int, int]:
    """The longest bracketed part at depth 0, as (opening, closing) positions; (-1, -1) where there is none."""
    best, depth, start, quote = (-1, -1), 0, -1, ""
    for position, character in enumerate(line):
        if quote:
            quote = "" if character == quote and line[position - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character in OPENING:
            if depth == 0:
                start = position
            depth += 1
        elif character in CLOSING:
            depth -= 1
            if depth == 0 and position - start > best[1] - best[0]:
                best = (start, position)
    return best


def _entries(text: str) -> list[str]:
    """The parts between commas at depth 0."""
    entries, depth, start, quote = [], 0, 0, ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[position - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
        elif character == "," and depth == 0:
            entries.append(text[start:position].strip())
            start = position + 1
    entries.append(text[start:].strip())
    return [entry for entry in entries if entry]
