"""The table of all diagnostic codes, one file a range of hundred; append a line to the file of its range."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symdsl.diagnostics.codes import (
    artefacts,
    data,
    discovery,
    environment,
    fields,
    groups,
    internal,
    limits,
    names,
    shapes,
    strategies,
    syntax,
    training,
    verification,
)
from symdsl.diagnostics.codes.code import Code

_RANGES = (
    ("SYM01", syntax.CODES),
    ("SYM02", names.CODES),
    ("SYM03", fields.CODES),
    ("SYM04", groups.CODES),
    ("SYM05", strategies.CODES),
    ("SYM06", shapes.CODES),
    ("SYM07", limits.CODES),
    ("SYM08", data.CODES),
    ("SYM09", artefacts.CODES),
    ("SYM10", environment.CODES),
    ("SYM11", verification.CODES),
    ("SYM12", training.CODES),
    ("SYM13", discovery.CODES),
    ("SYM90", internal.CODES),
)


def _table() -> Mapping[str, Code]:
    """Every code once, in its range."""
    table: dict[str, Code] = {}
    for prefix, codes in _RANGES:
        for code in codes:
            if code.code in table or not code.code.startswith(prefix) or len(code.code) != 7:
                raise ValueError(f"{code.code} is declared twice or in the wrong file")
            table[code.code] = code
    return MappingProxyType(table)


CODES: Mapping[str, Code] = _table()

__all__ = ["CODES", "Code"]
