"""Which brackets of a text do not match, and which one is to blame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from symdsl.diagnostics.diagnostic import Diagnostic, Label, Span
from symdsl.session import limit_flag
from symdsl.syntax.lexeme import Lexeme
from symdsl.syntax.limits import MAXIMUM_FAULTS
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
    text: str
    lacking: Counter[str]
    stack: list[_Opener] = field(default_factory=list)
    suspects: list[Lexeme] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)

    def span(self, lexeme: Lexeme) -> Span:
        return self.places.span(lexeme.start, lexeme.end)

    def close(self, closer: Lexeme, indentation: int, first_on_line: bool) -> None:
        """Takes the opener of `closer` from the stack; brackets opened since then are never closed."""
        # The common case first: looking through the stack at every closer would take time in proportion to the depth.
        matches = bool(self.stack) and CLOSING[self.stack[-1].lexeme.text] == closer.text
        if not matches and not any(CLOSING[opener.lexeme.text] == closer.text for opener in self.stack):
            self.closes_nothing(closer)
            return
        opener = self.stack.pop()
        while CLOSING[opener.lexeme.text] != closer.text:
            self.never_closed(opener.lexeme, self.missing_at(opener.lexeme, closer.start))
            opener = self.stack.pop()
        if first_on_line and opener.indentation > indentation:
            self.suspects.append(opener.lexeme)

    def closes_nothing(self, closer: Lexeme) -> None:
        """Notes a closer that stands for another one, which the text lacks, or one that is too many."""
        if self.stack and self.lacking[self.stack[-1].lexeme.text] > 0:
            opener = self.stack.pop().lexeme
            self.lacking[opener.text] -= 1
            message = f"`{closer.text}` cannot close `{opener.text}`"
            related = (Label(self.span(opener), "opened here"),)
            hint = f"write `{CLOSING[opener.text]}`"
        else:
            message, related, hint = f"this `{closer.text}` closes nothing", (), "delete it, or open it before"
        self.faults.append(Diagnostic("SYM0112", message, self.span(closer), related=related, hint=hint))

    def missing_at(self, opener: Lexeme, end: int) -> Span:
        """Where a closer is missing: braces at `end`, others at the end of their line, or `end` if that is before."""
        line_end = self.text.find("\n", opener.end)
        place = end if opener.text == "{" or line_end < 0 else min(end, line_end)
        return self.places.span(place, place)

    def never_closed(self, opener: Lexeme, span: Span) -> None:
        """Notes an unclosed bracket; inside it, the first block whose closing brace stands too far left is named."""
        closing = CLOSING[opener.text]
        related = [Label(self.span(opener), "opened here")]
        inside = [suspect for suspect in self.suspects if suspect.text == opener.text and suspect.start > opener.start]
        for suspect in inside[:1]:
            related.append(Label(self.span(suspect), f"this one ends at a `{closing}` that stands further left"))
        message = f"a {NAMES[opener.text]} is never closed"
        label = f"`{closing}` is missing here"
        hint = f"close it with `{closing}`"
        self.faults.append(Diagnostic("SYM0102", message, span, label=label, related=tuple(related), hint=hint))


def _lacking(symbols: Sequence[str]) -> Counter[str]:
    """For each opening bracket, how many closing ones of its shape are missing in the whole text."""
    counts = Counter(symbols)
    return Counter({opening: counts[opening] - counts[closing] for opening, closing in CLOSING.items()})


def bracket_faults(found: Sequence[Lexeme], places: Places, text: str, depth: int) -> list[Diagnostic]:
    """Openers never closed (SYM0102), closers without opener (SYM0112), or the first place too deep (SYM0109)."""
    brackets = [lexeme.text for lexeme in found if lexeme.kind == "symbol"]
    matching = _Matching(places, text, _lacking(brackets))
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
            if len(matching.stack) > depth:
                note = f"at most {depth} brackets may be open at once"
                span = matching.span(lexeme)
                hint = f"make it flatter, or raise the limit with {limit_flag('nesting')}"
                return [Diagnostic("SYM0109", "brackets are nested too deeply", span, notes=(note,), hint=hint)]
        elif lexeme.kind == "symbol" and lexeme.text in CLOSING.values():
            matching.close(lexeme, indentation, first_on_line)
            if len(matching.faults) >= MAXIMUM_FAULTS:
                return matching.faults
        first_on_line = False
    for opener in reversed(matching.stack):
        matching.never_closed(opener.lexeme, matching.missing_at(opener.lexeme, len(text)))
    return matching.faults
