"""The lexemes of a text: every character of it belongs to exactly one, comments and white space included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

LexemeKind = Literal[
    "space", "newline", "comment", "text", "open_text", "number", "bad_number", "name", "symbol", "unknown"
]

# Digits and letters are ASCII on purpose: names end up in emitted source, and `re` would take digits of any script.
_PATTERN: Final = re.compile(
    r"""
      (?P<space>[ \t\r\ufeff]+)
    | (?P<newline>\n)
    | (?P<comment>//[^\n]*)
    | (?P<text>"(?:[^"\\\n]|\\[^\n])*")
    | (?P<open_text>"[^\n]*)
    | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_])(?!\.[0-9]))
    | (?P<bad_number>(?:[0-9]|\.[0-9])(?:[A-Za-z0-9_]|\.(?!\.)|(?<=[eE])[+-])*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<symbol>\.\.|[{}\[\](),;:=+\-*/^])
    | (?P<unknown>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Lexeme(NamedTuple):
    """A stretch `[start, end)` of the text, counted in characters from 0; a tuple, since texts have very many."""

    kind: LexemeKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        """True for white space, new lines and comments."""
        return self.kind in ("space", "newline", "comment")


def lexemes(text: str) -> Iterator[Lexeme]:
    """All lexemes of `text` in order; their texts joined are `text` itself."""
    for match in _PATTERN.finditer(text):
        kind: LexemeKind = match.lastgroup  # pyright: ignore[reportAssignmentType]
        yield Lexeme(kind, match.group(), match.start())
