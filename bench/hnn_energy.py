"""Hamiltonian networks against plain ones on the spring, the pendulum and two bodies: losses, and true energies.

python -m bench.hnn_energy        Greydanus et al. 2019 (1906.01563), table 1; energies of the true system throughout
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.record import ROOT, Row, record
from symdsl.data import two_body
from symdsl.data.gather import gather_data
from symdsl.data.source import parse_reference
from symdsl.data.system import find_system
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.simulation.methods import METHODS, Accuracy
from symdsl.simulation.motion import Motion
from symdsl.simulation.rollout import roll_out
from symdsl.training.loop import train
from symdsl.training.options import read_options

Array = np.ndarray
STATES, SEEDS = 15, (0, 1, 2)
ATOL = 1e-6
"""SciPy's own, as published."""


@dataclass(frozen=True)
class System:
    """An example, named as its source, its initial states (15, 2, d), and how long it is followed.

    `losses` and `energy` are the train and test loss and the mean energy error of the official code run again, seed 0.
    """

    name: str
    starts: Array
    duration: float
    points: int
    rtol: float
    losses: tuple[float, float]
    energy: float
    factor: float


def oscillator_starts() -> Array:
    """Every coordinate uniform in +-[0.2, 1], as published."""
    drawn = np.random.default_rng(0).uniform(-0.8, 0.8, (STATES, 2, 1))
    return drawn + 0.2 * np.sign(drawn)


def orbit_starts() -> Array:
    """Near circular orbits, trial k drawn from the seed k, as published."""
    drawn = [two_body.draw_initial(1, 0.05, np.random.RandomState(trial)) for trial in range(STATES)]
    return np.concatenate(drawn)


def systems() -> tuple[System, ...]:
    """The three tasks; a loss meets its target within 2 %, that of two bodies, which varies with the seed, within 3
    times; an energy error within 2 and 3 times."""
    oscillations, orbits = oscillator_starts(), orbit_starts()
    return (
        System("spring", oscillations, 20, 100, 1e-9, (3.6928e-2, 3.5916e-2), 2.7e-4, 2),
        System("pendulum", oscillations, 20, 100, 1e-9, (3.2787e-2, 3.5587e-2), 6.2e-4, 2),
        System("two_body", orbits, 25, 500, 1e-6, (6.49e-6, 6.35e-6), 3.1e-5, 3),
    )


def energy_errors(system: System, motion: Motion) -> Array:
    """Mean over time of (H(t) - H(0))^2 with the true H, for each initial state; H(0) is what the true flow keeps."""
    times = np.linspace(0, system.duration, system.points)
    truth = find_system(parse_reference(system.name))
    assert truth is not None
    accuracy = Accuracy(system.rtol, ATOL)
    found = roll_out(motion, {"z": system.starts}, times, METHODS["rk45"], accuracy=accuracy, system=truth)
    (energy,) = [each for each in found.quantities if each.name == "energy"]
    return np.mean(energy.change**2, axis=1)


def measure(system: System, enforced: bool, seed: int) -> tuple[float, float, Array]:
    """(train loss, test loss, energy errors) after the training that the example writes; the data are of seed 0."""
    path = ROOT / "examples" / system.name / f"{system.name}.sym"
    text = path.read_text()
    if not enforced:
        lines = [line for line in text.splitlines() if not line.strip().startswith("enforce")]
        predict = next(index for index, line in enumerate(lines) if line.strip().startswith("predict"))
        lines[predict] += " by mlp { hidden = [200, 200], activation = tanh }"
        text = "\n".join(lines)
    compilation = prepare(text, Session(backend="torch", seed=seed))
    stated = compilation.spec.training
    options = read_options(stated, {"evaluate_every": stated["epochs"], "seed": seed})
    model = compilation.instantiate()
    result = train(compilation, model, gather_data(compilation.spec), options, quiet=True)
    errors = energy_errors(system, Motion(compilation.spec, model.call, {}))
    return result.metrics["train.loss"], result.metrics["test.loss"], errors


def rows_of(system: System, enforced: bool) -> list[Row]:
    """Seed 0 against the official code run again with seed 0; then the spread over seeds."""
    runs = [measure(system, enforced, seed) for seed in SEEDS]
    label = f"{system.name}, {'Hamiltonian' if enforced else 'plain'} network"
    train_loss, test_loss, errors = runs[0]
    mean, median = float(np.mean(errors)), float(np.median(errors))
    slack = 3.0 if system.name == "two_body" else 1.02
    fits = train_loss <= slack * system.losses[0] and test_loss <= slack * system.losses[1]
    means = ", ".join(f"{np.mean(run[2]):.1e} ({np.median(run[2]):.1e})" for run in runs)
    return [
        Row(
            f"{label}: train / test loss",
            f"{train_loss:.3e} / {test_loss:.3e}",
            f"{system.losses[0]:.3e} / {system.losses[1]:.3e}" if enforced else "",
            fits if enforced else None,
        ),
        Row(
            f"{label}: true energy error, mean (median) of 15 starts",
            f"{mean:.1e} ({median:.1e})",
            f"about {system.energy:.1e}" if enforced else "",
            mean <= system.factor * system.energy if enforced else None,
        ),
        Row(f"{label}: the same for seeds {', '.join(map(str, SEEDS))}", means),
    ]


def main() -> None:
    """Three systems, both networks."""
    rows = [row for system in systems() for enforced in (True, False) for row in rows_of(system, enforced)]
    notes = (
        "The losses of spring and pendulum tie by construction (the inputs are noisy); the energy separates the "
        "networks. Targets are the official code run again, seed 0, with the true energies and other draws of the 15 "
        "states. Met: losses within 2 % (two bodies, whose loss varies with the seed: within 3 times), mean energy "
        "error within 2 times (two bodies: 3 times).",
    )
    record("hnn_energy", "Hamiltonian networks: energy", "python -m bench.hnn_energy", rows, notes)


if __name__ == "__main__":
    main()
