"""Data on stdout, talk on stderr; JSON is pure; colour only for a terminal that wants it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from symdsl.cli.border import coloured
from tests.cli.conftest import FAULTY, Invoke


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_check_says_well_on_stderr(invoke: Invoke, spec: Path) -> None:
    result = invoke("check", spec)
    assert result.stdout == ""
    assert result.stderr == "1 model checked, no faults\n"


def test_faults_are_the_data_of_check(invoke: Invoke, faulty: Path) -> None:
    result = invoke("check", faulty)
    assert f"{faulty}:8:" in result.stdout
    assert result.stderr == ""


def test_faults_are_the_talk_of_other_commands(invoke: Invoke, faulty: Path) -> None:
    result = invoke("compile", faulty)
    assert result.stdout == ""
    assert f"{faulty}:8:" in result.stderr


@pytest.mark.parametrize("command", ["check", "info", "verify"])
def test_json_of_faults_is_pure(invoke: Invoke, faulty: Path, command: str) -> None:
    result = invoke(command, faulty, "--format", "json")
    assert result.exit_code == 1
    (fault,) = json.loads(result.stdout)["diagnostics"]
    assert fault["code"] == "SYM0401"
    assert fault["span"]["line"] == 8
    assert result.stderr == ""


def test_json_of_several_files_is_one_document(invoke: Invoke, spec: Path, faulty: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sym"
    other.write_text(FAULTY.replace("O(3)", "O(5)"), encoding="utf-8")
    result = invoke("check", spec, faulty, other, "--format", "json")
    assert result.exit_code == 1
    sources = [fault["span"]["source"] for fault in json.loads(result.stdout)["diagnostics"]]
    assert sources == [str(faulty), str(other)]


def test_json_of_well_specs(invoke: Invoke, spec: Path) -> None:
    assert json.loads(invoke("check", spec, "--format", "json").stdout)["diagnostics"] == []
    assert json.loads(invoke("info", spec, "--format", "json").stdout)["model"] == "small"
    verified = invoke("verify", spec, "--format", "json")
    assert json.loads(verified.stdout)["model"] == "small"
    assert verified.stderr == ""


def test_json_of_training(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    result = invoke("train", spec, "--data", data, "-o", tmp_path / "run", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["metrics"]["test.mse"] > 0


def test_colour_only_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured(Terminal())
    assert not coloured(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(Terminal())


def test_no_escapes_without_a_terminal(invoke: Invoke, faulty: Path, spec: Path) -> None:
    for result in (invoke("check", faulty), invoke("info", spec), invoke("doctor")):
        assert "\x1b" not in result.stdout + result.stderr
