"""Did-you-mean."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.suggest import did_you_mean, suggest

WORDS = ["model", "symmetry", "enforce", "group_convolution", "equivariant_mlp", "SO", "O"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("modle", "model"),
        ("symetry", "symmetry"),
        ("enforc", "enforce"),
        ("group_conv", "group_convolution"),
        ("so", "SO"),
        ("MODEL", "model"),
        ("zzz", None),
        ("", None),
    ],
)
def test_nearest_word(written: str, meant: str | None) -> None:
    assert suggest(written, WORDS) == meant
    assert suggest(written, reversed(WORDS)) == meant


def test_hint() -> None:
    assert did_you_mean("modle", WORDS) == "did you mean `model`?"
    assert did_you_mean("zzz", WORDS) is None
