"""Entries of a block are kept apart: by a new line, `;` or `,`, and by no more than one comma."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from symdsl.diagnostics.diagnostic import Diagnostic
from symdsl.syntax.place import Places

if TYPE_CHECKING:
    from lark import Token, Tree

_BLOCKS: Final = frozenset({"model", "data", "graph", "actions", "options"})
_COMMENT_OR_TEXT: Final = re.compile(r'//[^\n]*|"(?:[^"\\\n]|\\[^\n])*"')
_WORD: Final = re.compile(r"[A-Za-z_0-9]*")


def separator_faults(tree: Tree[Token], text: str, places: Places) -> list[Diagnostic]:
    """Entries with nothing between them (SYM0114), and commas with nothing before them (SYM0101)."""
    masked = _COMMENT_OR_TEXT.sub(lambda match: " " * len(match.group()), text)
    faults: list[Diagnostic] = []
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        stack.extend(child for child in node.children if hasattr(child, "children"))
        if node.data in _BLOCKS:
            faults.extend(_block_faults(node, masked, places))
    return faults


def _block_faults(block: Any, masked: str, places: Places) -> list[Diagnostic]:
    heading = [child for child in block.children if not hasattr(child, "children") or child.data == "file"]
    entries = [child for child in block.children if hasattr(child, "children") and child.data != "file"]
    heading_ends = [child.meta.end_pos if hasattr(child, "children") else child.end_pos for child in heading]
    previous_end = masked.index("{", max([block.meta.start_pos, *heading_ends[:2]]) - (block.data == "actions")) + 1
    faults: list[Diagnostic] = []
    allowed = 0
    for entry in entries:
        between = masked[previous_end : entry.meta.start_pos]
        faults.extend(_comma_faults(between, previous_end, allowed, places))
        if allowed and masked[previous_end - 1] != "}" and not re.search(r"[\n;,]", between):
            faults.append(_unseparated(block, entry.meta.start_pos, masked, places))
        previous_end, allowed = entry.meta.end_pos, 1
    faults.extend(_comma_faults(masked[previous_end : block.meta.end_pos], previous_end, allowed, places))
    return faults


def _unseparated(block: Any, start: int, masked: str, places: Places) -> Diagnostic:
    word = _WORD.match(masked, start)
    end = start if word is None else word.end()
    mark = ";" if block.data == "model" else ","
    message = "nothing separates this from what stands before it"
    hint = f"start a new line, or write `{mark}` before it"
    return Diagnostic("SYM0114", message, places.span(start, end), hint=hint)


def _comma_faults(between: str, offset: int, allowed: int, places: Places) -> list[Diagnostic]:
    commas = [match.start() + offset for match in re.finditer(",", between)]
    return [
        Diagnostic("SYM0101", "nothing stands before this comma", places.span(comma, comma + 1), hint="delete it")
        for comma in commas[allowed:]
    ]
