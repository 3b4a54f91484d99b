"""`symdsl rollout`: a run folder in; a report, a table and pictures out, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from symdsl.artifact.weights import read_weights
from symdsl.cli.main import app
from tests.cli.conftest import Invoke

SPRING = """model spring {
  data {
    z: phase_space(dim = 1) from "spring(samples = 6, points = 10):z"
    dz: derivative(z) from "spring(samples = 6, points = 10):dz"
  }
  symmetry time: translation(t)
  predict dz from z NETWORK
  ENFORCED
  train { epochs = 2, batch = full }
}
"""
HAMILTONIAN = SPRING.replace("NETWORK", "").replace("ENFORCED", "enforce time by hamiltonian { hidden = [8] }")
LINEAR = SPRING.replace("NETWORK", "by mlp { hidden = [] }").replace("ENFORCED", "")
VECTORS = """model vectors {
  data {
    v: vector(2)
    y: scalar
  }
  predict y from v
  train { epochs = 1, batch = 2 }
}
"""


def trained(folder: Path, text: str, *arguments: str) -> Path:
    spec = folder / "model.sym"
    spec.write_text(text, encoding="utf-8")
    run = folder / "run"
    words = ["train", str(spec), "-o", str(run), "--backend", "torch", "--no-verify", *arguments]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("spring"), HAMILTONIAN)


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("linear"), LINEAR)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_the_report_of_a_run(invoke: Invoke, run: Path, backend: str) -> None:
    result = invoke("rollout", run, "--duration", "1", "--backend", backend, "--format", "json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["model"], said["method"], said["trajectories"], said["steps"]) == ("spring", "rk45", 5, 20)
    learned, true = said["quantities"]
    assert (learned["of"], true["of"], true["name"]) == ("learned", "true", "energy")
    assert 0 < max(learned["largest_change"]) < 1e-7
    assert max(true["largest_change"]) > 1e-4
    assert min(said["distance"]["largest"]) > 1e-3
    assert result.stderr == ""


def test_the_table_for_people(invoke: Invoke, run: Path) -> None:
    result = invoke("rollout", run, "--steps", "4", "--starts", "2")
    lines = result.stdout.splitlines()
    assert lines[0] == "spring: 2 trajectories of 4 steps of 0.05, to t = 0.2, by rk45"
    assert [line.split("  ")[0] for line in lines[2:]] == ["learned energy", "true energy", "distance from the truth"]


def test_trajectories_start_in_the_test_part(invoke: Invoke, run: Path, tmp_path: Path) -> None:
    from symdsl.data.source import load_data, parse_reference

    data = load_data(parse_reference("spring(samples = 6, points = 10)"))
    assert invoke("rollout", run, "--steps", "2", "--starts", "3", "-o", tmp_path / "out.npz").exit_code == 0
    first = np.load(tmp_path / "out.npz")["z"][::3]
    assert np.array_equal(first, np.asarray(data["z"])[[30, 40, 50]])
    chosen = ("--start", "7", "--start", "2")
    assert invoke("rollout", run, "--steps", "2", *chosen, "-o", tmp_path / "out.npz").exit_code == 0
    assert np.array_equal(np.load(tmp_path / "out.npz")["z"][::3], np.asarray(data["z"])[[7, 2]])


@pytest.mark.parametrize("method", ["rk45", "rk4", "midpoint"])
def test_a_written_state_and_all_files(invoke: Invoke, linear: Path, tmp_path: Path, method: str) -> None:
    """The linear field is known from the weights: the exponential of its matrix is the truth."""
    from scipy.linalg import expm

    result = invoke(
        "rollout", linear, "--state", "1.0,0.5", "--duration", "0.5", "--step-size", "0.005", "--method", method,
        "-o", tmp_path / "out.csv", "--plot", tmp_path / "out.png", "--animate", tmp_path / "out.gif",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.gif", "out.png"]
    rows = np.genfromtxt(tmp_path / "out.csv", delimiter=",", names=True)
    last = np.array([rows["z_0_0"][-1], rows["z_1_0"][-1]])
    arrays = list(read_weights(linear / "weights.safetensors").values())
    (matrix,) = [array.astype(np.float64) for array in arrays if array.shape == (2, 2)]
    (bias,) = [array.astype(np.float64) for array in arrays if array.shape == (2,)]
    candidates = []
    for each in (matrix, matrix.T):
        affine = np.zeros((3, 3))
        affine[:2, :2], affine[:2, 2] = each, bias
        candidates.append((expm(0.5 * affine) @ [1.0, 0.5, 1.0])[:2])
    assert min(np.max(np.abs(last - candidate)) for candidate in candidates) < 1e-5
    assert np.max(np.abs(last - [1.0, 0.5])) > 1e-3


def test_a_run_from_a_file_has_no_truth_unless_it_is_named(invoke: Invoke, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", z=random.standard_normal((20, 2, 1)), dz=random.standard_normal((20, 2, 1)))
    run = trained(tmp_path, HAMILTONIAN.replace("spring(samples = 6, points = 10)", "data.npz"))
    refused = invoke("rollout", run, "--steps", "3")
    assert refused.exit_code == 1
    assert "SYM0808" in refused.output
    assert invoke("rollout", run, "--steps", "3", "--state", "1,0").exit_code == 0
    allowed = ("rollout", run, "--steps", "3", "--allow-path", "--format", "json")
    said = json.loads(invoke(*allowed).stdout)
    assert said["distance"] is None
    assert [quantity["of"] for quantity in said["quantities"]] == ["learned"]
    said = json.loads(invoke(*allowed, "--truth", "pendulum").stdout)
    assert [quantity["of"] for quantity in said["quantities"]] == ["learned", "true"]
    said = json.loads(invoke("rollout", run, "--steps", "3", "--from", "pendulum", "--format", "json").stdout)
    assert said["distance"]["final"][0] > 0


FAULTS = {
    "no derivative": (("--steps", "2"), "SYM1231"),
    "numbers": (("--state", "1.0"), "SYM1232"),
    "sample": (("--start", "60"), "SYM1232"),
    "method": (("--method", "rk5"), "SYM1233"),
    "too long": (("--steps", "1000000000"), "SYM1236"),
    "much too long": (("--duration", "1e300"), "SYM1236"),
    "own limit": (("--steps", "10", "--limit-trajectory-numbers", "50"), "SYM1236"),
    "no simulator": (("--truth", "digits"), "SYM1237"),
    "other states": (("--truth", "two_body"), "SYM1237"),
    "both lengths": (("--steps", "2", "--duration", "1"), "SYM1011"),
    "both starts": (("--start", "2", "--state", "1,0"), "SYM1011"),
    "step": (("--step-size", "0"), "SYM1011"),
    "tolerance": (("--rtol", "nan"), "SYM1011"),
    "stdout": (("-o", "-"), "SYM1011"),
    "table": (("-o", "out.xlsx"), "SYM1230"),
    "plot": (("--plot", "out.jpg"), "SYM1230"),
    "animation": (("--animate", "out.mp4"), "SYM1230"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_usage(
    invoke: Invoke, run: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, code = FAULTS[name]
    if name == "no derivative":
        np.savez("data.npz", v=np.zeros((20, 2)), y=np.zeros(20))
        run = trained(tmp_path, VECTORS, "--data", "data.npz")
    before = sorted(tmp_path.iterdir())
    result = invoke("rollout", run, *arguments)
    assert result.exit_code == 2, result.output
    assert code in result.stderr
    assert result.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


def test_no_run_is_said(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("rollout", tmp_path / "nothing")
    assert result.exit_code == 2
    assert "SYM0901" in result.stderr


def test_changed_weights_are_refused(invoke: Invoke, tmp_path: Path) -> None:
    run = trained(tmp_path, HAMILTONIAN)
    (run / "spec.sym").write_text(HAMILTONIAN + "\n", encoding="utf-8")
    result = invoke("rollout", run, "--steps", "2")
    assert result.exit_code == 2
    assert "SYM0905" in result.stderr


def test_what_diverges_writes_nothing(invoke: Invoke, linear: Path, tmp_path: Path) -> None:
    result = invoke(
        "rollout", linear, "--method", "rk4", "--step-size", "1e6", "--steps", "100", "--starts", "2",
        "-o", tmp_path / "out.npz", "--plot", tmp_path / "out.png", "--animate", tmp_path / "out.gif",
    )  # fmt: skip
    assert result.exit_code == 5, result.output
    assert "SYM1234" in result.stderr
    assert "is no longer finite after t =" in result.stderr
    assert "its last finite state (z) is" in result.stderr
    assert list(tmp_path.iterdir()) == []
