"""`--limit-NAME VALUE` raises a limit, on every command that reads a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from symdsl.cli.limits import read_limits, spell_out
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.session import LIMIT_NAMES, Limits, limit_flag
from tests.cli.conftest import SPEC, Invoke


def test_flags_are_spelt_out() -> None:
    written = ["a.sym", "--limit-group-order", "5", "--limit-items=7", "--format", "json"]
    assert list(spell_out(written)) == ["a.sym", "--limit", "group-order=5", "--limit", "items=7", "--format", "json"]


@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_every_limit_has_its_flag(name: str) -> None:
    (_, setting) = spell_out([limit_flag(name), "12"])
    assert getattr(read_limits([setting]), name) == 12
    assert read_limits(None) == Limits()


NONSENSE = ("group_odrer=5", "items=0", "items=-3", "items=many", "items", "items=1e9", "items=²")


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(SymdslError) as caught:
        read_limits([text])
    assert caught.value.exit_code == 2
    assert caught.value.diagnostics[0].hint


def test_the_hint_of_a_breach_works(invoke: Invoke, spec: Path) -> None:
    spec.write_text(SPEC.replace("vector(2)", "vector(1500)").replace("C(4)", "O(3)"), encoding="utf-8")
    refused = invoke("check", spec)
    assert refused.exit_code == 1
    assert "SYM0702" in refused.stdout
    flag = next(line for line in refused.stdout.splitlines() if "--limit-" in line).split("limit with ")[1].split()
    assert "SYM0702" not in invoke("check", spec, *flag).stdout


@pytest.mark.parametrize("command", ["check", "info", "compile", "show", "verify", "train"])
def test_every_command_takes_limits(invoke: Invoke, spec: Path, command: str) -> None:
    result = invoke(command, spec, "--limit-text-bytes", "10")
    assert result.exit_code == 1
    assert "SYM0108" in result.stdout + result.stderr
