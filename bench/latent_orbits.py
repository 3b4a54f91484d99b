"""Krippendorf & Syvaeri's tasks (arXiv 2003.13679): orbits as classes of a network, and the generators of their points.

python -m bench.latent_orbits

About three minutes on one core, five seeds a task. SO(2): level sets of V = -a r^2 + r^4 with a = 2.3 on [0, 1.6]^2, in
eleven classes at -1, -0.8, .. 1, each within 0.001 of its level. SO(n): one noisy sphere. SU(2): orbits of two complex
doublets, classes of the values of all their invariants, |H1|^2, |H2|^2, H1* H2 and det(H1 H2): what SU(2) leaves
invariant of one doublet has all of SO(4), and of two doublets without the determinant U(2).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.record import Row, record
from bench.spans import principal_cosine
from symdsl.discovery.estimate import Estimate, Silent
from symdsl.discovery.estimators.latent_orbits.declaration import LatentOrbitsOptions
from symdsl.discovery.estimators.latent_orbits.estimator import estimate
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.families.classical import special_unitary

Array = NDArray[np.float64]
SEEDS = range(5)
LEVELS = np.arange(-5, 6) / 5
HALF_WIDTH = 1e-3
OF_A_CLASS = 1000


@dataclass(frozen=True)
class Task:
    """Data by seed, the true Lie algebra, and the settings."""

    name: str
    data: Callable[[np.random.Generator], Problem]
    truth: Array
    settings: dict[str, Any]


def double_well(random: np.random.Generator) -> Problem:
    """A thousand points of each class of the double well."""
    points, labels = [np.empty((0, 2))] * len(LEVELS), []
    while min(len(each) for each in points) < OF_A_CLASS:
        x = random.uniform(0, 1.6, (1_000_000, 2))
        squares = np.sum(x**2, axis=1)
        potential = squares**2 - 2.3 * squares
        points = [
            np.concatenate([each, x[np.abs(potential - level) < HALF_WIDTH]])[:OF_A_CLASS]
            for each, level in zip(points, LEVELS, strict=True)
        ]
    labels = np.repeat(np.arange(len(LEVELS)), OF_A_CLASS)
    return Problem(np.concatenate(points), labels, classes=len(LEVELS))


def sphere(size: int, count: int, noise: float) -> Callable[[np.random.Generator], Problem]:
    """Points about the unit sphere of R^n, each coordinate with noise."""

    def draw(random: np.random.Generator) -> Problem:
        x = random.normal(size=(count, size))
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        return Problem(x + noise * random.normal(size=x.shape), None, law="density")

    return draw


def doublets(orbits: int, count: int, noise: float) -> Callable[[np.random.Generator], Problem]:
    """Orbits of two complex doublets as (N, 2, 4), real parts first, and which orbit each is on."""

    def draw(random: np.random.Generator) -> Problem:
        found = []
        group = special_unitary(2)
        for _ in range(orbits):
            first = random.normal(size=(2, 4))
            elements = group.sample(random, count)
            found.append(np.einsum("pij,sj->psi", elements, first / np.linalg.norm(first)))
        x = np.concatenate(found)
        labels = np.repeat(np.arange(orbits), count)
        return Problem(x + noise * random.normal(size=x.shape), labels, classes=orbits)

    return draw


def tasks() -> list[Task]:
    """The paper's three, and rotations in more dimensions."""
    rotations = {size: special_orthogonal(size).lie_algebra for size in range(2, 7)}
    found = [
        Task("SO(2), double well", double_well, rotations[2], {}),
        Task("SO(3), noisy sphere, 1,000 points", sphere(3, 1000, 0.05), rotations[3], {}),
    ]
    counts = {4: 3000, 5: 5000, 6: 8000}
    found += [
        Task(f"SO({size}), noisy sphere, {count:,} points", sphere(size, count, 0.02), rotations[size], {})
        for size, count in counts.items()
    ]
    name = "SU(2), two complex doublets, 8 orbits"
    tangents = {"regression": "tangents"}
    return [*found, Task(name, doublets(8, 500, 0.01), special_unitary(2).lie_algebra, tangents)]


def rows_of(task: Task) -> list[Row]:
    """What came out of all seeds."""
    runs: list[Estimate] = []
    start = time.perf_counter()
    for seed in SEEDS:
        problem = task.data(np.random.default_rng(seed))
        runs.append(estimate(problem, Options(seed=seed), LatentOrbitsOptions(**task.settings), Silent()))
    seconds = (time.perf_counter() - start) / len(SEEDS)
    wanted = len(task.truth)
    sizes = [len(run.candidates[0].generators) for run in runs]
    cosines = [principal_cosine(run.candidates[0].generators, task.truth) for run in runs]
    right = sum(size == wanted for size in sizes)
    rows = [
        Row(f"{task.name}: dimension {wanted} found", f"{right} of {len(runs)}", "all", right == len(runs)),
        Row(f"{task.name}: smallest principal cosine", f"{min(cosines):.5f}", "> 0.99", min(cosines) > 0.99),
        Row(f"{task.name}: seconds, data included", f"{seconds:.1f}"),
    ]
    if "explained variance" in runs[0].arrays:
        shares = np.mean([np.append(run.arrays["explained variance"], 0.0)[: wanted + 1] for run in runs], axis=0)
        text = " ".join(f"{share:.3f}" for share in shares[:-1]) + f" | {shares[-1]:.1e}"
        rows.append(Row(f"{task.name}: explained variances, and the next", text))
    else:
        defects = np.mean([run.spectrum.values[: wanted + 1] for run in runs if run.spectrum], axis=0)
        text = " ".join(f"{defect:.3f}" for defect in defects[:-1]) + f" | {defects[-1]:.3f}"
        rows.append(Row(f"{task.name}: defects, and the next", text))
    for name in ("classifier accuracy", "spread of a class in the input", "spread of a class in the last layer",
                 "parts of a class in the input", "parts of a class in the last layer"):  # fmt: skip
        if name in runs[0].figures:
            values = [run.figures[name] for run in runs]
            rows.append(Row(f"{task.name}: {name}", f"{np.mean(values):.3f} +- {np.std(values):.3f}"))
    return rows


def main() -> None:
    """Measure and record."""
    rows = [row for task in tasks() for row in rows_of(task)]
    record("latent_orbits", "Orbits and their generators", "python -m bench.latent_orbits", rows)


if __name__ == "__main__":
    main()
