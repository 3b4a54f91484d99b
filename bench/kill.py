"""Training that is killed at random moments and resumed, against training that is left alone: the same bytes?

python -m bench.kill [--kills 30] [--backend torch]      `kill -9`, at any moment: in an import, a step, a write
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.record import Row, record

FILES = ("weights.safetensors", "checkpoint.safetensors", "metrics.jsonl", "manifest.json")
SPEC = """model killed {
  data {
    x: image(channels = 1, size = [8, 8]) from "digits:images"
    y: label(classes = 10) from "digits:labels"
  }
  symmetry turn: C(4)
  predict y from x
  enforce turn by group_convolution {
    layers = [conv(4, k = 3), dropout(0.2), conv(10, k = 3), group_pool, space_pool]
  }
  train {
    epochs = EPOCHS
    batch = 64
    learning_rate = 0.003
    schedule = cosine
    warmup = 2
    clip = 1
    ema = 0.99
    keep = best
    evaluate_every = 2
    checkpoint_steps = 3
  }
}
"""
"""Statistics, noise, moments, an average and the best weights: all that a checkpoint has to hold."""
EPOCHS = {"torch": 40, "jax": 40}


def start(spec: Path, folder: Path, backend: str) -> subprocess.Popen[bytes]:
    """`symdsl train --resume` on one thread."""
    command = (sys.executable, "-m", "symdsl", "train", str(spec), "-o", str(folder), "--backend", backend, "--resume")
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=os.environ | threads, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait. Raises RuntimeError where the run failed by itself."""
    _, said = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(said.decode())


def kill_and_resume(spec: Path, folder: Path, backend: str, delays: Callable[[], float], kills: int) -> int:
    """Kill the run after each delay and go on, `kills` times or until it ends; then let it end. The number of kills."""
    killed = 0
    while killed < kills:
        process = start(spec, folder, backend)
        try:
            process.wait(timeout=delays())
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
            continue
        finish(process)
        return killed
    finish(start(spec, folder, backend))
    return killed


def differing(first: Path, second: Path) -> list[str]:
    """The files of two run folders that are not the same bytes."""
    return [name for name in FILES if (first / name).read_bytes() != (second / name).read_bytes()]


def measure(backend: str, kills: int) -> list[Row]:
    """One undisturbed run, and as many others as it takes to be killed so often."""
    with tempfile.TemporaryDirectory() as place:
        spec, alone = Path(place) / "killed.sym", Path(place) / "alone"
        spec.write_text(SPEC.replace("EPOCHS", str(EPOCHS[backend])))
        began = time.perf_counter()
        finish(start(spec, alone, backend))
        whole = time.perf_counter() - began
        generator = np.random.default_rng(0)
        done, runs, wrong = 0, 0, list[str]()
        while done < kills:
            folder = Path(place) / f"run-{runs}"
            done += kill_and_resume(spec, folder, backend, lambda: generator.uniform(0.2, whole), kills - done)
            wrong += differing(alone, folder)
            runs += 1
    figure = "the same bytes" if not wrong else f"differing: {', '.join(sorted(set(wrong)))}"
    what = f"{backend}: {done} kills of {runs} runs, resumed: {', '.join(FILES)}"
    return [Row(what, figure, "the same bytes", not wrong)]


def main() -> None:
    """Both backends, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--backend", choices=sorted(EPOCHS), action="append")
    given = parser.parse_args()
    rows = [row for backend in given.backend or sorted(EPOCHS) for row in measure(backend, given.kills)]
    notes = (
        "Moments are uniform over the time of a whole run, imports and writes included. The model has batch norm and "
        "dropout; training clips, averages the weights, keeps the best ones, and makes a checkpoint every third step.",
    )
    record("kill", "Training that is killed", f"python -m bench.kill --kills {given.kills}", rows, notes)


if __name__ == "__main__":
    main()
