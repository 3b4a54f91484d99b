"""Colours of the text renderer, or none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["error", "warning", "information", "frame", "strong", "hint"]

_CODES: Final[Mapping[Role, str]] = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "information": "\x1b[1;36m",
    "frame": "\x1b[1;34m",
    "strong": "\x1b[1m",
    "hint": "\x1b[1;32m",
}
_RESET: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Style:
    """Paints a text by its role where `colour` is set."""

    colour: bool

    def paint(self, text: str, role: Role) -> str:
        """`text` in the colour of `role`, or as it is."""
        return f"{_CODES[role]}{text}{_RESET}" if self.colour and text else text
