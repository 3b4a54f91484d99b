"""How many columns of a terminal a text takes."""

from __future__ import annotations

import unicodedata
from typing import Final

TAB_WIDTH: Final = 4


def shown(text: str) -> str:
    """`text` as it is printed: tabs as four spaces, and what a terminal would obey or hide as U+FFFD."""
    return "".join(_shown_character(character) for character in text)


def width(text: str) -> int:
    """The columns that `shown(text)` takes: wide characters two, combining marks none."""
    return sum(_width(character) for character in shown(text))


def _shown_character(character: str) -> str:
    if character == "\t":
        return " " * TAB_WIDTH
    category = unicodedata.category(character)
    # Controls, format marks (direction of writing) and surrogates: never sent to a terminal.
    return "\ufffd" if category in ("Cc", "Cf", "Cs") else character


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
