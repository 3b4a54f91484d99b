"""Two processes of torch, or two devices of jax, against one, with the same global batch: the same loss for 100 steps.

python -m bench.parallel
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.record import ROOT, Row, record
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.verification.samples import random_inputs

EXAMPLES = ("rotated_digits/p4cnn.sym", "inertia/inertia.sym", "particle/particle.sym", "spring/spring.sym")
SAMPLES, STEPS, TARGET = 20, 100, 1e-6
ONE = ("-m", "symdsl")
TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "symdsl")


def write_data(example: Path, path: Path) -> None:
    """Random arrays for every field in use."""
    spec, generator = prepare(example, Session()).spec, np.random.default_rng(0)
    arrays = dict(random_inputs(spec, generator, SAMPLES))
    for name in spec.outputs:
        field = spec.fields[name]
        labels = field.kind == "label"
        shape = (SAMPLES, *field.shape)
        arrays[name] = generator.integers(0, field.classes or 1, shape) if labels else generator.standard_normal(shape)
    sources = {name: spec.fields[name].source for name in arrays}
    np.savez(path, **{source.key or name if (source := sources[name]) else name: arrays[name] for name in arrays})


def losses(
    folder: Path, name: str, example: Path, backend: str, dtype: str, start: tuple[str, ...], *more: str
) -> np.ndarray:
    """The loss of every step."""
    settings = {"batch": "full", "epochs": STEPS, "evaluate_every": 1, "split": "[1, 0, 0]", "checkpoint_every": STEPS}
    given = [each for key, value in settings.items() for each in ("--set", f"train.{key}={value}")]
    command = [sys.executable, *start, "train", str(example), "--data", str(folder / "data.npz"), "--allow-path"]
    command += ["-o", str(folder / name), "--backend", backend, "--dtype", dtype, "--no-verify", *given, *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stderr)
    lines = (folder / name / "metrics.jsonl").read_text().splitlines()
    return np.array([json.loads(line)["train.loss"] for line in lines])


def difference(example: Path, backend: str, dtype: str) -> float:
    """The largest difference of the two curves, over the loss at the start."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_data(example, folder / "data.npz")
        one = losses(folder, "one", example, backend, dtype, ONE)
        start, more = (TWO, ()) if backend == "torch" else (ONE, ("--devices", "2"))
        two = losses(folder, "two", example, backend, dtype, start, *more)
    assert len(one) == len(two) == STEPS
    return float(np.max(np.abs(one - two)) / one[0])


def main() -> None:
    """Four families, both backends, both precisions."""
    rows = []
    for dtype in ("float32", "float64"):
        for backend, word in (("torch", "2 processes (gloo)"), ("jax", "2 host devices")):
            for name in EXAMPLES:
                found = difference(ROOT / "examples" / name, backend, dtype)
                what = f"{Path(name).stem}, {backend}, {word} against 1, {dtype}: loss over {STEPS} steps"
                rows.append(Row(what, f"{found:.1e}", f"<= {TARGET:.0e}", found <= TARGET))
    notes = (
        f"The largest difference of the loss at any step, over the first loss; {SAMPLES} random samples in one batch. "
        "In float32 a difference in the last bit grows as training goes on.",
    )
    record("parallel", "One run on several devices", "python -m bench.parallel", rows, notes)


if __name__ == "__main__":
    main()
