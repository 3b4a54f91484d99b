"""The examples on the pages of codes are true: the wrong spec has the fault, the right one has none."""

from __future__ import annotations

import re

import pytest

from symdsl.api import check
from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.explain import explain

SPEC = re.compile(r"```sym\n(.*?)```", re.DOTALL)


def examples(section: str) -> list[tuple[str, str]]:
    """(code, spec) of every example of that section."""
    found = []
    for code in CODES:
        wrong, _, right = explain(code).partition("## Right")
        found += [(code, spec) for spec in SPEC.findall(wrong if section == "wrong" else right)]
    return found


@pytest.mark.parametrize(("code", "spec"), examples("wrong"), ids=lambda value: value[:7])
def test_wrong_examples_have_the_fault(code: str, spec: str) -> None:
    assert code in {diagnostic.code for diagnostic in check(spec).diagnostics}


@pytest.mark.parametrize(("code", "spec"), examples("right"), ids=lambda value: value[:7])
def test_right_examples_have_no_fault(code: str, spec: str) -> None:
    assert [diagnostic for diagnostic in check(spec).diagnostics if diagnostic.severity == "error"] == []


def test_most_faults_of_a_spec_have_a_wrong_spec() -> None:
    static = {code for code in CODES if code < "SYM0517"}
    assert len({code for code, _ in examples("wrong")} & static) >= 50
