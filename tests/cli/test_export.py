"""`symdsl export`: what is written computes what the model computes, and what does not is not written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.export.export import ExportOptions, export
from symdsl.export.format import Subject
from symdsl.export.formats import find_format
from symdsl.export.manifest import SUFFIX
from symdsl.export.pt2 import Pt2
from symdsl.pipeline import prepare
from symdsl.session import Session
from tests.cli.conftest import SPEC, Invoke
from tests.models.specs import INERTIA, LORENTZ, PENDULUM, SMALL_IMAGE

IMAGE = SMALL_IMAGE.format(channels=2, size=9, group="C(4)")
MODELS = {"small": SPEC, "image": IMAGE, "inertia": INERTIA, "lorentz": LORENTZ, "pendulum": PENDULUM}
FORMATS = ("pt2", "onnx", "stablehlo", "safetensors")


def exported(text: str, target: str, options: ExportOptions | None = None) -> Any:
    chosen = find_format(target)
    return export(prepare(text, Session()), chosen, "model", None, options)


@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("name", MODELS)
def test_an_export_is_the_model_and_keeps_its_symmetry(name: str, target: str) -> None:
    manifest = exported(MODELS[name], target).manifest
    assert {entry.reference for entry in manifest.comparison}
    assert max(entry.error for entry in manifest.comparison) <= 1e-5
    assert manifest.symmetry
    assert all(entry.passed for entry in manifest.symmetry)


def test_the_energy_is_an_entry_point() -> None:
    manifest = exported(PENDULUM, "onnx", ExportOptions(entry="energy")).manifest
    assert [output.name for output in manifest.outputs] == ["energy"]


class Sabotaged(Pt2):
    """Loads what it wrote, and adds a little to every output."""

    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def opened() -> Any:
            with Pt2.load(self, files, subject, folder) as call:

                def moved(arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
                    return tuple(output + 1e-3 * np.max(np.abs(output)) for output in call(arrays))

                yield moved

        return opened()


def test_an_export_that_computes_something_else_is_refused() -> None:
    with pytest.raises(SymdslError) as refusal:
        export(prepare(SPEC, Session(backend="torch")), Sabotaged(), "model")
    assert refusal.value.exit_code == 3
    assert "SYM0910" in {fault.code for fault in refusal.value.diagnostics}


def test_nothing_is_written_where_an_export_is_refused(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "small.sym"
    spec.write_text(SPEC)
    monkeypatch.setattr("symdsl.export.formats.find_format", lambda name: Sabotaged())
    result = invoke("export", spec, "--to", "pt2", "--seed", "0", "-o", tmp_path / "small.pt2")
    assert result.exit_code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["small.sym"]


LOADERS = {
    "pt2": """
import sys, numpy, torch
assert "symdsl" not in sys.modules
model = torch.export.load("small.pt2").module()
numpy.save("out.npy", model(torch.from_numpy(numpy.load("in.npy")))[0].detach().numpy())
""",
    "onnx": """
import numpy, onnxruntime
session = onnxruntime.InferenceSession("small.onnx")
numpy.save("out.npy", session.run(None, {"v": numpy.load("in.npy")})[0])
""",
}


@pytest.mark.parametrize("target", LOADERS)
def test_a_file_runs_without_symdsl_at_a_batch_that_was_never_traced(
    target: str, invoke: Invoke, tmp_path: Path
) -> None:
    spec = tmp_path / "small.sym"
    spec.write_text(SPEC)
    path = tmp_path / f"small.{target}"
    result = invoke("export", spec, "--to", target, "--seed", "0", "-o", path, "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["batch"] == "dynamic"
    assert (tmp_path / f"small.{target}{SUFFIX}").exists() or list(tmp_path.glob("*.json"))
    inputs = np.random.default_rng(3).standard_normal((37, 2)).astype(np.float32)
    np.save(tmp_path / "in.npy", inputs)
    hidden = "import sys; sys.modules['symdsl'] = None\n" if target == "onnx" else ""
    subprocess.run([sys.executable, "-c", hidden + LOADERS[target]], cwd=tmp_path, check=True)
    model = prepare(SPEC, Session(backend="torch")).instantiate()
    (wanted,) = model.call("forward", inputs)
    found = np.load(tmp_path / "out.npy")
    assert found.shape == (37,)
    assert np.max(np.abs(found - wanted)) <= 1e-5 * np.max(np.abs(wanted))


@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        (("--to", "pt2"), 2, "SYM1011"),
        (("--to", "onyx", "--seed", "0"), 2, "SYM1011"),
        (("--to", "onnx", "--seed", "0", "-o", "small.txt"), 2, "SYM1011"),
        (("--to", "onnx", "--seed", "0", "--entry", "energy"), 2, "SYM1011"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], code: int, name: str, invoke: Invoke, tmp_path: Path) -> None:
    spec = tmp_path / "small.sym"
    spec.write_text(SPEC)
    result = invoke("export", spec, *arguments)
    assert result.exit_code == code
    assert name in result.stderr
    assert "Traceback" not in result.stderr


def test_the_run_of_another_model_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    spec, other = tmp_path / "small.sym", tmp_path / "other.sym"
    spec.write_text(SPEC)
    other.write_text(SPEC.replace("width: int = 8", "width: int = 12"))
    generator = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", v=generator.standard_normal((40, 2)), y=generator.standard_normal(40))
    run = tmp_path / "run"
    assert invoke("train", spec, "--data", tmp_path / "data.npz", "-o", run).exit_code == 0
    result = invoke("export", other, "--weights", run, "--to", "pt2", "-o", tmp_path / "other.pt2")
    assert result.exit_code == 2
    assert "SYM0913" in result.stderr
    result = invoke("export", spec, "--weights", run, "--to", "pt2", "-o", tmp_path / "small.pt2")
    assert result.exit_code == 0, result.output
