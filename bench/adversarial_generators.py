"""LieGAN's two-body and Lorentz tasks (arXiv 2302.00236), generated: its own method here, and the null space beside it.

python -m bench.adversarial_generators

Five seeds a task, both methods in the same process on one thread; seconds are of CPU. About eight minutes on one core.
Two bodies: 814 orbits of 20 states (q1, p1, q2, p2), which lead to the next; four free blocks of 2 x 2, or one matrix
for all four. The data have q1 = -q2 and p1 = -p2, so that generators are compared on their span. Lorentz: two
four-momenta of the decay of a body that moves, and whether its mass is near 1.7. The game has the paper's constants,
but plays fewer epochs than its 100, whose time is that of an epoch, times 100.
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
from symdsl.data.gravity import by_body, follow_orbits
from symdsl.data.two_body import draw_initial
from symdsl.discovery.estimate import Silent
from symdsl.discovery.estimators.adversarial_generators.declaration import AdversarialGeneratorsOptions
from symdsl.discovery.estimators.adversarial_generators.estimator import estimate as play
from symdsl.discovery.estimators.null_space.declaration import NullSpaceOptions
from symdsl.discovery.estimators.null_space.estimator import estimate as null_space
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.families.catalogue import lorentz
from symdsl.groups.identification.closing import close

Array = NDArray[np.float64]
SEEDS = range(5)
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
PUBLISHED = 0.9975
PAPER_EPOCHS = 100
WANTED = 0.999


@dataclass(frozen=True)
class Task:
    """Data by seed, how near generators are to the truth, the dimension of the truth, and both methods' settings."""

    name: str
    data: Callable[[int], Problem]
    score: Callable[[Array, Problem], float]
    dimension: int
    game: dict[str, Any]
    steps: int


class Clock:
    """A watch that keeps the seconds of CPU of every step."""

    def stage(self, title: str, steps: int) -> None:
        """The clock starts."""
        self.start, self.times = time.process_time(), list[float]()

    def step(self, count: int = 1) -> None:
        """A time is kept."""
        self.times.append(time.process_time() - self.start)


def two_bodies(seed: int, tied: bool) -> Problem:
    """States and the next ones: (N, 4, 2) moved by one matrix, or (N, 8) by four blocks."""
    start = draw_initial(814, 0.05, np.random.RandomState(seed))
    z = follow_orbits(start, np.linspace(0, 8, 20), 1e-9)
    states = by_body(z.reshape(-1, 2, 4)).reshape(814, 20, 4, 2)
    shape = (-1, 4, 2) if tied else (-1, 8)
    blocks = np.eye(64)[np.kron(np.eye(4), np.ones((2, 2))).ravel() > 0].reshape(-1, 8, 8)
    now, then = states[:, :-1].reshape(shape), states[:, 1:].reshape(shape)
    return Problem(now, then, "dynamics", basis=None if tied else blocks)


def decays(seed: int, count: int = 10_000) -> Problem:
    """Two four-momenta (N, 2, 4) from bodies of mass near 1.7, class 1, or in [0.9, 2.5], boosted by up to 2."""
    random = np.random.default_rng(seed)
    labels = random.integers(2, size=count)
    mass = np.where(labels == 1, 1.7 + 0.1 * random.normal(size=count), random.uniform(0.9, 2.5, count))
    own = random.uniform(0.1, 0.4, (count, 2))
    sums, differences = own[:, 0] + own[:, 1], own[:, 0] - own[:, 1]
    momentum = np.sqrt((mass**2 - sums**2) * (mass**2 - differences**2)) / (2 * mass)
    along = momentum[:, None] * directions(random, count)
    p = np.empty((count, 2, 4))
    p[:, 0, 1:], p[:, 1, 1:] = along, -along
    p[:, :, 0] = np.sqrt(own**2 + momentum[:, None] ** 2)
    boosts = boost(random.uniform(0, 2, count), directions(random, count))
    return Problem(np.einsum("nij,nsj->nsi", boosts, p), labels, classes=2)


def directions(random: np.random.Generator, count: int) -> Array:
    """Unit vectors (N, 3)."""
    vectors = random.normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def boost(rapidity: Array, along: Array) -> Array:
    """Boosts (N, 4, 4)."""
    matrices = np.tile(np.eye(4), (len(rapidity), 1, 1))
    matrices[:, 0, 0] = np.cosh(rapidity)
    matrices[:, 0, 1:] = matrices[:, 1:, 0] = np.sinh(rapidity)[:, None] * along
    matrices[:, 1:, 1:] += (np.cosh(rapidity) - 1)[:, None, None] * along[:, :, None] * along[:, None, :]
    return matrices


