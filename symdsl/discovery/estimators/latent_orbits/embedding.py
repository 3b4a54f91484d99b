"""What a classifier makes of orbits: where its last hidden layer puts points of one class, near or far in the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.data.match import FieldArrays
from symdsl.discovery.estimators.latent_orbits.orbits import connected_parts
from symdsl.pipeline import Compilation, prepare
from symdsl.plan.interpret import interpret
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Embedding:
    """Held-out points (P, D), their classes (P,), their places in the last hidden layer (P, H), and the accuracy."""

    points: Array
    labels: Labels
    places: Array
    accuracy: float


def embed(
    points: Array, labels: Labels, hidden: Sequence[int], epochs: int, rate: float, backend: str | None, seed: int
) -> Embedding:
    """Train a classifier of points (P, D) on half of them, and embed the fifth that it never saw."""
    compilation = prepare(
        classifier(points.shape[1], int(labels.max()) + 1, hidden), Session(backend=backend, seed=seed)
    )
    scaled = (points - points.mean(axis=0)) / np.maximum(points.std(axis=0), 1e-12)
    data = FieldArrays("orbits", {"x": scaled, "y": labels}, len(points), {})
    options = {
        "epochs": epochs, "learning_rate": rate, "seed": seed, "batch": min(64, len(points) // 2),
        "split": (0.5, 0.3, 0.2), "evaluate_every": epochs, "schedule": "cosine",
    }  # fmt: skip
    result = train(compilation, compilation.instantiate(), data, read_options({}, options), quiet=True)
    test = result.split.test
    places = last_hidden(compilation, result.weights, scaled[test])
    return Embedding(points[test], labels[test], places, result.metrics["test.accuracy"])


def classifier(size: int, classes: int, hidden: Sequence[int]) -> str:
    """The spec of a dense classifier."""
    return f"""model orbits {{
  data {{
    x: scalar({size})
    y: label(classes = {classes})
  }}
  predict y from x by mlp {{ hidden = {list(hidden)}, activation = relu }}
}}"""


def last_hidden(compilation: Compilation, weights: dict[str, Array], points: Array) -> Array:
    """What the last layer is given (P, H), as the plan computes it."""
    root = compilation.program.root
    nodes = root.method("forward").nodes
    last = max(index for index, node in enumerate(nodes) if node.op == "call")
    wanted, found = nodes[last].operands[0], {}

    def keep(path: str, index: int, origin: int | None, value: Array) -> None:
        if not path:
            found[index] = value

    interpret(root, "forward", [points], weights, {}, trace=keep)
    return found[wanted]


def orbit_figures(embedding: Embedding, neighbours: int) -> dict[str, float]:
    """How much nearer a class is together in the last layer than in the input, and of how many parts it is.

    A spread is the mean squared distance of two points of one class over that of any two: 1 where classes mix, 0 where
    each is one place. Points of one class that are far apart in the input, and one place after, are one orbit's.
    """
    by_class = [np.flatnonzero(embedding.labels == each) for each in np.unique(embedding.labels)]
    large = [part for part in by_class if len(part) > 8]
    figures = {"classifier accuracy": embedding.accuracy}
    for name, places in (("input", embedding.points), ("last layer", embedding.places)):
        within = sum(len(part) * float(np.sum(np.var(places[part], axis=0))) for part in by_class)
        figures[f"spread of a class in the {name}"] = within / max(
            len(places) * float(np.sum(np.var(places, axis=0))), 1e-300
        )
        parts = [len(connected_parts(places[part], min(neighbours, max(4, len(part) // 10)))) for part in large]
        figures[f"parts of a class in the {name}"] = float(np.mean(parts)) if parts else float("nan")
    return figures
