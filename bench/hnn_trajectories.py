"""Hamiltonian networks fitted to derivatives and to trajectories: frequencies, and true energies along rollouts.

python -m bench.hnn_trajectories            spring, pendulum, two and three bodies, one process, within 10 minutes
python -m bench.hnn_trajectories spring     one of them

Systems and starts as Greydanus et al. 2019 (1906.01563). The states of spring and pendulum are noisy, and a fit of
derivatives at noisy states is slow by v / (v + s^2), 5 % for the spring (regression dilution).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from bench.hnn_energy import ATOL, STATES, orbit_starts
from bench.record import Row, record
from symdsl.check.fit import needed_names
from symdsl.data import three_body
from symdsl.data.gather import gather_data
from symdsl.data.source import parse_reference
from symdsl.data.system import find_system
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.simulation.methods import METHODS, Accuracy
from symdsl.simulation.motion import Motion
from symdsl.simulation.rollout import Trajectories, roll_out
from symdsl.training.loop import train
from symdsl.training.options import read_options

Array = np.ndarray
FITS = ("derivatives", "trajectories")


@dataclass(frozen=True)
class Task:
    """A simulator, the dimension of q, where rollouts start, how long they are, and the training of each fit."""

    name: str
    dimension: int
    starts: Array
    duration: float
    derivatives: str
    trajectories: str
    oscillates: bool = False


def orbits_within(smallest: float, largest: float) -> Array:
    """Radii uniform in those of the data: some of the published starts lie where nothing was seen."""
    generator = np.random.default_rng(0)
    radius, angle = generator.uniform(smallest, largest, STATES), generator.uniform(0, 2 * np.pi, STATES)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)[:, :, None]


def chaotic_starts() -> Array:
    """Three bodies with the disorder of the data, trial k drawn from the seed k."""
    drawn = [three_body.draw_initial(1, 0.2, np.random.default_rng(1000 + trial)) for trial in range(STATES)]
    return np.concatenate(drawn)


def tasks() -> tuple[Task, ...]:
    """The four systems; the training of `derivatives` is the published one, but for three bodies, which have less."""
    full = "epochs = 2000, batch = full, learning_rate = 0.001, weight_decay = 1e-4"
    windows = "horizon = 15, batch = 200, learning_rate = 0.003, schedule = cosine"
    return (
        Task("spring", 1, orbits_within(0.3, 1.0), 20, full, f"epochs = 150, {windows}", oscillates=True),
        Task("pendulum", 1, orbits_within(1.3, 2.3), 20, full, f"epochs = 100, {windows}", oscillates=True),
        Task("two_body", 4, orbit_starts(), 25, "epochs = 50, batch = 200",
             "epochs = 6, batch = 200, substeps = 2, schedule = cosine"),
        Task("three_body", 6, chaotic_starts(), 3, "epochs = 60, batch = 600",
             "epochs = 8, batch = 200, horizon = 4, substeps = 2, schedule = cosine"),
    )  # fmt: skip


def spec_of(task: Task, fit: str) -> str:
    """The model and its training."""
    over, told = (" over t", f"fit = trajectories, {task.trajectories}") if fit == "trajectories" else ("", "")
    source = "" if fit == "trajectories" else f' from "{task.name}:dz"'
    return f"""
    model {task.name} {{
      data {{
        z: phase_space(dim = {task.dimension}){over} from "{task.name}:z"
        dz: derivative(z){source}
      }}
      symmetry time: translation(t)
      predict dz from z
      enforce time by hamiltonian {{ hidden = [200, 200], activation = tanh }}
      train {{ {told or task.derivatives} }}
    }}
    """


def follow(task: Task, fit: str) -> tuple[Trajectories, float]:
    """(rollouts of the trained model with the truth beside them, seconds of training)."""
    compilation = prepare(spec_of(task, fit), Session(backend="jax"))
    stated = compilation.spec.training
    options = read_options(stated, {"evaluate_every": stated["epochs"]})
    model = compilation.instantiate()
    data = gather_data(compilation.spec, names=needed_names(compilation.spec))
    result = train(compilation, model, data, options, quiet=True)
    precise = prepare(spec_of(task, fit), Session(backend="torch", dtype="float64")).instantiate(result.weights)
    motion = Motion(compilation.spec, precise.call, {})
    times = np.linspace(0, task.duration, 401)
    truth = find_system(parse_reference(task.name))
    found = roll_out(
        motion, {"z": task.starts}, times, METHODS["rk45"], accuracy=Accuracy(1e-9, ATOL), system=truth
    )  # fmt: skip
    return found, result.seconds


def turned(states: Array) -> Array:
    """The angle that (q, p) has turned by, (N, T, 2, 1) -> (N,): the frequency, times the duration."""
    angle = np.unwrap(np.arctan2(states[:, :, 1, 0], states[:, :, 0, 0]), axis=1)
    return angle[:, -1] - angle[:, 0]


def rows_of(task: Task) -> list[Row]:
    """The figures of both fits."""
    rows = []
    for fit in FITS:
        found, seconds = follow(task, fit)
        label = f"{task.name}, fit of {fit}"
        if task.oscillates:
            errors = turned(found.states["z"]) / turned(found.truth["z"]) - 1
            figure = f"{np.mean(errors):+.2%} ({np.mean(np.abs(errors)):.2%})"
            target, met = ("within 0.5 %", bool(abs(np.mean(errors)) < 0.005)) if fit == "trajectories" else ("", None)
            rows.append(Row(f"{label}: error of the frequency, mean (mean size) of 15", figure, target, met))
        (energy,) = [each for each in found.quantities if each.name == "energy" and each.of == "true"]
        errors = np.mean(energy.change**2, axis=1)
        figure = f"{np.mean(errors):.1e} ({np.median(errors):.1e})"
        rows.append(Row(f"{label}: true energy error, mean (median) of 15 starts", figure))
        assert found.distance is not None
        distance = f"{np.median(np.mean(found.distance**2, axis=1)):.1e}"
        rows.append(Row(f"{label}: squared distance from the truth, median", distance))
        rows.append(Row(f"{label}: seconds of training", f"{seconds:.0f}"))
    return rows


def main() -> None:
    """All systems, or those that the command names."""
    chosen = [task for task in tasks() if task.name in sys.argv[1:] or len(sys.argv) == 1]
    rows = [row for task in chosen for row in rows_of(task)]
    notes = (
        "Seed 0. Spring and pendulum are learned from noisy states. Distances and energies are those of rollouts of "
        "the trained field, from states outside the data: t up to 20, 25 (two bodies) and 3 (three).",
    )
    record("hnn_trajectories", "Hamiltonian networks fitted to trajectories", "python -m bench.hnn_trajectories", rows,
           notes)  # fmt: skip


if __name__ == "__main__":
    main()
