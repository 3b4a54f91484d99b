"""The text of a spec as nested pieces with its comments attached, ready to be laid out anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from symdsl.syntax.grammar import grammar
from symdsl.syntax.lexeme import lexemes

if TYPE_CHECKING:
    from lark import Token, Tree

MAXIMUM_WIDTH: Final = 100
_OPENING: Final = frozenset("{[(")
_CLOSING: Final = frozenset("}])")
_BINARY: Final = frozenset({"PLUS", "MINUS", "STAR", "SLASH"})
_BEFORE_SIGN: Final = _BINARY | {"CARET", "RANGE", "EQUAL", "COLON", "COMMA", "OF", "PER", "LOCAL", "FROM"}
_BLOCKS: Final = frozenset({"start", "model", "data", "graph", "actions", "options"})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, and whether a blank line stands before it."""

    text: str
    blank_before: bool


@dataclass(slots=True)
class Piece:
    """A lexeme with the comments on the lines before it and behind it on its line."""

    text: str
    type: str
    start: int
    blank_before: bool
    leading: list[Comment]
    trailing: list[str] = field(default_factory=list)
    sign: bool = False


@dataclass(slots=True)
class Item:
    """An entry of a block or an element of a list: its parts, with their comments moved before or behind it."""

    parts: list[Piece | Group] = field(default_factory=list)
    leading: list[Comment] = field(default_factory=list)
    trailing: list[str] = field(default_factory=list)
    blank_before: bool = False
    flat: str | None = None

    @property
    def has_comments(self) -> bool:
        """True where a comment stands before, behind or among the parts."""
        return bool(self.leading or self.trailing)


@dataclass(slots=True)
class Group:
    """A bracket pair and what is in it; `flat` is its text on one line, None where it must be several."""

    opener: Piece
    owner: str
    items: list[Item] = field(default_factory=list)
    closer: Piece | None = None
    flat: str | None = None

    @property
    def is_block(self) -> bool:
        """True for braces."""
        return self.opener.text == "{"


def layout(text: str, tree: Tree[Token]) -> Group:
    """The pieces of a faultless text below one outermost group, whose items are the models."""
    starts = _entry_starts(tree)
    pieces = _pieces(text)
    root = Group(Piece("", "START", 0, False, []), "START", [Item()])
    stack = [root]
    for piece in pieces[:-1]:
        group = stack[-1]
        if piece.text in _CLOSING:
            _close(group, piece, text)
            stack.pop()
            continue
        is_list = not group.is_block and group is not root
        if (is_list and piece.text == ",") or piece.text == ";" or (_separates(piece, group)):
            _finish(group, piece, starts_next=is_list)
            continue
        if not is_list and piece.start in starts and group.items and group.items[-1].parts:
            _finish(group, None, starts_next=True)
        if not group.items:
            group.items.append(Item())
        item = group.items[-1]
        piece.sign = piece.type == "MINUS" and (not item.parts or _last_type(item.parts[-1]) in _BEFORE_SIGN)
        if piece.text in _OPENING:
            owner = item.parts[0].type if item.parts and isinstance(item.parts[0], Piece) else ""
            inner = Group(piece, owner)
            item.parts.append(inner)
            stack.append(inner)
        else:
            item.parts.append(piece)
    _close(root, pieces[-1], text)
    return root


def gap(before: Piece | Group, after: Piece | Group) -> str:
    """The space between two neighbouring parts on one line: "" or " "."""
    left, right = _last_type(before), _first_type(after)
    if right in ("COMMA", "COLON") or (isinstance(before, Piece) and before.sign):
        return ""
    if right == "LPAR":
        return "" if left == "NAME" else " "
    if "CARET" in (left, right):
        return ""
    if left == "RANGE" or right == "RANGE":
        # `1. .. 6` must not become `1...6`, which reads otherwise.
        edge = _text(before).endswith(".") if right == "RANGE" else _text(after).startswith(".")
        return " " if edge else ""
    return " "


def flat_parts(parts: list[Piece | Group]) -> str | None:
    """The parts on one line, or None where one of them needs several, or the line is too long."""
    line = ""
    for index, part in enumerate(parts):
        text = part.text if isinstance(part, Piece) else part.flat
        if text is None:
            return None
        line += (gap(parts[index - 1], part) if index else "") + text
        if len(line) > MAXIMUM_WIDTH:
            return None
    return line


def _text(part: Piece | Group) -> str:
    return part.text if isinstance(part, Piece) else part.opener.text


def _first_type(part: Piece | Group) -> str:
    return part.type if isinstance(part, Piece) else part.opener.type


