"""`symdsl discover`: streams, exit codes and files, with a double in place of the search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.api import check
from symdsl.discovery import discover as pipeline
from symdsl.discovery import report
from tests.cli.conftest import Invoke
from tests.unit.discovery import double


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "discover", double.discover)
    monkeypatch.setattr(report, "can_draw", lambda: False)
    monkeypatch.setenv("SYMDSL_CACHE", str(tmp_path.parent / f"cache-{tmp_path.name}"))
    x = np.random.default_rng(0).standard_normal((100, 2, 3))
    np.savez("data.npz", x=x, y=np.sum(x[:, 0] * x[:, 1], axis=1))
    return tmp_path


FLAGS = ("discover", "data.npz", "--x", "x", "--y", "y")


def test_a_certified_group_is_said_on_stdout(invoke: Invoke, folder: Path) -> None:
    result = invoke(*FLAGS)
    assert result.exit_code == 0, result.stderr
    assert "CERTIFIED (delta 0.02, alpha 0.05) on 750 samples" in result.stdout
    assert "so(3)" in result.stdout
    assert "0.0100  [0.0070, 0.0140]" in result.stdout
    assert "law: invariance" in result.stderr
    assert "-o FOLDER" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["data.npz"]


def test_a_folder_that_compiles(invoke: Invoke, folder: Path) -> None:
    result = invoke(*FLAGS, "-o", "turn")
    assert result.exit_code == 0, result.stderr
    assert "symdsl compile turn/model.sym" in result.stderr
    assert invoke("compile", "turn/model.sym", "-o", "model.py").exit_code == 0
    assert (folder / "model.py").exists()
    again = invoke(*FLAGS, "-o", "turn")
    assert again.exit_code == 2
    assert "SYM0909" in again.stderr


def test_a_spec_that_asks_the_same_finds_the_card_in_the_cache(invoke: Invoke, folder: Path) -> None:
    (folder / "asks.sym").write_text("""model asks {
  data {
    x: vector(3) per 2 from "data.npz:x"
    y: scalar from "data.npz:y"
  }
  symmetry g: learned(dim = 1..4, within = GL(3), discrete = [])
  predict y from x
  enforce g by equivariant_mlp { hidden = [8] }
}
""")
    assert "SYM1307" in invoke("compile", "asks.sym").stderr
    assert invoke(*FLAGS, "--within", "GL(3)", "--dim", "1..4", "--discrete", "").exit_code == 0
    assert invoke("compile", "asks.sym").exit_code == 0


def test_the_spec_alone_goes_to_stdout(invoke: Invoke) -> None:
    result = invoke(*FLAGS, "-o", "-")
    assert result.exit_code == 0
    assert check(result.stdout).diagnostics == ()
    assert "equivariant_mlp" in result.stdout
    assert "CERTIFIED" in result.stderr
    assert invoke(*FLAGS, "-o", "-", "--format", "json").exit_code == 2


def test_json_is_pure_and_whole(invoke: Invoke) -> None:
    result = invoke(*FLAGS, "--format", "json", "-o", "turn", "--seed", "3", "--dim", "1..6")
    found = json.loads(result.stdout)
    assert found["verdict"] == "certified"
    assert found["problem"]["samples"] == 100
    assert found["options"]["seed"] == 3
    assert found["options"]["dim"] == [1, 6]
    assert np.shape(found["group"]["generators"]) == (3, 3, 3)
    assert len(found["spectrum"]["values"]) == 9
    assert [test["passed"] for test in found["group"]["certificate"]["tests"]] == [True, True, None]
    assert set(found["files"]) == {"card", "report", "spec"}


@pytest.mark.parametrize("verdict", ["undecided", "refuted"])
def test_no_certificate_is_exit_code_6_and_a_report(
    invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch, verdict: Any
) -> None:
    monkeypatch.setattr(pipeline, "discover", lambda p, o, w: double.discovery_of(p, o, verdict=verdict))
    result = invoke(*FLAGS, "-o", "turn")
    assert result.exit_code == 6
    assert verdict.upper() in result.stdout
    assert (folder / "turn" / "report.html").exists()
    assert (folder / "turn" / "turn.card.json").exists() == (verdict == "undecided")
    assert invoke("check", "turn/model.sym").exit_code == 0


def test_interrupted(invoke: Invoke, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "discover", stop)
    result = invoke(*FLAGS, "-o", "turn")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (130, "interrupted")
    assert [path.name for path in folder.iterdir()] == ["data.npz"]


def test_faults_are_said_before_anything_runs(invoke: Invoke) -> None:
    result = invoke("discover", "data.npz", "--x", "q", "--y", "y", "--format", "json")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)["diagnostics"]
    assert fault["code"] == "SYM0803"
