"""equivariant_mlp against emlp 1.0.3 and the plain mlp of the same widths: building cold, and a training step.

python -m bench.emlp --peer PYTHON [--channels 32 128 384]    PYTHON: an environment with emlp (see bench/README.md)
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

from bench.record import Row, record
from bench.worker import Worker

TASKS = {"o5": "O(5) invariant", "inertia": "O(3) inertia", "particle": "O(1,3) particle"}
ROUNDS = 3


def measure(peer: str, task: str, channels: int) -> dict[str, float]:
    """Seconds to build and medians of the ratios of steps, every net in turn in every round."""
    workers, found = {}, {}
    ours_on = [(backend, sys.executable, "emlp_ours.py", (backend,)) for backend in ("torch", "jax")]
    starts = [("emlp", peer, "emlp_peer.py", ()), *ours_on]
    for name, python, script, more in starts:
        workers[name], built = Worker.start(python, script, *more, task, str(channels))
        found[f"build {name}"] = built["build"]
    # what compiles at its first step does so alone
    workers["emlp"].seconds("equivariant", 1)
    for backend in ("torch", "jax"):
        for name in ("tensors", "scalars", "plain"):
            workers[backend].seconds(name, 1)
    ratios: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        peer_step = workers["emlp"].seconds("equivariant", 1)
        for backend in ("torch", "jax"):
            plain = workers[backend].seconds("plain", 5)
            for network, count in (("tensors", 3), ("scalars", 5)):
                ours = workers[backend].seconds(network, count)
                ratios.setdefault(f"{backend} {network} against emlp", []).append(peer_step / ours)
                ratios.setdefault(f"{backend} {network} against plain", []).append(ours / plain)
            if backend == "jax":
                ratios.setdefault("emlp against plain", []).append(peer_step / plain)
    for worker in workers.values():
        worker.stop()
    return found | {name: statistics.median(values) for name, values in ratios.items()}


def rows_of(task: str, channels: int, found: dict[str, float]) -> list[Row]:
    """The rows of one task at one width."""
    title = f"{TASKS[task]}, {channels} channels"
    ours, faster = found["build jax"], found["build emlp"] / found["build jax"]
    wide, asked = channels == 384, channels >= 128
    rows = [
        Row(f"{title}: emlp's cold build by ours (check, bases, emitted source)", f"{faster:.0f} times",
            ">= 50" if wide else "", faster >= 50 if wide else None),
        Row(f"{title}: our cold build", f"{ours:.2f} s", "<= 1 s" if wide else "", ours <= 1.0 if wide else None),
        Row(f"{title}: emlp's step in steps of the plain mlp, jax", f"{found['emlp against plain']:.0f}"),
    ]  # fmt: skip
    for network in ("tensors", "scalars"):
        for backend in ("torch", "jax"):
            gain, floor = found[f"{backend} {network} against emlp"], found[f"{backend} {network} against plain"]
            rows.append(Row(f"{title}: emlp's training step by ours of {network}, {backend}", f"{gain:.1f} times",
                            ">= 20" if asked else "", gain >= 20 if asked else None))  # fmt: skip
            rows.append(Row(f"{title}: our step of {network} in steps of the plain mlp, {backend}", f"{floor:.1f}"))
    return rows


def main() -> None:
    """Every task at every width; each row is printed as it comes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", required=True)
    parser.add_argument("--channels", type=int, nargs="+", default=[32, 128, 384])
    given = parser.parse_args()
    rows = []
    for channels in given.channels:
        for task in TASKS:
            found = measure(str(Path(given.peer).absolute()), task, channels)
            rows += rows_of(task, channels, found)
            print(task, channels, json.dumps(found), flush=True)
    notes = ("Three hidden layers, batch 500, Adam, float32, one thread; every net in turn in each of 3 rounds.",)
    record("emlp", "Equivariant mlps: cost", "python -m bench.emlp --peer PYTHON", rows, notes)


if __name__ == "__main__":
    main()
