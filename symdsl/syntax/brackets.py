"""Which brackets of a text do not match, and which one is to blame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from symdsl.diagnostics.diagnostic import Diagnostic, Label, Span
from symdsl.syntax.lexeme import Lexeme
from symdsl.syntax.limits import MAXIMUM_DEPTH
from symdsl.syntax.place import Places

CLOSING: Final = {"{": "}", "[": "]", "(": ")"}
NAMES: Final = {"{": "brace", "[": "bracket", "(": "parenthesis"}


@dataclass(frozen=True, slots=True)
class _Opener:
    """An open bracket, and the indentation of its line."""

    lexeme: Lexeme
    indentation: int


@dataclass(slots=True)
class _Matching:
    """The state of one walk over the brackets."""

    places: Places
    stack: list[_Opener] = field(default_factory=list)
    suspects: list[Lexeme] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)

    def span(self, lexeme: Lexeme) -> Span:
        return self.places.span(lexeme.start, lexeme.end)

    def close(self, closer: Lexeme, indentation: int, first_on_line: bool) -> None:
        """Takes the opener of `closer` from the stack; brackets opened since then are never closed."""
        if not any(CLOSING[opener.lexeme.text] == closer.text for opener in self.stack):
            related = tuple(
                Label(self.span(opener.lexeme), f"this {NAMES[opener.lexeme.text]} is open")
                for opener in self.stack[-1:]
            )
            message = f"this `{closer.text}` closes nothing"
            hint = "delete it, or open it before"
            self.faults.append(Diagnostic("SYM0112", message, self.span(closer), related=related, hint=hint))
            return
        opener = self.stack.pop()
        while CLOSING[opener.lexeme.text] != closer.text:
            self.never_closed(opener.lexeme, self.span(closer))
            opener = self.stack.pop()
        if first_on_line and opener.indentation > indentation:
            self.suspects.append(opener.lexeme)

    def never_closed(self, opener: Lexeme, span: Span) -> None:
        """Notes an unclosed bracket; inside it, the first block whose closing brace stands too far left is named."""
        closing = CLOSING[opener.text]
        related = [Label(self.span(opener), "opened here")]
        inside = [suspect for suspect in self.suspects if suspect.text == opener.text and suspect.start > opener.start]
        for suspect in inside[:1]:
            related.append(Label(self.span(suspect), f"but the `{closing}` that ends this looks like its own"))
        message = f"a {NAMES[opener.text]} is never closed"
        label = f"`{closing}` is missing before this"
        hint = f"close it with `{closing}`"
        self.faults.append(Diagnostic("SYM0102", message, span, label=label, related=tuple(related), hint=hint))


def bracket_faults(found: Iterable[Lexeme], places: Places, end: int) -> list[Diagnostic]:
    """Openers never closed (SYM0102), closers without opener (SYM0112), or the first place too deep (SYM0109)."""
    matching = _Matching(places)
    indentation, first_on_line = 0, True
    for lexeme in found:
        if lexeme.kind == "newline":
            indentation, first_on_line = 0, True
            continue
        if lexeme.kind == "space":
            indentation = len(lexeme.text) if first_on_line else indentation
            continue
        if lexeme.kind == "symbol" and lexeme.text in CLOSING:
            matching.stack.append(_Opener(lexeme, indentation))
            if len(matching.stack) > MAXIMUM_DEPTH:
                note = f"at most {MAXIMUM_DEPTH} brackets may be open at once"
                span = matching.span(lexeme)
                return [Diagnostic("SYM0109", "brackets are nested too deeply", span, notes=(note,))]
        elif lexeme.kind == "symbol" and lexeme.text in CLOSING.values():
            matching.close(lexeme, indentation, first_on_line)
        first_on_line = False
    for opener in reversed(matching.stack):
        matching.never_closed(opener.lexeme, places.span(end, end))
    return matching.faults
