"""Names of local variables: none that Python, the file or the method needs, reused once their value is dead."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FORBIDDEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | {"self"}

VARIABLE_NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "convolution": "response",
        "linear": "response",
        "sum": "total",
        "batch_sum": "total",
        "mean": "average",
        "max": "largest",
        "min": "smallest",
        "norm": "length",
        "multiply": "product",
        "einsum": "product",
        "subtract": "difference",
        "divide": "quotient",
        "take": "gathered",
        "take_rows": "gathered",
        "sum_rows": "total",
        "max_rows": "highest",
        "step": "positive",
    }
)


def clean_name(text: str, fallback: str = "value") -> str:
    """`text` as a lower-case identifier [a-z][a-z0-9_]*."""
    cleaned = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
    return cleaned if re.match(r"[a-z]", cleaned) else fallback


def noun(op: str) -> str:
    """What a value without a name of its own is called."""
    return VARIABLE_NOUNS.get(op, "h")


def result_noun(op: str, place: int, name: str | None) -> str:
    """What one of several results is called."""
    nouns = {"batch_norm": ("normalised", "mean", "variance"), "eigh": ("eigenvalues", "eigenvectors")}
    return nouns[op][place] if op in nouns else name or noun(op)


@dataclass(slots=True)
class LocalNames:
    """The names of one method: `reserved` ones are never given."""

    reserved: frozenset[str]
    _live: set[str] = field(default_factory=set)

    def take(self, wanted: str, as_written: bool = False) -> str:
        """`wanted`, or wanted2, wanted3, ..., the first that is free; it is live until released.

        `as_written` keeps capitals: arguments are called by the names of their fields.
        """
        base = wanted if as_written else clean_name(wanted)
        name, number = base, 1
        forbidden = FORBIDDEN - set(keyword.softkwlist) if as_written else FORBIDDEN
        while name in self._live or name in self.reserved or name in forbidden:
            number += 1
            name = f"{base}{number}"
        self._live.add(name)
        return name

    def release(self, name: str) -> None:
        """The value is dead: the name may be given again."""
        self._live.discard(name)
