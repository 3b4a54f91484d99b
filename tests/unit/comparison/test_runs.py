"""Runs are made once, go on where they were killed, and are told apart from those of other comparisons."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symdsl.artifact.manifest import read_manifest, verify_files
from symdsl.artifact.weights import read_weights
from symdsl.comparison import runs as runs_module
from symdsl.comparison.comparison import Comparison
from symdsl.comparison.results import ComparisonResult, Measured, choose_metric, collect
from symdsl.comparison.runs import Outcome, run_all, symmetry_error, time_left
from symdsl.comparison.table import number, table_markdown, table_text
from symdsl.comparison.write import write_comparison
from symdsl.data.gather import gather_data
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options
from symdsl.verification.report import Measurement, Report
from tests.unit.comparison.specs import IMAGES, compared, write_images

ENFORCE = "group_convolution, none"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, FieldArrays, tuple[Outcome, ...]]:
    """A finished comparison of two variants and two seeds."""
    folder = tmp_path_factory.mktemp("made")
    write_images(folder)
    comparison = compared(folder, IMAGES, ENFORCE, seeds=2)
    data = gather_data(comparison.reference.spec, folder=folder)
    return comparison, data, run_all(comparison.runs, data, comparison.symmetry, lambda text: None, quiet=True)


def test_rows_say_what_was_found(made) -> None:
    comparison, _, outcomes = made
    result = collect(comparison, outcomes)
    assert [row.enforced_by for row in result.rows] == ["group_convolution", "none"]
    assert (result.model, result.symmetry, result.group, result.metric) == ("images", "rotation", "C(4)", "test.error")
    convolved, plain = result.rows
    assert convolved.symmetry_error is not None
    assert max(convolved.symmetry_error.values) < 1e-10
    assert plain.symmetry_error is not None
    assert min(plain.symmetry_error.values) > 1e-2
    assert plain.mean_symmetry_error is not None
    assert plain.mean_symmetry_error.mean < plain.symmetry_error.mean
    assert plain.seeds == (5, 6)
    assert plain.metric is not None
    assert len(plain.metric.values) == 2
    assert abs(plain.ratio - 1) <= 0.05
    assert all(row.seconds is not None and row.seconds.mean > 0 for row in result.rows)
    assert result.remarks == ()


def test_all_runs_share_one_split_and_seeds_vary_the_weights(made) -> None:
    comparison, _data, _ = made
    weights = [read_weights(run.folder / "weights.safetensors") for run in comparison.runs]
    assert not np.array_equal(*(next(iter(each.values())) for each in weights[::2]))
    assert {run.options.seed_of_split for run in comparison.runs} == {5}


def test_a_finished_run_is_not_run_again(made, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison, data, outcomes = made
    monkeypatch.setattr(runs_module, "train", None)
    said: list[str] = []
    assert run_all(comparison.runs, data, comparison.symmetry, said.append) == outcomes
    assert all("is finished already" in line for line in said)


def test_a_row_is_reproduced_by_training_its_spec(made, tmp_path: Path) -> None:
    comparison, _data, _ = made
    run = comparison.runs[-1]
    compilation = prepare(run.folder / "spec.sym", Session(backend="torch", allow_paths=True))
    options = read_options(compilation.spec.training)
    compilation = replace(compilation, session=replace(compilation.session, seed=options.seed))
    again = gather_data(compilation.spec, folder=run.folder, allow_path=True, seed=options.data_seed)
    weights = train(compilation, compilation.instantiate(), again, options, quiet=True).weights
    stored = read_weights(run.folder / "weights.safetensors")
    assert weights.keys() == stored.keys()
    assert all(np.array_equal(weights[name], stored[name]) for name in weights)


def test_a_run_has_its_certificate(made) -> None:
    comparison, _, outcomes = made
    for run, outcome in zip(comparison.runs, outcomes, strict=True):
        manifest = read_manifest(run.folder / "manifest.json")
        verify_files(run.folder, manifest)
        assert manifest.certificate is not None
        assert outcome.symmetry is not None
        errors = [row["error"] for row in manifest.certificate["measurements"] if row["quantity"] == "equivariance"]
        assert max(errors) == outcome.symmetry.largest


@pytest.mark.parametrize("changed", ["data", "epochs"])
def test_another_comparison_is_refused_before_anything_runs(
    changed: str, made, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison, data, _ = made
    monkeypatch.setattr(runs_module, "train", None)
    runs = comparison.runs
    if changed == "data":
        data = replace(data, arrays={**data.arrays, "x": data.arrays["x"] + 1})
    else:
        text = runs[-1].compilation.spec.text.replace("epochs = 1", "epochs = 2")
        spec = replace(runs[-1].compilation.spec, text=text)
        runs = (*runs[:-1], replace(runs[-1], compilation=replace(runs[-1].compilation, spec=spec)))
    with pytest.raises(SymdslError) as refusal:
        run_all(runs, data, comparison.symmetry, lambda text: None)
    assert (refusal.value.exit_code, refusal.value.diagnostics[0].code) == (2, "SYM1223")


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(tmp_path)
    comparison = compared(tmp_path, IMAGES, "none", training={"epochs": 4})
    data = gather_data(comparison.reference.spec, folder=tmp_path)
    (run,) = comparison.runs
    whole = train(run.compilation, run.compilation.instantiate(), data, run.options, quiet=True)

    from symdsl.training.run_folder import RunFolder

    kept, count = RunFolder.save_checkpoint, iter(range(9))

    def killed(self: RunFolder, checkpoint: object) -> None:
        kept(self, checkpoint)  # type: ignore[arg-type]
        if next(count) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunFolder, "save_checkpoint", killed)
    with pytest.raises(KeyboardInterrupt):
        run_all(comparison.runs, data, comparison.symmetry, lambda text: None, quiet=True)
    assert not (run.folder / "outcome.json").exists()
    (outcome,) = run_all(comparison.runs, data, comparison.symmetry, lambda text: None, quiet=True)
    stored = read_weights(run.folder / "weights.safetensors")
    assert all(np.array_equal(whole.weights[name], stored[name]) for name in whole.weights)
    assert outcome.epochs == 4
    assert outcome.metrics == whole.metrics
    assert outcome.seconds is not None


def test_a_run_that_diverges_is_a_remark_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(tmp_path)
    comparison = compared(tmp_path, IMAGES, ENFORCE)
    data = gather_data(comparison.reference.spec, folder=tmp_path)
    plain = runs_module.train

    def fails(compilation, *given, **named):
        if compilation.spec.network.symmetries:
            raise SymdslError(Diagnostic("SYM1201", "the loss became nan at step 3"), exit_code=5)
        return plain(compilation, *given, **named)

    monkeypatch.setattr(runs_module, "train", fails)
    outcomes = run_all(comparison.runs, data, comparison.symmetry, lambda text: None, quiet=True)
    result = collect(comparison, outcomes)
    assert result.rows[0].diverged == (5,)
    assert result.rows[0].metric is None
    assert result.rows[1].metric is not None
    assert result.remarks == ("group_convolution, seed 5 diverged: the loss became nan at step 3",)
    assert " - " in table_text(result)


def test_files_are_written(made, tmp_path: Path) -> None:
    comparison, _, outcomes = made
    result = collect(comparison, outcomes)
    write_comparison(result, tmp_path)
    stated = json.loads((tmp_path / "comparison.json").read_text())
    assert stated["rows"][1]["metric"]["mean"] == pytest.approx(np.mean(stated["rows"][1]["metric"]["values"]))
    assert (tmp_path / "comparison.md").read_text() == table_markdown(result)
    assert (tmp_path / "comparison.png").read_bytes().startswith(b"\x89PNG")


def test_tables_have_a_row_for_each_variant(made) -> None:
    comparison, _, outcomes = made
    result = collect(comparison, outcomes)
    lines = table_text(result).splitlines()
    assert lines[0] == f"images: rotation, C(4), at equal parameters ({comparison.size.parameters}); 2 seeds"
    assert [line.split()[0] for line in lines[1:]] == ["enforced", "group_convolution", "none"]
    rows = [line for line in table_markdown(result).splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert len(rows) == 4


def test_a_size_that_is_not_equal_is_told(made) -> None:
    comparison, _, outcomes = made
    far = replace(comparison.variants[1], ratio=1.2)
    result: ComparisonResult = collect(replace(comparison, variants=(comparison.variants[0], far)), outcomes)
    assert result.remarks == ("none cannot come within 5 % of the spec's parameters: it has 1.20 of them",)


def test_broken_promises_are_told(made) -> None:
    comparison, _, outcomes = made
    broken = outcomes[0].model_copy(update={"broken": ("equivariance of rotation: 1e-2 over 1e-10",)})
    result = collect(comparison, (broken, *outcomes[1:]))
    assert result.remarks == ("group_convolution, seed 5: equivariance of rotation: 1e-2 over 1e-10",)


def test_numbers() -> None:
    assert Measured(values=(1.0, 2.0, 3.0)).spread == 1.0
    assert Measured(values=(1.0,)).spread is None
    assert number(None) == "-"
    assert number(Measured(values=(0.5,))) == "0.5000"
    assert number(Measured(values=(0.25, 0.75))) == "0.5000 ± 0.3536"
    assert number(Measured(values=(1e-15, 3e-15))) == "2.0e-15 ± 1.4e-15"
    assert number(Measured(values=(0.0, 0.0))) == "0.0000 ± 0.0000"
    assert number(Measured(values=(150.2, 149.8))) == "150 ± 0"


def test_the_metric_is_one_that_every_run_has() -> None:
    assert choose_metric([{"test.error": 1, "test.loss": 2}, {"test.loss": 1}, {}]) == "test.loss"
    assert choose_metric([{"validation.mse": 1, "train.mse": 2, "validation.loss": 1}]) == "validation.mse"


def test_time_left() -> None:
    assert time_left(["a"], {}) == ""
    assert time_left(["a", "b"], {"a": [10.0, 20.0]}) == "; about 30 s left"
    assert time_left(["a"] * 60, {"a": [10.0], "b": [1.0]}) == "; about 10 min left"


def test_the_error_is_over_all_elements() -> None:
    def row(subject: str, error: float, mean: float | None, count: int, quantity: str = "equivariance") -> Measurement:
        return Measurement.model_validate(
            {"quantity": quantity, "subject": subject, "where": "", "elements": count, "error": error,
             "tolerance": None, "mean": mean}
        )  # fmt: skip

    rows = (row("a", 1e-15, 1e-16, 3), row("a", 0.5, 0.2, 1), row("b", 9, 9, 1), row("a", 7, None, 1, "parity"))
    report = Report(
        model="m", backend="torch", dtype="float64", seed=0, weights="given", variation=1, measurements=rows
    )
    found = symmetry_error(report, "a")
    assert found is not None
    assert found.largest == 0.5
    assert found.mean == pytest.approx(0.05)
    assert symmetry_error(report, "c") is None
