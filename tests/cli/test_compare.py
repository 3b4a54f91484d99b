"""`symdsl compare` on a small spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke

ENFORCE = ("--enforce", "equivariant_mlp, none", "--seeds", "1")


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_table_files_and_exit_code(backend: str, invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    given = ("compare", spec, *ENFORCE, "--data", data, "-o", folder, "--backend", backend, "--dtype", "float64")
    result = invoke(*given, "--format", "json")
    assert result.exit_code == 0, result.output
    stated = json.loads(result.stdout)
    assert [row["enforced_by"] for row in stated["rows"]] == ["equivariant_mlp", "none"]
    assert (stated["backend"], stated["dtype"], stated["metric"]) == (backend, "float64", "test.mse")
    assert json.loads((folder / "comparison.json").read_text()) == stated
    again = invoke(*given)
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0].startswith("small: turn, C(4), at equal parameters")
    assert "is finished already" in again.stderr


def test_settings_and_epochs_reach_the_rows(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    options = ("--set", "width=16", "--epochs", "1", "--seed", "3", "--equal", "none", "--data", data, "-o", folder)
    assert invoke("compare", spec, *ENFORCE, *options).exit_code == 0
    text = (folder / "none" / "seed-3" / "spec.sym").read_text()
    assert "param width: int = 16" in text
    assert "by mlp { hidden = [16] }" in text
    assert "epochs = 1" in text
    assert "seed = 3" in text


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("--enforce", "equivariant_mpl"), "SYM0203", 2),
        (("--enforce", "none", "--symmetry", "spin"), "SYM0202", 2),
        (("--enforce", "equivariant_mlp { hiden = 3 }"), "SYM0205", 2),
        (("--enforce", "group_convolution"), "SYM0506", 2),
        (("--enforce", "none"), "SYM0813", 2),
    ],
)
def test_faults_come_before_anything_is_written(
    arguments: tuple[str, ...], code: str, exit_code: int, invoke: Invoke, spec: Path, tmp_path: Path
) -> None:
    result = invoke("compare", spec, *arguments, "-o", tmp_path / "runs")
    assert result.exit_code == exit_code
    assert code in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "runs").exists()


def test_a_faulty_spec_is_exit_one(invoke: Invoke, faulty: Path) -> None:
    result = invoke("compare", faulty, *ENFORCE)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "SYM0401" in result.stderr
