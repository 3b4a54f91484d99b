"""`symdsl predict`: data without targets in, a table out, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Invoke


@pytest.fixture
def run(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> Path:
    assert invoke("train", spec, "--data", data, "-o", tmp_path / "run", "--backend", "torch").exit_code == 0
    return tmp_path / "run"


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Five inputs, and no targets."""
    np.savez(tmp_path / "inputs.npz", v=np.random.default_rng(1).standard_normal((5, 2)))
    return tmp_path / "inputs.npz"


def test_csv_on_stdout_by_default(invoke: Invoke, spec: Path, run: Path, inputs: Path) -> None:
    result = invoke("predict", spec, "--weights", run, "--data", inputs)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "y"
    assert len([float(line) for line in lines[1:]]) == 5
    assert result.stderr == ""


def test_a_file_and_a_summary(invoke: Invoke, spec: Path, run: Path, inputs: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{backend}.npz" for backend in ("torch", "jax")]
    for path in files:
        result = invoke(
            "predict", spec, "--weights", run, "--data", inputs, "-o", path, "--backend", path.stem, "--format", "json"
        )  # fmt: skip
        assert json.loads(result.stdout) == {
            "output": str(path), "samples": 5, "columns": {"y": {"shape": [], "dtype": "float32"}}, "not_finite": 0,
        }  # fmt: skip
    first, second = (np.load(path)["y"] for path in files)
    np.testing.assert_allclose(first, second, atol=1e-5)


def test_predict_and_evaluate_agree(invoke: Invoke, spec: Path, run: Path, data: Path, tmp_path: Path) -> None:
    assert invoke("predict", spec, "--weights", run, "--data", data, "-o", tmp_path / "y.npz").exit_code == 0
    judged = json.loads(invoke("evaluate", spec, "--weights", run, "--data", data, "--format", "json").stdout)
    error = np.mean((np.load(tmp_path / "y.npz")["y"] - np.load(data)["y"]) ** 2)
    assert judged["mse"] == pytest.approx(error, rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("-o", "out.xlsx"), "SYM1230"),
        (("--format", "json"), "SYM1011"),
    ],
)
def test_faults_of_usage(
    invoke: Invoke, spec: Path, run: Path, inputs: Path, arguments: tuple[str, ...], code: str
) -> None:
    result = invoke("predict", spec, "--weights", run, "--data", inputs, *arguments)
    assert result.exit_code == 2
    assert code in result.output
    assert not Path("out.xlsx").exists()


def test_inputs_are_asked_for_by_name(invoke: Invoke, spec: Path, run: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "wrong.npz", w=np.zeros((3, 2)))
    result = invoke("predict", spec, "--weights", run, "--data", tmp_path / "wrong.npz", "-o", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "SYM0803" in result.stderr
    assert not (tmp_path / "out.csv").exists()
