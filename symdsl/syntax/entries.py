"""The blocks of a text and the entries in them, told apart by brackets and lines alone.

This works on faulty text, where the grammar has given up: it says which entry a fault belongs to, and how far to skip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from symdsl.diagnostics.suggest import suggest
from symdsl.syntax.lexeme import Lexeme
from symdsl.syntax.vocabulary import CONTINUING, KEYWORDS, BlockKind

_OPERATORS: Final = frozenset({"+", "-", "*", "/", "^", ".."})
_GOES_ON: Final = _OPERATORS | {"{", ")", "]", "=", ":", ","}
_OPEN_ENDED: Final = _OPERATORS | {"=", ":", ",", "(", "["}


@dataclass(slots=True)
class Entry:
    """One entry of a block: its lexemes, without blanks and without what stands in the braces that it opens."""

    block: BlockKind
    before: Entry | None
    parent: Entry | None
    lexemes: list[Lexeme] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where the first lexeme starts."""
        return self.lexemes[0].start

    @property
    def end(self) -> int:
        """Where the last lexeme ends."""
        return self.lexemes[-1].end

    @property
    def first(self) -> Lexeme:
        """The lexeme that the entry starts with."""
        return self.lexemes[0]


@dataclass(slots=True)
class _Block:
    """A brace that is open during the walk."""

    kind: BlockKind
    owner: Entry | None
    entry: Entry | None = None
    last: Entry | None = None
    round_brackets: int = 0


def entry_of_each(found: Sequence[Lexeme]) -> dict[int, Entry]:
    """The entry of the lexeme that starts at an offset; a brace belongs to the entry that opens it."""
    solid = [lexeme for lexeme in found if not lexeme.is_blank]
    lines = _line_of_each(found)
    owners: dict[int, Entry] = {}
    blocks = [_Block("file", None)]
    for index, lexeme in enumerate(solid):
        block = blocks[-1]
        if lexeme.text == "}" and len(blocks) > 1:
            blocks.pop()
            block = blocks[-1]
        elif block.round_brackets == 0 and _starts_entry(solid, index, lines, block):
            block.last, block.entry = block.entry or block.last, None
            if _separates(lexeme, block.kind):
                continue
        entry = _append(lexeme, block)
        owners[lexeme.start] = entry
        if lexeme.text in ("(", "["):
            block.round_brackets += 1
        elif lexeme.text in (")", "]"):
            block.round_brackets = max(0, block.round_brackets - 1)
        elif lexeme.text == "{":
            blocks.append(_Block(_kind_of_block(entry, block.kind, solid, index), entry))
    return owners


def _append(lexeme: Lexeme, block: _Block) -> Entry:
    """Adds the lexeme to the open entry of its block, opening one where there is none."""
    if block.entry is None:
        block.entry = Entry(block.kind, block.last, block.owner)
    block.entry.lexemes.append(lexeme)
    return block.entry


def _line_of_each(found: Sequence[Lexeme]) -> dict[int, int]:
    lines: dict[int, int] = {}
    line = 0
    for lexeme in found:
        lines[lexeme.start] = line
        line += lexeme.kind == "newline"
    return lines


def _separates(lexeme: Lexeme, kind: BlockKind) -> bool:
    return lexeme.text == ";" or (lexeme.text == "," and kind not in ("model", "file"))


def _starts_entry(solid: Sequence[Lexeme], index: int, lines: dict[int, int], block: _Block) -> bool:
    """True where the entry before ends: at a separator, or where a line starts that does not go on with it."""
    lexeme = solid[index]
    if block.entry is None or _separates(lexeme, block.kind):
        return True
    before = solid[index - 1]
    if lines[before.start] == lines[lexeme.start] and before.text != "}":
        return False
    following = solid[index + 1].text if index + 1 < len(solid) else ""
    if lexeme.kind == "name" and following in ("=", ":"):
        return True
    if before.text in _OPEN_ENDED or lexeme.text in _GOES_ON:
        return False
    if lexeme.text in CONTINUING[block.kind]:
        return False
    # `predict` or `by` at the end of a line goes on with the next one, unless that starts with a keyword.
    goes_on = before.text in CONTINUING[block.kind] or before.text in KEYWORDS[block.kind]
    return not goes_on or lexeme.text in KEYWORDS[block.kind]


def _kind_of_block(entry: Entry, outer: BlockKind, solid: Sequence[Lexeme], index: int) -> BlockKind:
    """What the brace at `solid[index]` opens, judged by the word that its entry starts with."""
    word = entry.first.text
    if outer == "file":
        return "model"
    if outer == "model" and word not in KEYWORDS["model"]:
        word = suggest(word, KEYWORDS["model"]) or word
    if outer == "model" and word == "data":
        return "data"
    if outer == "model" and word == "symmetry":
        # `matrix_group { generators = ... }` has options; what follows any other group has actions.
        has_colon = index + 2 < len(solid) and solid[index + 2].text == ":"
        return "options" if solid[index - 1].kind == "name" and not has_colon else "actions"
    if outer == "data" and (word == "graph" or suggest(word, ("graph",))):
        return "graph"
    return "options"
