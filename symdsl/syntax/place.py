"""Offsets of a text as spans with lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from symdsl.diagnostics.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Places:
    """Turns offsets into spans; only `\\n` ends a line, and columns count characters from 1."""

    source: str
    first_line: int
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str, source: str, first_line: int = 1) -> Places:
        """The places of `text`, whose first line is line `first_line` of `source`."""
        starts = [0]
        position = text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = text.find("\n", position + 1)
        return cls(source, first_line, tuple(starts))

    def line_column(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of the character at `offset`."""
        index = bisect_right(self.starts, offset) - 1
        return index + self.first_line, offset - self.starts[index] + 1

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        line, column = self.line_column(start)
        end_line, end_column = self.line_column(end)
        return Span(self.source, line, column, end_line, end_column)
