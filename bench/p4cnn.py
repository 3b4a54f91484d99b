"""P4CNN against the plain floor and escnn, torch; and against its floor in jax.

python -m bench.p4cnn [--peer PYTHON]     PYTHON: an environment with torch and escnn (see bench/README.md)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.record import ROOT, Row, record

SPEC = """
model rotated_digits {
  param order: int = 4
  data {
    x: image(channels = 1, size = [28, 28])
    y: label(classes = 10)
  }
  symmetry rotation: C(order)
  predict y from x
  enforce rotation by group_convolution {
    layers = [conv(10, k = 3), conv(10, k = 3), pool(2), conv(10, k = 3), conv(10, k = 3), conv(10, k = 3),
              conv(10, k = 3), conv(10, k = 4), group_pool, space_pool]
  }
}
"""


def emit(folder: Path, order: int) -> None:
    """The emitted model and its folded form, each with a name MODEL for the root class."""
    from symdsl.artifact.weights import write_weights
    from symdsl.backends.backend import stored_constants
    from symdsl.pipeline import prepare
    from symdsl.session import Session
    from symdsl.verification.samples import random_weights

    compilation = prepare(SPEC, Session(parameters={"order": order}, backend="torch"))
    weights = random_weights(compilation.program.root, 0)
    program, arrays = compilation.fold(weights)
    for name, source, stored in (
        (f"c{order}", compilation.source, stored_constants(compilation.program)),
        (f"c{order}_folded", compilation.backend.emit(program, arrays), {**stored_constants(program), **arrays}),
    ):
        if stored:
            write_weights(folder / f"{name}.safetensors", stored)
        (folder / f"{name}.py").write_text(f"{source}\n\nMODEL = {compilation.program.root.class_name}\n")


def main() -> None:
    """Emit, measure, record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", default=sys.executable)
    peer = parser.parse_args().peer
    rows = []
    for order, train_bound, folded_bound in ((4, 0.75, 0.5), (8, 0.9, 0.65)):
        with tempfile.TemporaryDirectory() as name:
            emit(Path(name), order)
            command = [peer, str(ROOT / "bench" / "p4cnn_worker.py"), name, str(order)]
            times = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        floor = times["train ours"] / times["train plain"]
        title = f"C({order})"
        rows.append(
            Row(f"{title} training step, torch, against the plain floor", f"{floor:.2f}", "<= 1.10", floor <= 1.1)
        )
        rows.append(
            Row(
                f"{title} folded inference, batch 128, against the plain floor",
                f"{times['infer folded'] / times['infer plain']:.2f}",
            )
        )
        rows.append(Row(f"{title} building the emitted model", f"{times['build ours'] * 1e3:.1f} ms"))
        if "train escnn" in times:
            rows += against_escnn(title, times, train_bound, folded_bound)
    rows.append(jax_row())
    record("p4cnn", "P4CNN and C8 nets: cost", "python -m bench.p4cnn --peer PYTHON", rows)


def against_escnn(title: str, times: dict[str, float], train_bound: float, folded_bound: float) -> list[Row]:
    """The rows that compare with the best peer."""
    ratios = [
        ("training step, against escnn", times["train ours"] / times["train escnn"], train_bound),
        ("building, against escnn", times["build ours"] / times["build escnn"], 0.1),
        (
            "folded inference, batch 128, against escnn's export",
            times["infer folded"] / times["infer escnn export"],
            folded_bound,
        ),
        (
            "latency of one image, folded, against escnn in eval mode",
            times["latency folded"] / times["latency escnn"],
            0.7,
        ),
    ]
    return [Row(f"{title} {what}", f"{ratio:.2f}", f"<= {bound}", ratio <= bound) for what, ratio, bound in ratios]


def jax_row() -> Row:
    """The jax training step against its floor, in a process of one thread."""
    command = [sys.executable, str(ROOT / "bench" / "p4cnn_jax.py")]
    ratio = float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()[-1])
    return Row("C(4) training step, jax, against the plain floor", f"{ratio:.2f}", "<= 1.10", ratio <= 1.1)


if __name__ == "__main__":
    main()
