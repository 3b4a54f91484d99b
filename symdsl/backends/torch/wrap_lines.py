"""Long lines of emitted source, broken at the commas of their last call."""

from __future__ import annotations

WIDTH = 120
OPENING, CLOSING = "([{", ")]}"


def wrap_line(line: str, indent: int) -> list[str]:
    """The line, or its last call with one argument a line where it does not fit behind `indent` spaces.

    Text inside quotes is never touched: a line with quotes stays as it is unless its brackets balance.
    """
    if indent + len(line) <= WIDTH or not line.endswith((")", "):")) or "\n" in line:
        return [line]
    tail = line[line.rindex(")") :]
    body = line[: -len(tail)]
    start = _opening(body)
    if start is None:
        return [line]
    parts = _split(body[start + 1 :])
    if len(parts) < 2 or any('"' in part for part in parts):
        return [line]
    one = ", ".join(parts)
    if indent + 4 + len(one) <= WIDTH:
        return [body[: start + 1], f"    {one}", tail]
    return [body[: start + 1], *(f"    {part}," for part in parts), tail]


def _opening(body: str) -> int | None:
    """The place of the bracket that the end of `body` closes."""
    depth = 0
    for place in range(len(body) - 1, -1, -1):
        if body[place] in CLOSING:
            depth += 1
        elif body[place] in OPENING:
            if depth == 0:
                return place
            depth -= 1
    return None


def _split(text: str) -> list[str]:
    """The pieces between commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in OPENING) - (character in CLOSING)
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]
