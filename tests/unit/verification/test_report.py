"""Each broken promise has a code."""

from __future__ import annotations

import math
from typing import Any

import pytest

from symdsl.verification.report import Measurement, Report


def report(variation: float = 1.0, **changes: Any) -> Report:
    stated: dict[str, Any] = {"quantity": "equivariance", "subject": "turn", "where": "whole group", "elements": 4}
    entry = Measurement(**{**stated, "error": 1e-3, "tolerance": 1e-10, **changes})
    return Report(
        model="m",
        backend="torch",
        dtype="float64",
        seed=0,
        weights="random",
        variation=variation,
        measurements=(entry,),
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "SYM1101"),
        ({"quantity": "energy"}, "SYM1101"),
        ({"quantity": "parity"}, "SYM1103"),
        ({"quantity": "fold"}, "SYM1104"),
        ({"error": math.inf}, "SYM1106"),
        ({"error": math.nan}, "SYM1106"),
    ],
)
def test_code_of_a_broken_promise(changes: dict[str, Any], code: str) -> None:
    assert [diagnostic.code for diagnostic in report(**changes).diagnostics] == [code]


@pytest.mark.parametrize("variation", [0.0, 1e-13, math.nan])
def test_a_constant_output_proves_nothing(variation: float) -> None:
    found = report(variation, error=0.0)
    assert not found.passed
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["SYM1102"]


def test_what_is_kept_or_not_promised_has_no_fault() -> None:
    assert report(error=1e-14).diagnostics == ()
    assert report(tolerance=None).diagnostics == ()