def turn_cosine(generators: Array, problem: Problem) -> float:
    """|cosine| with the common rotation of all four vectors, both on the span of the data."""
    size = problem.dimension
    _, values, axes = np.linalg.svd(np.reshape(problem.x, (-1, size)), full_matrices=False)
    span = axes[values > 1e-8 * values[0]]
    found, truth = (span @ each @ span.T for each in (generators[0], np.kron(np.eye(size // 2), TURN)))
    return float(abs(np.sum(found * truth)) / np.linalg.norm(found) / np.linalg.norm(truth))


def metric_cosine(generators: Array, problem: Problem) -> float:
    """|cosine| with diag(1, -1, -1, -1) of the symmetric M of least sum_i |L_i^T M + M L_i|^2, as the paper has it."""
    size = problem.dimension
    pairs = [(row, column) for row in range(size) for column in range(row, size)]
    units = np.zeros((len(pairs), size, size))
    for unit, (row, column) in zip(units, pairs, strict=True):
        unit[row, column] = unit[column, row] = 1.0 if row == column else 2**-0.5
    changes = np.einsum("rji,ujk->urik", generators, units) + np.einsum("uij,rjk->urik", units, generators)
    found = np.einsum("u,uij->ij", np.linalg.svd(changes.reshape(len(units), -1).T)[2][-1], units)
    return float(abs(np.sum(found * METRIC)) / np.linalg.norm(found) / np.linalg.norm(METRIC))


def true_cosine(generators: Array, task: Task, problem: Problem) -> float:
    """The smallest principal cosine with the true algebra, of two bodies on the span of the data."""
    if task.dimension == 1:
        return turn_cosine(generators, problem)
    return principal_cosine(generators, lorentz(4).lie_algebra)


TASKS = (
    Task("two bodies, four blocks", lambda seed: two_bodies(seed, False), turn_cosine, 1, {"epochs": 40}, 1000),
    Task("two bodies, one matrix", lambda seed: two_bodies(seed, True), turn_cosine, 1, {"epochs": 20}, 1000),
    Task("Lorentz", decays, metric_cosine, 6, {"epochs": 30, "channels": 7, "blocks": 1}, 3000),
)


def game_of(task: Task, problem: Problem, seed: int) -> tuple[float, float, float, float]:
    """Of the game: the last score, its seconds, those until the score stays high, the principal cosine."""
    clock = Clock()
    settings = AdversarialGeneratorsOptions(**{"blocks": 4 if problem.dimension == 8 else 1, **task.game})
    learned = play(problem, Options(seed=seed), settings, clock).arrays["generators"]
    scores = [task.score(each, problem) for each in learned]
    below = [place for place, score in enumerate(scores) if score < WANTED]
    first = below[-1] + 1 if below else 0
    when = clock.times[first] if first < len(scores) else float("inf")
    principal = np.linalg.svd(learned[-1].reshape(len(learned[-1]), -1), full_matrices=False)[2][: task.dimension]
    return scores[-1], clock.times[-1], when, true_cosine(principal.reshape(-1, *learned.shape[2:]), task, problem)


def null_space_of(task: Task, problem: Problem, seed: int) -> tuple[float, float, float]:
    """Of the null space, closed to an exact algebra: the score, the seconds, and the principal cosine."""
    start = time.process_time()
    bounds = (task.dimension, task.dimension)
    found = null_space(problem, Options(bounds, seed=seed), NullSpaceOptions(members=3, steps=task.steps), Silent())
    generators = found.candidates[0].generators
    closed = close(generators)
    seconds = time.process_time() - start
    kept = generators if closed is None else closed.generators
    return task.score(kept, problem), seconds, true_cosine(kept, task, problem)


def rows_of(task: Task) -> list[Row]:
    """Both methods on all seeds."""
    games, ours = [], []
    for seed in SEEDS:
        problem = task.data(seed)
        games.append(game_of(task, problem, seed))
        ours.append(null_space_of(task, problem, seed))
        print(f"{task.name}, seed {seed}: game {games[-1]}, null space {ours[-1]}", flush=True)
    scores, seconds, reached, angles = (np.array(each) for each in zip(*games, strict=True))
    mine, cost, my_angles = (np.array(each) for each in zip(*ours, strict=True))
    epochs = task.game["epochs"]
    training = seconds / epochs * PAPER_EPOCHS
    sooner = float(np.min(training / cost))
    soon = bool(sooner >= 5 and np.min(mine) >= WANTED)
    times = f"{np.median(reached):.1f} ({sum(np.isfinite(reached))} of {len(reached)})"
    return [
        Row(f"{task.name}: cosine after {epochs} epochs of the game", spread(scores)),
        Row(
            f"{task.name}: cosine of the null space, closed",
            spread(mine),
            f"> {PUBLISHED}",
            bool(mine.min() > PUBLISHED),
        ),
        Row(f"{task.name}: seconds of the game, {PAPER_EPOCHS} epochs", f"{np.mean(training):.1f}"),
        Row(f"{task.name}: seconds until the game stays above {WANTED}, median", times),
        Row(f"{task.name}: seconds of the null space", f"{np.mean(cost):.1f}"),
        Row(f"{task.name}: null space above {WANTED}, times sooner than the game", f"{sooner:.1f}", ">= 5", soon),
        Row(f"{task.name}: smallest principal cosine of the game", spread(angles)),
        Row(f"{task.name}: smallest principal cosine of the null space, closed", spread(my_angles)),
    ]


def spread(values: Array) -> str:
    """The mean and the least of all seeds."""
    return f"{np.mean(values):.5f} (least {np.min(values):.5f})"


def main() -> None:
    """Measure and record."""
    import torch

    torch.set_num_threads(1)
    rows = [row for task in TASKS for row in rows_of(task)]
    record(
        "adversarial_generators", "Learned generators: LieGAN's tasks", "python -m bench.adversarial_generators", rows
    )


if __name__ == "__main__":
    main()
