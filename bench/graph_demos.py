"""The three demos of graph networks: fractions of graphs that are solved, and trajectories of a chain.

    python -m bench.graph_demos [sorting] [shortest_path] [chain]

All three take about 5 minutes of one core: 6,000 to 12,000 updates, where the demos of Battaglia et al. (2018,
arXiv:1806.01261) take 10,000 to 100,000 with a loss at every step. Test graphs are drawn with other seeds, 500 of each
size. A chain is followed for 50 steps of 0.1 from its own predictions; its error is the mean distance of a mass from
where it should be, beside how far masses move at all.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.record import ROOT, Row, record
from symdsl.backends.backend import CompiledModel
from symdsl.check.spec import Model
from symdsl.data.gather import gather_data
from symdsl.data.mass_spring_chain import STEP, STEPS, Chain, draw_chain
from symdsl.data.match import FieldArrays
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options

FOLDER = ROOT / "examples" / "graph_demos"
GRAPHS, BATCH, SEED = 500, 50, 1000
SIZES: Mapping[str, tuple[tuple[int, int], ...]] = {
    "sorting": ((8, 16), (17, 24), (25, 32)),
    "shortest_path": ((8, 16), (17, 24), (25, 32)),
}
CHAINS = (4, 5, 6, 7, 8, 9)


def main() -> None:
    """Train, measure and record what is named, or all three."""
    asked = sys.argv[1:] or ["sorting", "shortest_path", "chain"]
    rows = [row for name in asked for row in (chain() if name == "chain" else labels(name))]
    command = " ".join(["python -m bench.graph_demos", *sys.argv[1:]])
    notes = ("target at the sizes of training; larger graphs were never seen in training",)
    record("graph_demos", "The demos of graph networks", command, rows, notes)


def trained(name: str) -> tuple[Model, CompiledModel]:
    """The example's model after its training."""
    compiled = prepare(FOLDER / f"{name}.sym", Session(backend="torch"))
    model = compiled.instantiate()
    data = gather_data(compiled.spec, folder=FOLDER)
    train(compiled, model, data, read_options(compiled.spec.training), quiet=True)
    return compiled.spec, model


def labels(name: str) -> list[Row]:
    """The fraction of graphs all of whose nodes and edges are labelled right."""
    spec, model = trained(name)
    rows = []
    for least, most in SIZES[name]:
        source = f"{name}(samples = {GRAPHS}, minimum = {least}, maximum = {most}, seed = {SEED})"
        solved = float(np.mean(graphs_solved(spec, model, gather_data(spec, source))))
        first = (least, most) == SIZES[name][0]
        met = solved > 0.95 if first else None
        rows.append(Row(f"{name}, {least} to {most} nodes: solved", f"{solved:.3f}", "> .95" if first else "", met))
    return rows


def graphs_solved(spec: Model, model: CompiledModel, data: FieldArrays) -> NDArray[np.bool_]:
    """(graphs,) whether every label of a graph is right."""
    found = []
    for start in range(0, data.count, BATCH):
        part = np.arange(start, min(start + BATCH, data.count))
        inputs = {name: data.take(name, part) for name in spec.inputs}
        right = np.ones(len(part), dtype=bool)
        for name, output in zip(spec.outputs, model.call("forward", *inputs.values()), strict=True):
            owner = inputs["sample_of_g_nodes"]
            owner = owner if spec.fields[name].rows == "g_nodes" else owner[inputs["g_senders"]]
            np.logical_and.at(right, owner, np.argmax(output, axis=-1) == data.take(name, part))
        found.append(right)
    return np.concatenate(found)


def chain() -> list[Row]:
    """The error of trajectories, for each number of masses, 20 chains each, spaced by 0.5."""
    _, model = trained("chain")
    rows = []
    for count in CHAINS:
        generator = np.random.default_rng(SEED + count)
        chains = [draw_chain(count, generator, spacing=0.5) for _ in range(20)]
        true, followed = np.stack([each.follow()[0] for each in chains]), rollout(model, chains)
        error = float(np.linalg.norm(followed - true, axis=-1)[:, :, 1:-1].mean())
        moved = float(np.linalg.norm(true - true[:, :1], axis=-1)[:, :, 1:-1].mean())
        seen = "" if 5 <= count <= 8 else " (never seen)"
        rows.append(Row(f"chain of {count} masses{seen}: error over 50 steps", f"{error:.4f} of {moved:.3f}"))
    return rows


def rollout(model: CompiledModel, chains: list[Chain]) -> NDArray[np.float64]:
    """(chains, 51, masses, 2) places of chains of one size, from the velocities that the model gives itself."""
    count, size = len(chains), len(chains[0].places)
    senders, receivers = chains[0].ends()
    first = size * np.arange(count)[:, None]
    given = [
        np.concatenate([each.springs() for each in chains]), np.stack([each.gravity for each in chains]),
        (senders + first).ravel(), (receivers + first).ravel(), np.repeat(np.arange(count), size), np.full(count, size),
    ]  # fmt: skip
    fixed = np.tile(chains[0].fixed, count)[:, None]
    places = [np.concatenate([each.places for each in chains])]
    velocities = np.zeros_like(places[0])
    for _ in range(STEPS):
        node = np.concatenate([places[-1], velocities, fixed], axis=1)
        (found,) = model.call("forward", node, *given)
        # the fixed ends are given, not predicted
        velocities = np.asarray(found, dtype=np.float64) * (1.0 - fixed)
        places.append(places[-1] + STEP * velocities)
    return np.stack(places).reshape(STEPS + 1, count, size, 2).swapaxes(0, 1)


if __name__ == "__main__":
    main()
