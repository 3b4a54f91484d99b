"""What the results of a model are called in the named tuple that it returns, the same on every backend."""

from __future__ import annotations

from collections.abc import Sequence


def result_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each a field that a named tuple can have, and all different.

    Underscores in front are dropped, which Python keeps for itself there; `_` stands behind the methods of tuples.
    """
    found: list[str] = []
    for name in names:
        base = name.lstrip("_") or "result"
        base = f"result_{base}" if base[:1].isdigit() else base
        while base in found or hasattr(tuple, base):
            base += "_"
        found.append(base)
    return tuple(found)
