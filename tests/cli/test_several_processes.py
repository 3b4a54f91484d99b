"""Two processes of torch, or two devices of jax, give the run of one with the same batches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from safetensors.numpy import load_file

SPEC = """
model turned {
  data {
    x: image(channels = 1, size = [9, 9])
    y: label(classes = 3)
  }
  symmetry turn: C(4)
  symmetry any: SO(2)
  predict y from x
  enforce turn by group_convolution {
    layers = [conv(3, k = 3), dropout(0.3), conv(3, k = 3, padding = 1), conv(3, k = 3), group_pool, space_pool]
  }
  enforce any by augmentation { copies = 2 }
  enforce any by invariance_loss { weight = 0.2 }
  train { epochs = 4, batch = 11, split = [0.6, 0.2, 0.2], learning_rate = 0.01, clip = 5.0, ema = 0.9 }
}
"""
TOLERANCE = 1e-9
"""In float64: in float32 a bias in front of batch norm, which no loss depends on, drifts with the rounding."""
ALONE = ("-m", "symdsl")
TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "symdsl")
APART = """
import symdsl.training.share as share
from symdsl.cli.main import main
share.NORMS = ()
main()
"""
STOPPED = """
import os
from symdsl.cli.main import main
from symdsl.training.run_folder import RunFolder
save = RunFolder.save_checkpoint
def save_and_die(folder, checkpoint):
    save(folder, checkpoint)
    if checkpoint.step >= 6:
        os._exit(1)
RunFolder.save_checkpoint = save_and_die
main()
"""


def train(place: Path, name: str, start: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[str]:
    given = ["turned.sym", "--data", "turned.npz", "-o", name, "--dtype", "float64", *options]
    command = [sys.executable, *start, "train", *given]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


def losses(place: Path, name: str) -> np.ndarray:
    lines = (place / name / "metrics.jsonl").read_text().splitlines()
    return np.array([[json.loads(line)[key] for key in ("train.loss", "validation.loss")] for line in lines])


def difference(place: Path, first: str, second: str) -> tuple[float, float]:
    """Relative, of the losses and of the weights."""
    one, two = losses(place, first), losses(place, second)
    weights = [load_file(place / name / "weights.safetensors") for name in (first, second)]
    assert one.shape == two.shape == (4, 2)
    assert weights[0].keys() == weights[1].keys()
    of_weights = max(float(np.max(np.abs(weights[0][key] - weights[1][key]))) for key in weights[0])
    return float(np.max(np.abs(one - two) / np.abs(one))), of_weights


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the spec, data of an odd number of samples, and a run of one process on each backend."""
    folder = tmp_path_factory.mktemp("processes")
    generator = np.random.default_rng(0)
    np.savez(folder / "turned.npz", x=generator.standard_normal((57, 1, 9, 9)), y=generator.integers(0, 3, 57))
    (folder / "turned.sym").write_text(SPEC)
    for backend in ("torch", "jax"):
        run = train(folder, f"{backend}_one", ALONE, "--backend", backend, "--no-verify")
        assert run.returncode == 0, run.stderr
    return folder


def test_two_processes_of_torch_are_one(place: Path) -> None:
    run = train(place, "torch_two", TWO, "--backend", "torch")
    assert run.returncode == 0, run.stderr
    of_losses, of_weights = difference(place, "torch_one", "torch_two")
    assert of_losses <= TOLERANCE
    assert of_weights <= TOLERANCE
    assert run.stdout.count("test.loss") == 1
    assert (place / "torch_two" / "manifest.json").exists()


def test_statistics_of_each_part_alone_would_be_found_out(place: Path) -> None:
    (place / "apart.py").write_text(APART)
    run = train(place, "torch_apart", (*TWO[:-2], "apart.py"), "--backend", "torch", "--no-verify")
    assert run.returncode == 0, run.stderr
    assert difference(place, "torch_one", "torch_apart")[0] > 1e-4


def test_a_run_of_two_processes_goes_on_in_one(place: Path) -> None:
    """Its checkpoint is that of one process."""
    options = ("--backend", "torch", "--no-verify", "--set", "train.checkpoint_steps=3")
    (place / "stopped.py").write_text(STOPPED)
    half = train(place, "torch_half", (*TWO[:-2], "stopped.py"), *options)
    assert half.returncode != 0
    assert not (place / "torch_half" / "weights.safetensors").exists()
    whole = train(place, "torch_half", ALONE, *options, "--resume")
    assert whole.returncode == 0, whole.stderr
    assert difference(place, "torch_one", "torch_half")[0] <= TOLERANCE


def test_two_devices_of_jax_are_one(place: Path) -> None:
    run = train(place, "jax_two", ALONE, "--backend", "jax", "--devices", "2", "--no-verify")
    assert run.returncode == 0, run.stderr
    of_losses, of_weights = difference(place, "jax_one", "jax_two")
    assert of_losses <= TOLERANCE
    assert of_weights <= TOLERANCE


def test_devices_that_are_not_there(place: Path) -> None:
    alone = train(place, "none", ALONE, "--backend", "torch", "--devices", "2")
    assert alone.returncode == 2
    assert "SYM1013" in alone.stderr
    assert "torchrun --nproc-per-node 2" in alone.stderr
    few = train(place, "none", TWO, "--backend", "torch", "--set", "train.batch=1")
    assert few.returncode != 0
    assert "SYM1013" in few.stderr
    assert not (place / "none" / "weights.safetensors").exists()


@pytest.mark.parametrize("command", ["evaluate", "predict", "verify"])
@pytest.mark.parametrize(("backend", "device"), [("torch", "mps:3"), ("jax", "tpu")])
def test_no_command_computes_on_a_device_that_is_not_there(
    place: Path, command: str, backend: str, device: str, invoke: Callable[..., Result]
) -> None:
    data = [] if command == "verify" else ["--data", place / "turned.npz"]
    weights = place / f"{backend}_one"
    run = invoke(
        command, place / "turned.sym", "--weights", weights, "--backend", backend, "--device", device, *data
    )
    assert run.exit_code == 4
    assert "SYM1003" in run.stderr
