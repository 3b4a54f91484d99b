"""A full graph network block on 64 graphs of 30 nodes (or 20 to 40), all pairs: symdsl against the peers in turn.

python -m bench.graph_block --peer PYTHON     PYTHON: an environment with both (see bench/README.md); two minutes
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.record import ROOT, Row, record

ROUNDS, RUNS = 7, 5
PAIRS = {"torch": "torch_geometric", "jax": "jraph"}
CASES = {
    ("torch", "equal"): {"forward": 0.5, "step": 0.65},
    ("torch", "ragged"): {"forward": 0.6, "step": 0.75},
    ("jax", "equal"): {"forward": 1.0, "step": 1.0},
}
"""By backend and kind of graphs: what our time by the peer's should be at most."""


@dataclass
class Worker:
    """A process that has built its block, and times it when it is told to."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, python: str, script: str, *arguments: str) -> Worker:
        """The worker, ready."""
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        # -P: this folder has modules of the peers' names
        command = [python, "-P", str(ROOT / "bench" / script), *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        worker = cls(subprocess.Popen(command, text=True, env=environment, **pipes))
        worker.answer()
        return worker

    def answer(self) -> dict[str, float]:
        """The next line of JSON. Raises SystemExit where the worker died."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise SystemExit(f"a worker of bench.graph_block ended: {self.process.args}")

    def seconds(self, name: str) -> float:
        """Median seconds of a few runs."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name} {RUNS}\n")
        self.process.stdin.flush()
        return self.answer()["seconds"]

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


def measure(peer: str, backend: str, kind: str) -> list[Row]:
    """Both workers in turn, round after round."""
    ours = Worker.start(sys.executable, "graph_block_ours.py", backend, kind)
    theirs = Worker.start(peer, "graph_block_peer.py", PAIRS[backend], kind)
    rows = []
    for what, target in CASES[backend, kind].items():
        times = [(ours.seconds(what), theirs.seconds(what)) for _ in range(ROUNDS)]
        ratio = statistics.median(one / other for one, other in times)
        name = f"{kind} sizes, {'forward pass' if what == 'forward' else 'training step'}"
        rows.append(Row(f"{backend} by {PAIRS[backend]}, {name}", f"{ratio:.2f}", f"<= {target:g}", ratio <= target))
        rows.append(Row(f"{backend}, {name}", f"{1e3 * min(one for one, _ in times):.0f} ms"))
        rows.append(Row(f"{PAIRS[backend]}, {name}", f"{1e3 * min(other for _, other in times):.0f} ms"))
    ours.stop()
    theirs.stop()
    return rows


def main() -> None:
    """Both backends, and graphs of one size or ragged ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", required=True)
    given = parser.parse_args()
    rows = [row for case in CASES for row in measure(str(Path(given.peer).absolute()), *case)]
    notes = (
        "Updates of two layers of 64 with silu, sums, outputs of nodes, edges and the whole; float32, one thread. "
        f"Medians of the ratios of {ROUNDS} rounds in which both take turns; times are those of the quickest round.",
    )
    record("graph_block", "Graph network block", "python -m bench.graph_block --peer PYTHON", rows, notes)


if __name__ == "__main__":
    main()
