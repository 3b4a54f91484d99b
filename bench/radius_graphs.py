"""Bodies with radius graphs: time and memory of finding edges and of one training step, 10 to 1,000 bodies.

    python -m bench.radius_graphs          about a minute on one core; draws docs/results/radius_graphs.png

The density is constant, so that edges grow as bodies do. What is shown is time and memory for each edge, which are
constant where both are linear in the number of edges.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from bench.record import RESULTS, Row, record
from symdsl.data.neighbours import within_radius
from symdsl.pipeline import prepare
from symdsl.session import Session

SPEC = """
model forces {
  data {
    axis bodies = any
    x: point(3) per bodies
    f: vector(3) per bodies
  }
  symmetry relabel: S(bodies)
  symmetry motion: E(3)
  predict f from x
  enforce relabel, motion by graph_network { hidden = [64, 64]; edges = radius(1.5) }
}
"""
SIZES = (10, 30, 100, 300, 1000)
REPEATS = 9


def main() -> None:
    """Measure, draw and record."""
    compiled = prepare(SPEC, Session(backend="torch"))
    module = compiled.instantiate().module
    found = [measure(module, size) for size in SIZES]
    draw(found, RESULTS / "radius_graphs.png")
    rows = [
        Row(f"{size} bodies: edges, step, memory", f"{edges}, {1e3 * step:.1f} ms, {memory / 1e6:.1f} MB")
        for size, edges, _, step, memory in found
    ]
    (_, edges, tree, step, memory), (_, before, first_tree, first_step, first_memory) = found[-1], found[2]
    growth = edges / before
    for what, ratio in (
        ("finding edges", tree / first_tree), ("a training step", step / first_step), ("memory", memory / first_memory),
    ):  # fmt: skip
        figure = f"{ratio:.1f} at {growth:.1f} times the edges"
        rows.append(Row(f"{what}, 1,000 bodies against 100", figure, "<= 1.5 times", ratio <= 1.5 * growth))
    record("radius_graphs", "Radius graphs of 10 to 1,000 bodies", "python -m bench.radius_graphs", rows)


def measure(module, size: int) -> tuple[int, int, float, float, float]:
    """(bodies, edges, seconds to find them, seconds of a step, bytes that a step holds)."""
    import torch

    torch.set_num_threads(1)
    generator = np.random.default_rng(size)
    points = generator.uniform(0.0, size ** (1 / 3), (size, 3))
    tree = best(lambda: within_radius(points, 1.5))
    senders, receivers = (torch.as_tensor(ends) for ends in within_radius(points, 1.5))
    x, f = (torch.as_tensor(array, dtype=torch.float32) for array in (points, generator.standard_normal((size, 3))))
    owner, count, mask = torch.zeros(size, dtype=torch.int64), torch.tensor([size]), torch.ones(1)
    kept: list[int] = []

    def step() -> None:
        module.zero_grad()
        module.objective(x, senders, receivers, owner, count, f, mask).backward()

    def held(tensor: torch.Tensor) -> torch.Tensor:
        kept.append(tensor.numel() * tensor.element_size())
        return tensor

    seconds = best(step)
    with torch.autograd.graph.saved_tensors_hooks(held, lambda tensor: tensor):
        module.objective(x, senders, receivers, owner, count, f, mask)
    return size, len(senders), tree, seconds, float(sum(kept))


def best(action) -> float:
    """The least of some times of the processor, after one that is not counted."""
    action()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def draw(found: list[tuple[int, int, float, float, float]], path: Path) -> None:
    """Time and memory over edges, both axes logarithmic, beside a line of slope 1."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    FigureCanvasAgg(figure)
    edges = np.array([row[1] for row in found], dtype=float)
    for axes, columns, label in zip(
        figure.subplots(1, 2), (((2, "finding edges"), (3, "training step")), ((4, "training step"),)),
        ("seconds", "bytes"), strict=True,
    ):  # fmt: skip
        for column, name in columns:
            values = np.array([row[column] for row in found])
            axes.loglog(edges, values, "o-", label=name)
            axes.loglog(edges, values[-1] * edges / edges[-1], ":", color="grey")
        axes.set_xlabel("edges")
        axes.set_ylabel(label)
        axes.legend()
    figure.savefig(path, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
