"""The source lines of a diagnostic with the guilty stretches underlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from symdsl.diagnostics.diagnostic import Span
from symdsl.diagnostics.style import Role, Style
from symdsl.diagnostics.text_width import shown, width

LONGEST_LINE: Final = 140
_BEFORE_MARK: Final = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline with `stroke`, and the text beside it."""

    span: Span
    text: str
    stroke: str
    role: Role


def excerpt(marks: Sequence[Mark], text: str, first_line: int, gutter: int, style: Style) -> Iterator[str]:
    """The lines that `marks` (all of one source) touch, in order, each followed by its underlines."""
    lines = text.split("\n")
    bar = style.paint("|", "frame")
    yield f"{' ' * gutter} {bar}"
    previous = None
    for number in sorted({mark.span.line for mark in marks}):
        if not 0 <= number - first_line < len(lines):
            continue
        if previous is not None and number > previous + 1:
            yield style.paint("...", "frame")
        previous = number
        line = lines[number - first_line].rstrip("\r")
        here = [mark for mark in marks if mark.span.line == number]
        line, dropped = _window(line, here[0].span.column - 1)
        yield f"{style.paint(str(number).rjust(gutter), 'frame')} {bar} {shown(line)}".rstrip()
        for mark in here:
            yield f"{' ' * gutter} {bar} {_underline(mark, line, dropped, style)}"


def _window(line: str, column: int) -> tuple[str, int]:
    """A stretch of a long line around `column`, and how many characters were left out before it."""
    if len(line) <= LONGEST_LINE:
        return line, 0
    start = max(0, min(column - _BEFORE_MARK, len(line) - LONGEST_LINE))
    return line[start : start + LONGEST_LINE], start


def _underline(mark: Mark, line: str, dropped: int, style: Style) -> str:
    """Strokes under the part of the span that lies on this line, at least one, then the text of the mark."""
    start = max(0, mark.span.column - 1 - dropped)
    end = mark.span.end_column - 1 - dropped if mark.span.end_line == mark.span.line else len(line)
    before = width(line[:start]) + max(0, start - len(line))
    strokes = mark.stroke * max(1, width(line[start:end]))
    text = f" {shown(mark.text)}" if mark.text else ""
    return " " * before + style.paint(strokes + text, mark.role)
