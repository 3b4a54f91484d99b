"""Limits have codes and flags; settings are read from the command line."""

from __future__ import annotations

from typing import Any

import pytest

from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.session import (
    LIMIT_NAMES,
    Limits,
    limit_code,
    limit_diagnostic,
    limit_flag,
    limit_meaning,
    parse_setting,
)


@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_every_limit_has_a_code_a_flag_and_words(name: str) -> None:
    assert limit_code(name) in CODES
    assert limit_flag(name) == "--limit-" + name.replace("_", "-")
    assert limit_meaning(name)
    assert getattr(Limits(), name) > 0
    diagnostic = limit_diagnostic(Limits(), name, 10**12, None)
    assert limit_flag(name) in (diagnostic.hint or "")


def test_unknown_limits_are_key_errors() -> None:
    for function in (limit_code, limit_meaning):
        with pytest.raises(KeyError):
            function("patience")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("width=64", "width", 64),
        (" width = 64 ", "width", 64),
        ("rate=1e-3", "rate", 0.001),
        ("smooth=true", "smooth", True),
        ("name=digits", "name", "digits"),
        ('name="64"', "name", "64"),
        ("sizes=[1, 2]", "sizes", [1, 2]),
        ("code=__import__('os')", "code", "__import__('os')"),
        ("formula=a=b", "formula", "a=b"),
    ],
)
def test_settings(text: str, name: str, value: Any) -> None:
    found = parse_setting(text)
    assert found == (name, value)
    assert type(found[1]) is type(value)


@pytest.mark.parametrize("text", ["width", "=64", "1x=3", ""])
def test_malformed_settings(text: str) -> None:
    with pytest.raises(SymdslError) as caught:
        parse_setting(text)
    assert caught.value.exit_code == 2
    assert caught.value.diagnostics[0].code == "SYM1011"
