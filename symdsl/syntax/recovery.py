"""All syntax errors of a text: parse, describe the first error, mend or skip its entry, and parse again."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from symdsl.diagnostics.diagnostic import Diagnostic, Fix
from symdsl.syntax.entries import Entry, entry_of_each
from symdsl.syntax.fault import Edit, Fault, Stop, describe
from symdsl.syntax.grammar import grammar
from symdsl.syntax.lexeme import Lexeme, lexemes
from symdsl.syntax.limits import MAXIMUM_FAULTS
from symdsl.syntax.place import Places
from symdsl.syntax.wording import may_end

if TYPE_CHECKING:
    from lark import Token, Tree
    from lark.exceptions import UnexpectedInput
    from lark.parsers.lalr_interactive_parser import InteractiveParser


_LONG_TEXT: Final = 400_000


@dataclass(slots=True)
class _Draft:
    """The text as repaired so far; `edits` are (offset, length before, length after), each on the text before it."""

    text: str
    edits: list[tuple[int, int, int]]

    def apply(self, edit: Edit) -> None:
        """Makes the edit."""
        self.text = self.text[: edit.start] + edit.replacement + self.text[edit.end :]
        self.edits.append((edit.start, edit.end - edit.start, len(edit.replacement)))

    def original(self, offset: int) -> int:
        """The offset in the text as it was written."""
        for start, before, after in reversed(self.edits):
            if offset >= start + after:
                offset += before - after
            elif offset > start:
                offset = min(offset, start + before)
        return offset


def parse_tree(text: str, places: Places, blamed_lines: frozenset[int]) -> tuple[Tree[Token] | None, list[Diagnostic]]:
    """The tree of the grammar, or None and the faults; faults on `blamed_lines`, which have others, are left out."""
    from lark.exceptions import UnexpectedInput

    draft = _Draft(text, [])
    found: list[Diagnostic] = []
    # Long texts are read fewer times, so that the time stays within a few readings of the longest one.
    rounds = min(MAXIMUM_FAULTS, 1 + _LONG_TEXT // (len(text) + 1))
    for _ in range(rounds):
        try:
            tree = grammar().parse(draft.text)
        except UnexpectedInput as error:
            stop = _stop(error, draft.text)
            fault = describe(stop)
            diagnostic = _diagnostic(fault, draft, places)
            if diagnostic.span is None or diagnostic.span.line not in blamed_lines:
                found.append(diagnostic)
            edit = fault.repair or _skip(stop.entry, draft.text)
            if edit is None:
                break
            draft.apply(edit)
        else:
            return (None if draft.edits else tree), found
    return None, found


def _stop(error: UnexpectedInput, text: str) -> Stop:
    """Where the grammar stopped, in lexemes and entries."""
    found = tuple(lexemes(text))
    solid = [lexeme for lexeme in found if not lexeme.is_blank]
    owners = entry_of_each(found)
    token = getattr(error, "token", None)
    at_end = token is not None and token.type == "$END"
    index = _index_at(solid, len(text) if at_end else (error.pos_in_stream or 0))
    accepted = _accepted(getattr(error, "interactive_parser", None))
    at_closer = index == len(solid) or solid[index].text in ("}", ";")
    looked_at = index - 1 if at_closer else index
    entry = owners.get(solid[looked_at].start) if 0 <= looked_at < len(solid) else None
    if entry is not None and (at_closer or entry.start < solid[index].start):
        # The entry before may be unfinished, and have swallowed the start of this one: keywords can be names.
        accepted_before = _accepted_after(text[: entry.start])
        if accepted_before and not may_end(accepted_before):
            index, accepted = _index_at(solid, entry.start), accepted_before
    return _stop_at(solid, index, owners, accepted, len(text))


def _stop_at(
    solid: list[Lexeme], index: int, owners: dict[int, Entry], accepted: frozenset[str], end: int
) -> Stop:
    """The stop before `solid[index]`; where that comes too early, the entry before is to blame."""
    found = solid[index] if index < len(solid) else None
    found_entry = None if found is None else owners.get(found.start)
    entry = found_entry
    early = found_entry is not None and found_entry.first is found and not may_end(accepted)
    if found is None or found_entry is None or found.text == "}" or early:
        before = owners.get(solid[index - 1].start) if index else None
        entry = before or found_entry
    return Stop(solid[:index], found, accepted, entry, found_entry, end)


def _index_at(solid: list[Lexeme], offset: int) -> int:
    return bisect_left(solid, offset, key=lambda lexeme: lexeme.start)


def _accepted(parser: InteractiveParser | None) -> frozenset[str]:
    return frozenset(parser.accepts()) if parser is not None else frozenset()


def _accepted_after(text: str) -> frozenset[str]:
    """What the grammar accepts after `text`; nothing where `text` itself is faulty."""
    from lark.exceptions import UnexpectedInput

    parser = grammar().parse_interactive(text)
    try:
        parser.exhaust_lexer()
    except UnexpectedInput:
        return frozenset()
    return _accepted(parser)


def _diagnostic(fault: Fault, draft: _Draft, places: Places) -> Diagnostic:
    """The fault where it stands in the text as it was written."""
    span = places.span(draft.original(fault.start), draft.original(fault.end))
    fix = None
    if fault.mended and fault.repair is not None:
        stretch = places.span(draft.original(fault.repair.start), draft.original(fault.repair.end))
        fix = Fix(stretch, fault.repair.replacement, "unsafe")
    return Diagnostic(fault.code, fault.message, span, label=fault.label, hint=fault.hint, fix=fix)


def _skip(entry: Entry | None, text: str) -> Edit | None:
    """Blanks the entry, keeping its lines."""
    if entry is None:
        return None
    return Edit(entry.start, entry.end, re.sub(r"[^\n]", " ", text[entry.start : entry.end]))
