"""One diagnostic code: its identity never changes once released."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its title (a few words) and its summary (one line for tables)."""

    code: str
    title: str
    summary: str
