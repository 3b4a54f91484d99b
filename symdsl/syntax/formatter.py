"""The canonical layout of a spec: it changes neither the meaning nor a comment, and nothing the second time."""

from __future__ import annotations

from typing import Final

from symdsl.syntax.grammar import grammar
from symdsl.syntax.layout import MAXIMUM_WIDTH, Comment, Group, Item, Piece, gap, layout
from symdsl.syntax.parser import parse

_INDENTATION: Final = "  "


def format_text(text: str, source: str = "<string>") -> str:
    """`text` in canonical layout: same syntax tree up to spans, same comments, and a fixed point of this function.

    Two spaces a level; a block stays on one line where it was written so and fits in 100 columns; never two blank lines
    in a row. Comments inside a statement move to the line before it. Raises SymdslError where `text` does not parse.
    """
    parse(text, source)
    root = layout(text, grammar().parse(text))
    lines: list[str] = []
    for index, item in enumerate(root.items):
        item.blank_before = item.blank_before or index > 0
        if item.leading and item.blank_before:
            item.leading[0] = Comment(item.leading[0].text, True)
        lines += _item_lines(item, "", "")
    closer = root.closer
    if closer is not None:
        lines += _comment_lines(closer.leading, "")
    while lines and not lines[0]:
        del lines[0]
    return "\n".join(lines) + "\n"


def _comment_lines(comments: list[Comment], indentation: str) -> list[str]:
    lines: list[str] = []
    for comment in comments:
        lines += ["", indentation + comment.text] if comment.blank_before else [indentation + comment.text]
    return lines


def _item_lines(item: Item, indentation: str, suffix: str) -> list[str]:
    """The lines of an item: its comments, its text with `suffix` behind it, and its trailing comment."""
    lines = _comment_lines(item.leading, indentation)
    first = _first_piece(item)
    # A blank line before the comments belongs to the first of them; one behind them stays there.
    if item.blank_before if not item.leading else first.blank_before and first.leading:
        lines.append("")
    if item.flat is not None and len(indentation) + len(item.flat) + len(suffix) <= MAXIMUM_WIDTH:
        lines.append(indentation + item.flat + suffix)
    else:
        lines += _broken(item, indentation, suffix)
    if item.trailing:
        lines[-1] += f"  {item.trailing[0]}"
    return lines


def _first_piece(item: Item) -> Piece:
    first = item.parts[0]
    return first if isinstance(first, Piece) else first.opener


def _broken(item: Item, indentation: str, suffix: str) -> list[str]:
    """The item over several lines: groups that must break do, then the widest ones until the lines fit."""
    groups = [part for part in item.parts if isinstance(part, Group)]
    broken = [group for group in groups if group.flat is None]
    # Blocks are broken first, since a block that is broken once stays so.
    others = sorted(
        (group for group in groups if group.flat is not None and group.items),
        key=lambda group: (not group.is_block, -len(group.flat or "")),
    )
    while others and _head_width(item, broken, len(indentation), len(suffix)) > MAXIMUM_WIDTH:
        broken.append(others.pop(0))
    lines: list[str] = []
    line = indentation
    for index, part in enumerate(item.parts):
        line += gap(item.parts[index - 1], part) if index else ""
        if isinstance(part, Piece):
            line += part.text
        elif not any(part is group for group in broken):
            line += part.flat or ""
        else:
            lines.append(line + part.opener.text + _behind(part.opener))
            lines += _inside(part, indentation + _INDENTATION)
            line = indentation + (part.closer.text if part.closer is not None else "")
    return [*lines, line + suffix]


def _behind(piece: Piece) -> str:
    return f"  {piece.trailing[0]}" if piece.trailing else ""


def _head_width(item: Item, broken: list[Group], indentation: int, suffix: int) -> int:
    """The width of the widest line that the parts themselves make."""
    widest = width = indentation
    for index, part in enumerate(item.parts):
        width += len(gap(item.parts[index - 1], part)) if index else 0
        if isinstance(part, Piece):
            width += len(part.text)
        elif not any(part is group for group in broken):
            width += len(part.flat or "")
        else:
            widest = max(widest, width + 1)
            width = indentation + 1
    return max(widest, width + suffix)


def _inside(group: Group, indentation: str) -> list[str]:
    """The lines between the brackets of a broken group, without blank lines at its ends."""
    lines: list[str] = []
    for index, item in enumerate(group.items):
        comma = "," if not group.is_block and index < len(group.items) - 1 else ""
        lines += _item_lines(item, indentation, comma)
    if group.closer is not None:
        lines += _comment_lines(group.closer.leading, indentation)
    while lines and not lines[0]:
        del lines[0]
    return lines
