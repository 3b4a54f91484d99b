"""Bounds of the front end, checked before the grammar sees the text; a spec cannot raise them."""

from __future__ import annotations

from typing import Final

MAXIMUM_CHARACTERS: Final = 1_000_000
MAXIMUM_DEPTH: Final = 200
MAXIMUM_FAULTS: Final = 20
MAXIMUM_DIGITS: Final = 40