def _last_type(part: Piece | Group) -> str:
    return part.type if isinstance(part, Piece) else "CLOSED"


def _separates(piece: Piece, group: Group) -> bool:
    """True for the comma between the entries of a block; the commas of a model are those of its statements."""
    return piece.text == "," and group.is_block and group.owner != "MODEL"


def _entry_starts(tree: Tree[Token]) -> frozenset[int]:
    starts: set[int] = set()
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        children = [child for child in node.children if hasattr(child, "children")]
        stack.extend(children)
        if node.data in _BLOCKS:
            starts.update(child.meta.start_pos for child in children if child.data != "file")
    return frozenset(starts)


def _types(text: str) -> Mapping[int, str]:
    """The terminal of the lexeme at each offset, as the grammar read it."""
    parser = grammar().parse_interactive(text)
    return {token.start_pos: token.type for token in parser.iter_parse() if token.start_pos is not None}


def _pieces(text: str) -> list[Piece]:
    """All lexemes that are not blank, and one at the end that holds the comments there."""
    types = _types(text)
    pieces: list[Piece] = []
    leading: list[Comment] = []
    new_lines = 2
    for lexeme in lexemes(text):
        if lexeme.kind == "space":
            continue
        if lexeme.kind == "newline":
            new_lines += 1
        elif lexeme.kind == "comment":
            if pieces and new_lines == 0 and not leading:
                pieces[-1].trailing.append(lexeme.text.rstrip())
            else:
                leading.append(Comment(lexeme.text.rstrip(), new_lines > 1))
            new_lines = 0
        else:
            pieces.append(Piece(lexeme.text, types[lexeme.start], lexeme.start, new_lines > 1, leading))
            leading, new_lines = [], 0
    pieces.append(Piece("", "$END", len(text), False, leading))
    return pieces


def _finish(group: Group, separator: Piece | None, *, starts_next: bool) -> None:
    """Ends the open item of a group; the comments of the separator go to it."""
    if not group.items:
        group.items.append(Item())
    item = group.items[-1]
    if separator is not None:
        item.trailing += [comment.text for comment in separator.leading] + separator.trailing
    if starts_next or separator is not None:
        group.items.append(Item())


def _settle(item: Item) -> None:
    """Moves the comments of the parts before the item, but for the last one, which stays behind it."""
    for index, part in enumerate(item.parts):
        opening = part if isinstance(part, Piece) else part.opener
        closing = part if isinstance(part, Piece) else part.closer
        if index == 0:
            item.blank_before = opening.leading[0].blank_before if opening.leading else opening.blank_before
        item.leading += _moved(opening.leading, first=index == 0)
        if closing is None:
            continue
        if index < len(item.parts) - 1:
            item.leading += [Comment(text, False) for text in closing.trailing]
        else:
            item.trailing = closing.trailing + item.trailing
    if len(item.trailing) > 1:
        item.leading += [Comment(text, False) for text in item.trailing[:-1]]
        item.trailing = item.trailing[-1:]
    item.flat = flat_parts(item.parts)


def _moved(comments: Iterable[Comment], *, first: bool) -> list[Comment]:
    return [comment if first else Comment(comment.text, False) for comment in comments]


def _close(group: Group, closer: Piece, text: str) -> None:
    """Ends a group, and decides whether it can stand on one line."""
    group.closer = closer
    for item in group.items:
        _settle(item)
    # An empty item is left behind a trailing separator; its comments, if any, stand before the closer.
    stray = [comment for item in group.items if not item.parts for comment in item.leading]
    stray += [Comment(text, False) for item in group.items if not item.parts for text in item.trailing]
    closer.leading = stray + closer.leading
    group.items = [item for item in group.items if item.parts]
    group.flat = None if _must_break(group, closer, text) else _flat_group(group, closer)


def _must_break(group: Group, closer: Piece, text: str) -> bool:
    if group.opener.trailing or closer.leading or any(item.has_comments for item in group.items):
        return True
    return group.is_block and bool(group.items) and (
        group.owner == "MODEL" or "\n" in text[group.opener.start : closer.start]
    )


def _flat_group(group: Group, closer: Piece) -> str | None:
    texts = [item.flat for item in group.items]
    if any(text is None for text in texts):
        return None
    separator = "; " if group.owner in ("DATA", "GRAPH") else ", "
    inside = separator.join(text for text in texts if text is not None)
    padding = " " if group.is_block and inside else ""
    flat = f"{group.opener.text}{padding}{inside}{padding}{closer.text}"
    return flat if len(flat) <= MAXIMUM_WIDTH else None
