"""A stranger's package adds a group, a network and a backend without touching a file of symdsl."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.child import ROOT, run, run_symdsl

SAMPLE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package installed, as `pip install` does it."""
    folder = tmp_path_factory.mktemp("plugin")
    source, target = folder / "source", folder / "site"
    source.mkdir()
    shutil.copytree(SAMPLE / "symdsl_sample", source / "symdsl_sample", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SAMPLE / "pyproject.toml", source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
           "--disable-pip-version-check", "--target", str(target), str(source)]  # fmt: skip
    run(pip, folder).expect(0)
    return target


def test_doctor_lists_it(installed: Path, tmp_path: Path) -> None:
    said = run_symdsl("doctor", folder=tmp_path, path=(installed, ROOT)).expect(0).out
    assert "inner_products" in said
    assert "Quaternion" in said
    assert "backend interpreted: ready" in said


def test_check_and_its_diagnostics(installed: Path, tmp_path: Path) -> None:
    path = (installed, ROOT)
    run_symdsl("check", SAMPLE / "sample.sym", folder=tmp_path, path=path).expect(0)
    wrong = tmp_path / "wrong.sym"
    wrong.write_text((SAMPLE / "sample.sym").read_text(encoding="utf-8").replace("y: scalar", "y: vector(4)"))
    refused = run_symdsl("check", wrong, "--format", "json", folder=tmp_path, path=path).expect(1)
    assert "inner products give scalars" in refused.out
    unknown = run_symdsl("check", SAMPLE / "sample.sym", folder=tmp_path).expect(1)
    assert "SYM0204" in unknown.out


@pytest.mark.parametrize("backend", ["interpreted", "torch", "jax"])
def test_compile_and_verify(installed: Path, tmp_path: Path, backend: str) -> None:
    path, spec = (installed, ROOT), SAMPLE / "sample.sym"
    run_symdsl("compile", spec, "--backend", backend, "-o", "model.py", folder=tmp_path, path=path).expect(0)
    text = (tmp_path / "model.py").read_text(encoding="utf-8")
    assert "symdsl_sample" not in text
    compile(text, "model.py", "exec")
    said = run_symdsl(
        "verify", spec, "--backend", backend, "--format", "json", folder=tmp_path, path=path
    ).expect(0)
    report = json.loads(said.out)
    (turn,) = [each for each in report["measurements"] if each["quantity"] == "equivariance"]
    assert turn["subject"] == "turn"
    assert turn["elements"] == 8
    assert 0 < turn["error"] <= 1e-10
    assert report["variation"] > 1e-6


def test_train(installed: Path, tmp_path: Path) -> None:
    x = np.random.default_rng(0).standard_normal((60, 3, 4))
    np.savez(tmp_path / "data.npz", x=x, y=np.einsum("nd,nd->n", x[:, 0], x[:, 1]))
    run_symdsl(
        "train", SAMPLE / "sample.sym", "--data", "data.npz", "--allow-path", "--epochs", "2", "--backend", "torch",
        "-o", "run", folder=tmp_path, path=(installed, ROOT),
    ).expect(0)  # fmt: skip
    assert (tmp_path / "run" / "weights.safetensors").stat().st_size > 0


def test_two_packages_with_one_name_are_refused(installed: Path, tmp_path: Path) -> None:
    rival = tmp_path / "rival" / "symdsl_rival-1.0.dist-info"
    rival.mkdir(parents=True)
    (rival / "METADATA").write_text("Metadata-Version: 2.1\nName: symdsl-rival\nVersion: 1.0\n")
    (rival / "entry_points.txt").write_text("[symdsl.groups]\nQuaternion = symdsl_rival:group\n")
    path = (installed, rival.parent, ROOT)
    refused = run_symdsl("check", SAMPLE / "sample.sym", folder=tmp_path, path=path).expect(4)
    assert "SYM1007" in refused.err
    assert "symdsl-rival" in refused.err
    assert "symdsl-sample" in refused.err
