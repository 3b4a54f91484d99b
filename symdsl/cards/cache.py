"""Cards that a discovery found, by what was asked: a spec with `learned(...)` compiles on the machine that found it.

The folder is `cards` in the cache of emitted sources; cards are written whole or not at all,
so that processes share it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from symdsl.artifact.cache_folder import cache_folder
from symdsl.cards.card import GroupCard
from symdsl.cards.files import arrays_path, read_card, write_card
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.group import Group

_BLOCK = 1 << 20
GENERAL = re.compile(r"GL\(\d+\)")
"""The group that holds all of one size, so that looking within it says nothing."""


def cards_folder() -> Path:
    """Where the cards are."""
    return cache_folder() / "cards"


def question(
    dimensions: Sequence[int],
    within: Group | None,
    by: str,
    settings: Mapping[str, Any],
    discrete: Sequence[str],
    delta: float,
    alpha: float,
) -> dict[str, Any]:
    """All that a discovery depends on beside its data, as JSON data. GL(n) holds every group, and says nothing."""
    return {
        "dimensions": list(dimensions),
        "within": None if within is None or GENERAL.fullmatch(within.name) else _identity(within),
        "by": by,
        "settings": dict(settings),
        "discrete": sorted(discrete),
        "delta": delta,
        "alpha": alpha,
    }


def _identity(group: Group) -> str:
    """The name of a group; of matrix groups, which all are called the same, what they are made of too."""
    if "matrix_group" not in group.name:
        return group.name
    content = json.dumps(group.describe(), sort_keys=True, default=str)
    return f"{group.name} {hashlib.sha256(content.encode()).hexdigest()[:16]}"


def card_key(references: Iterable[str], folder: Path, asked: Mapping[str, Any]) -> str:
    """A name for what was asked of data, whose `references` are "jets.npz:momenta", to files in `folder`.

    It depends on the content of the files (on the reference alone where it is no file) and on which arrays of them, on
    the question and on the version of symdsl.
    """
    digest = hashlib.sha256()
    for reference in sorted(set(references), key=lambda text: text.rpartition(":")[::-1]):
        name, _, key = reference.rpartition(":")
        path = folder / name
        digest.update(f"{key}\n".encode())
        if not path.is_file():
            digest.update(f"{name}\n".encode())
            continue
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    digest.update(json.dumps(asked, sort_keys=True, default=str).encode())
    digest.update(version("symdsl").encode())
    return digest.hexdigest()[:32]


def cached_card(key: str) -> GroupCard | None:
    """The card of a question; None where there is none, or none that is sound."""
    path = cards_folder() / f"{key}.card.json"
    if not path.is_file():
        return None
    try:
        return read_card(path)
    except SymdslError:
        return None


def store_card(key: str, card: GroupCard) -> Path:
    """Keep a card; where it now is. Raises SymdslError (SYM0907)."""
    path = cards_folder() / f"{key}.card.json"
    write_card(path, card)
    return path


def drop_card(key: str) -> None:
    """Forget the card of a question, whose newest answer is that there is none."""
    path = cards_folder() / f"{key}.card.json"
    with suppress(OSError):
        path.unlink(missing_ok=True)
        arrays_path(path).unlink(missing_ok=True)
