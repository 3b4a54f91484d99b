"""fmt, explain, show, info, doctor, train and evaluate: what each says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from symdsl import representation
from symdsl.cli.info import irreducible_text
from symdsl.diagnostics.codes import CODES
from tests.cli.conftest import SPEC, Invoke


def test_help_names_every_command(invoke: Invoke) -> None:
    said = invoke("--help").stdout
    names = "check fmt info compile show verify train evaluate predict explain doctor"
    for name in names.split():
        assert f" {name} " in said
        assert invoke(name, "--help").exit_code == 0


def test_fmt_check_writes_nothing(invoke: Invoke, spec: Path) -> None:
    ragged = SPEC.replace("  data", "      data")
    spec.write_text(ragged, encoding="utf-8")
    result = invoke("fmt", "--check", spec)
    assert result.exit_code == 1
    assert str(spec) in result.stderr
    assert spec.read_text(encoding="utf-8") == ragged
    assert invoke("fmt", spec).exit_code == 0
    assert invoke("fmt", "--check", spec).exit_code == 0
    assert spec.read_text(encoding="utf-8").startswith("// a rotation of the plane\nmodel small {\n")


def test_fmt_leaves_a_faulty_text_alone(invoke: Invoke, spec: Path) -> None:
    spec.write_text("model {", encoding="utf-8")
    assert invoke("fmt", spec).exit_code == 1
    assert spec.read_text(encoding="utf-8") == "model {"


@pytest.mark.parametrize("code", ["SYM0401", "sym0401", "0401"])
def test_explain(invoke: Invoke, code: str) -> None:
    assert invoke("explain", code).stdout.startswith("# SYM0401: ")


def test_explain_every_code(invoke: Invoke) -> None:
    for code in CODES:
        assert invoke("explain", code).stdout.startswith(f"# {code}: ")


def test_explain_suggests(invoke: Invoke) -> None:
    assert "did you mean `SYM" in invoke("explain", "SYM0491").stderr


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [
        ("ast", "File("),
        ("spec", "Model("),
        ("ir", '"op": "equivariant_linear"'),
        ("graph", "equivariant_linear"),
        ("plan", "program small"),
        ("source", "class Small"),
    ],
)
def test_show_every_stage(invoke: Invoke, spec: Path, stage: str, wanted: str) -> None:
    result = invoke("show", spec, "--emit", stage)
    assert result.exit_code == 0
    assert wanted in result.stdout
    assert result.stderr == ""


def test_show_for_both_backends(invoke: Invoke, spec: Path) -> None:
    assert "import torch" in invoke("show", spec, "--backend", "torch").stdout
    assert "import equinox" in invoke("show", spec, "--backend", "jax").stdout


def test_info(invoke: Invoke, spec: Path) -> None:
    text = invoke("info", spec).stdout
    for wanted in ("v: vector", "turn: C(4)", "(inferred)", "exact", "equivariant_linear", "parameters"):
        assert wanted in text
    data = json.loads(invoke("info", spec, "--format", "json").stdout)
    assert data["parameters"] == sum(layer["parameters"] for layer in data["layers"])
    assert data["symmetries"]["turn"]["inferred"] == ["v", "y"]
    assert "order 4, abelian, 4 conjugacy classes, exponent 4" in text
    assert data["symmetries"]["turn"]["invariants"]["order"] == 4


def test_info_lists_the_irreducible_representations_of_finite_groups() -> None:
    group = representation("S(4)", "trivial").group
    assert irreducible_text(group) == "irrep(0) to irrep(4) have the dimensions 1, 1, 2, 3, 3"
    assert irreducible_text(representation("O(3)", "trivial").group) is None
    assert irreducible_text(representation("S(7)", "trivial").group) is None


def test_doctor(invoke: Invoke) -> None:
    said = invoke("doctor").stdout
    for wanted in ("Python 3.", "backend torch: ready", "backend jax: ready", "group_convolution", "matrix_group"):
        assert wanted in said


def test_verify_writes_its_report(invoke: Invoke, spec: Path, tmp_path: Path) -> None:
    result = invoke("verify", spec, "-o", tmp_path / "report.json")
    assert result.exit_code == 0
    assert "every promise holds" in result.stdout
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {"turn"} <= {entry["subject"] for entry in report["measurements"]}


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_train_resume_and_evaluate(invoke: Invoke, spec: Path, data: Path, tmp_path: Path, backend: str) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    arguments = ("train", spec, "--data", data, "--backend", backend)
    assert invoke(*arguments, "-o", whole).exit_code == 0
    again = invoke(*arguments, "-o", whole)
    assert again.exit_code == 2
    assert "--resume" in again.stderr
    shutil.copytree(whole, broken)
    (broken / "weights.safetensors").unlink()
    assert invoke(*arguments, "-o", broken, "--resume").exit_code == 0
    assert (whole / "weights.safetensors").read_bytes() == (broken / "weights.safetensors").read_bytes()
    names = {path.name for path in whole.iterdir()}
    assert {"weights.safetensors", "manifest.json", "metrics.jsonl", "spec.sym"} <= names
    said = invoke("evaluate", spec, "--weights", whole, "--data", data, "--backend", backend)
    assert said.exit_code == 0
    assert "mse" in said.stdout


def test_options_of_training_can_be_set(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    arguments = ("train", spec, "--data", data, "-o", run, "--set", "train.epochs=3", "--set", "width=4")
    assert invoke(*arguments, "--set", "train.optimiser=sgd", "--set", "train.split=[0.5, 0.25, 0.25]").exit_code == 0
    options = json.loads((run / "manifest.json").read_text())["settings"]["options"]
    assert (options["epochs"], options["optimiser"], options["split"]) == (3, "sgd", [0.5, 0.25, 0.25])


def test_an_unknown_option_of_training_is_refused(invoke: Invoke, spec: Path, data: Path) -> None:
    result = invoke("train", spec, "--data", data, "--set", "train.learning_rat=0.1")
    assert result.exit_code == 2
    assert "SYM0205" in result.stderr
    assert "learning_rate" in result.stderr


def test_an_absent_device_is_said(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    result = invoke("train", spec, "--data", data, "-o", tmp_path / "run", "--device", "cuda:7")
    assert result.exit_code == 4
    assert "SYM1003" in result.stderr


def test_a_run_has_a_certificate_and_a_spec_that_says_everything(
    invoke: Invoke, spec: Path, data: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    result = invoke("train", spec, "--data", data, "-o", run, "--set", "width=4", "--set", "train.clip=1.5")
    assert result.exit_code == 0, result.stderr
    certificate = json.loads((run / "manifest.json").read_text())["certificate"]
    assert [entry["subject"] for entry in certificate["measurements"] if entry["quantity"] == "equivariance"]
    resolved = (run / "resolved.sym").read_text()
    assert "param width: int = 4" in resolved
    assert "clip = 1.5" in resolved
    assert invoke("check", run / "resolved.sym").exit_code == 0
    again = tmp_path / "again"
    assert invoke("train", run / "resolved.sym", "--data", data, "-o", again).exit_code == 0
    assert (again / "weights.safetensors").read_bytes() == (run / "weights.safetensors").read_bytes()


def test_a_run_can_go_without_a_certificate(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    assert invoke("train", spec, "--data", data, "-o", tmp_path / "run", "--no-verify").exit_code == 0
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["certificate"] is None


def test_tensorboard_gets_the_records(invoke: Invoke, spec: Path, data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert invoke("train", spec, "--data", data, "-o", run, "--tensorboard", "--no-verify").exit_code == 0
    (events,) = (run / "tensorboard").iterdir()
    assert b"train/loss" in events.read_bytes()


def test_tensorboard_without_its_package(
    invoke: Invoke, spec: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symdsl.training.events.find_spec", lambda name: None)
    result = invoke("train", spec, "--data", data, "-o", tmp_path / "run", "--tensorboard")
    assert result.exit_code == 4
    assert 'pip install "symdsl[tensorboard]"' in result.stderr
