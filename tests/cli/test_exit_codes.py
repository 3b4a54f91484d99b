"""Every exit code that is promised, by a command that ends with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.child import ROOT, run_python
from tests.cli.conftest import SPEC, Invoke

HIDE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hide())
import importlib.util
known = importlib.util.find_spec
def find_spec(name, package=None):
    return None if name in {hidden!r} else known(name, package)
importlib.util.find_spec = find_spec
from symdsl.cli.main import main
sys.argv = ["symdsl", *{arguments!r}]
main()
"""


def test_0_where_all_is_well(invoke: Invoke, spec: Path) -> None:
    assert invoke("check", spec).exit_code == 0
    assert invoke("--help").exit_code == 0


def test_1_for_a_faulty_spec(invoke: Invoke, faulty: Path) -> None:
    for command in ("check", "info", "compile", "show", "verify", "train"):
        result = invoke(command, faulty)
        assert result.exit_code == 1, command
        assert "SYM0401" in result.stdout + result.stderr, command


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "{folder}/missing.sym"),
        ("nothing",),
        ("compile", "{spec}", "--backend", "fortran"),
        ("compile", "{spec}", "--fold"),
        ("compile", "{spec}", "--set", "width"),
        ("compile", "{spec}", "-o", "{spec}/inside/model.py"),
        ("verify", "{spec}", "--samples", "1"),
        ("verify", "{spec}", "--weights", "{folder}/missing.safetensors"),
        ("explain", "SYM9999"),
        ("train", "{spec}"),
        ("train", "{spec}", "--data", "{folder}/missing.npz", "--allow-path"),
    ],
    ids=" ".join,
)
def test_2_for_wrong_usage_and_bad_input(
    invoke: Invoke, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoke(*(argument.format(spec=spec, folder=tmp_path) for argument in arguments))
    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arrays",
    [
        {"v": np.zeros((30, 3)), "y": np.zeros(30)},
        {"v": np.full((30, 2), np.nan), "y": np.zeros(30)},
        {"v": np.zeros((30, 2))},
        {"v": np.zeros((30, 2)), "y": np.zeros(29)},
        {"v": np.zeros((30, 2)), "y": np.array([None] * 30)},
    ],
    ids=["shape", "nan", "missing", "length", "objects"],
)
def test_2_for_bad_data(invoke: Invoke, spec: Path, tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(tmp_path / "bad.npz", **arrays)
    result = invoke("train", spec, "--data", tmp_path / "bad.npz", "-o", tmp_path / "run")
    assert result.exit_code == 2
    assert "SYM08" in result.stderr
    assert not (tmp_path / "run").exists()


def test_3_where_verification_fails(invoke: Invoke, tmp_path: Path) -> None:
    spec = tmp_path / "plain.sym"
    text = SPEC.replace("  enforce turn by equivariant_mlp { hidden = [width] }\n", "")
    spec.write_text(text.replace("  predict", "  tolerance = 1e-6\n  predict"), encoding="utf-8")
    result = invoke("verify", spec)
    assert result.exit_code == 3
    assert "BROKEN" in result.stdout
    assert "a promise is broken" in result.stdout
    assert "turn" in result.stderr


@pytest.mark.parametrize(
    ("hidden", "arguments", "wanted"),
    [
        (["torch"], ["verify", "small.sym", "--backend", "torch"], 'pip install "symdsl[torch]"'),
        (["torch", "jax"], ["verify", "small.sym"], 'pip install "symdsl[torch]"'),
        (["jax"], ["train", "small.sym", "--data", "data.npz", "--backend", "jax"], 'pip install "symdsl[jax]"'),
    ],
)
def test_4_without_the_framework(
    spec: Path, data: Path, hidden: list[str], arguments: list[str], wanted: str
) -> None:
    done = run_python(HIDE.format(hidden=hidden, arguments=arguments), folder=spec.parent).expect(4)
    assert wanted in done.err
    assert "Traceback" not in done.err


def test_emitting_needs_no_framework(spec: Path) -> None:
    arguments = ["compile", "small.sym", "--backend", "torch", "-o", "model.py"]
    run_python(HIDE.format(hidden=["torch", "jax"], arguments=arguments), folder=spec.parent).expect(0)
    assert "import torch" in (spec.parent / "model.py").read_text(encoding="utf-8")


def test_5_where_training_diverges(invoke: Invoke, spec: Path, data: Path) -> None:
    text = SPEC.replace("batch = 8", "batch = 8, optimiser = sgd, learning_rate = 1e6")
    spec.write_text(text.replace("epochs = 2", "epochs = 20"), encoding="utf-8")
    result = invoke("train", spec, "--data", data, "-o", spec.parent / "run")
    assert result.exit_code == 5
    assert "SYM1201" in result.stderr


def test_70_for_our_own_fault(invoke: Invoke, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a fault that was put in")

    monkeypatch.setattr("symdsl.api.check_from", fail)
    result = invoke("check", spec)
    assert result.exit_code == 70
    assert "SYM9001" in result.stderr
    assert "Traceback" not in result.stderr
    report = Path(next(word for word in result.stderr.split() if "symdsl-report-" in word))
    try:
        assert "a fault that was put in" in report.read_text(encoding="utf-8")
        assert "Traceback" in report.read_text(encoding="utf-8")
    finally:
        report.unlink()
    assert result.stderr.count("SYM9001") == 1


def test_70_as_json(invoke: Invoke, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a fault that was put in")

    monkeypatch.setattr("symdsl.api.check_from", fail)
    result = invoke("check", spec, "--format", "json")
    assert result.exit_code == 70
    (fault,) = json.loads(result.stdout)["diagnostics"]
    assert fault["code"] == "SYM9001"
    Path(fault["notes"][0].rpartition(" ")[2]).unlink()


def test_2_where_results_cannot_be_written(invoke: Invoke, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("symdsl.api.check_from", fail)
    result = invoke("check", spec)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr


def test_130_when_interrupted(spec: Path, data: Path) -> None:
    spec.write_text(SPEC.replace("epochs = 2", "epochs = 10000000"), encoding="utf-8")
    command = [sys.executable, "-m", "symdsl", "train", "small.sym", "--data", "data.npz", "-o", "run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, cwd=spec.parent, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            wait_for(spec.parent / "run" / "spec.sym", process)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Until the file is there, at most a minute."""
    import time

    for _ in range(600):
        if path.exists():
            time.sleep(0.3)
            return
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError(f"{path} was not written")
