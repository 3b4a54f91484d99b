"""A full graph network block on 64 graphs of 30 nodes (or 20 to 40), all pairs: symdsl against the peers in turn.

python -m bench.graph_block --peer PYTHON     PYTHON: an environment with both (see bench/README.md); two minutes
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from bench.record import Row, record
from bench.worker import Worker

ROUNDS, RUNS = 7, 5
ONE_THREAD = "intra_op_parallelism_threads=1"
PAIRS = {"torch": "torch_geometric", "jax": "jraph"}
CASES = {
    ("torch", "equal"): {"forward": 0.5, "step": 0.65},
    ("torch", "ragged"): {"forward": 0.6, "step": 0.75},
    ("jax", "equal"): {"forward": 1.0, "step": 1.0},
}
"""By backend and kind of graphs: what our time by the peer's should be at most."""


def measure(peer: str, backend: str, kind: str) -> list[Row]:
    """Both workers in turn, round after round."""
    ours, _ = Worker.start(sys.executable, "graph_block_ours.py", backend, kind, flags=ONE_THREAD)
    theirs, _ = Worker.start(peer, "graph_block_peer.py", PAIRS[backend], kind, flags=ONE_THREAD)
    rows = []
    for what, target in CASES[backend, kind].items():
        times = [(ours.seconds(what, RUNS), theirs.seconds(what, RUNS)) for _ in range(ROUNDS)]
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
