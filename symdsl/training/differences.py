"""Two runs that should be one: what differs, then and now, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any

MISSING = "-"
WIDEST = 40
MOST_LINES = 12


def differing_rows(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines of a table "what, then, now" of the entries that differ, nested ones by path; () where none does."""
    before, after = dict(_flat(then)), dict(_flat(now))
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    if not names:
        return ()
    rows = [("what", "then", "now")]
    rows += [(name, _shown(before, name), _shown(after, name)) for name in sorted(names)]
    first, second = (max(len(row[place]) for row in rows) for place in (0, 1))
    return tuple(f"{what:<{first}}  {old:<{second}}  {new}".rstrip() for what, old, new in rows)


def differing_lines(then: str, now: str) -> tuple[str, ...]:
    """The lines that were taken away (-) and added (+), at most a dozen."""
    lines = unified_diff(then.splitlines(), now.splitlines(), lineterm="", n=0)
    kept = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return (*kept[:MOST_LINES], *((f"and {len(kept) - MOST_LINES} more",) if len(kept) > MOST_LINES else ()))


def _flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        else:
            yield path, list(value) if isinstance(value, tuple) else value


def _shown(entries: Mapping[str, Any], name: str) -> str:
    if name not in entries:
        return MISSING
    text = "not set" if entries[name] is None else str(entries[name])
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
