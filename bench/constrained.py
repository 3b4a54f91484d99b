"""Bodies tied by rods: Hamiltonian networks in Cartesian coordinates with the rods, against those in angles.

python -m bench.constrained          3-pendulum and gyroscope, one process, within 10 minutes
python -m bench.constrained 12       as many times the epochs: about half an hour for each of the four networks

As Finzi, Wang, Wilson 2020 (2010.13581): trajectories of 5 states, absolute errors, and the geometric mean over 100
steps of the relative error |x - x'| / |x + x'|, here of the positions. Published: HNN over CHNN 136 (3-pendulum), 124
(gyroscope).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.record import Row, record
from symdsl.check.fit import needed_names
from symdsl.data.chain_pendulum import ChainPendulumOptions, from_angles
from symdsl.data.gather import gather_data
from symdsl.data.gyroscope import axes_of
from symdsl.data.source import load_data, parse_reference
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.simulation.methods import METHODS, Accuracy
from symdsl.simulation.motion import Motion
from symdsl.simulation.rollout import roll_out
from symdsl.training.loop import train
from symdsl.training.options import read_options

Array = np.ndarray
EPOCHS, TESTED = 40, 40
TRAIN = "fit = trajectories, horizon = 4, loss = mean_absolute_error, batch = 200, optimiser = adamw, "
TRAIN += "learning_rate = 0.003, weight_decay = 1e-4, schedule = cosine, clip = 1.0"


@dataclass(frozen=True)
class Task:
    """A source, its bodies and their dimension, the rods of a spec, and positions (.., bodies, d) of angles (.., k)."""

    name: str
    bodies: int
    dimension: int
    rods: str
    places: Callable[[Array], Array]


def chain_places(angles: Array) -> Array:
    """(N, 3) -> (N, 3, 2)."""
    masses, lengths = ChainPendulumOptions().constants
    return from_angles(angles, np.zeros_like(angles), masses, lengths)[:, :, 0]


TASKS = (
    Task("chain_pendulum", 3, 2, "pairs = [[0, 1], [1, 2]], anchors = [0]", chain_places),
    Task("gyroscope", 3, 3, "pairs = [[0, 1], [1, 2], [0, 2]], anchors = [0, 1, 2]", axes_of),
)


def spec_of(task: Task, tied: bool, epochs: int) -> str:
    """The model in Cartesian coordinates with rods, or in angles."""
    kind = f"phase_space(dim = {task.dimension}) per {task.bodies}" if tied else "phase_space(dim = 3)"
    options = "kinetic = mass, " if tied else ""
    constraint = f"constraint rods: distance(z, {task.rods})" if tied else ""
    return f"""
    model {task.name} {{
      data {{
        z: {kind} over t from "{task.name}:{"z" if tied else "angles"}"
        dz: derivative(z)
      }}
      symmetry time: translation(t)
      {constraint}
      predict dz from z
      enforce time by hamiltonian {{ {options}hidden = [128, 128], activation = tanh }}
      train {{ {TRAIN}, epochs = {epochs} }}
    }}
    """


def relative_errors(task: Task, tied: bool, epochs: int) -> tuple[Array, float, float]:
    """(relative errors of positions (N, T), the largest change of a rod, seconds of training)."""
    compilation = prepare(spec_of(task, tied, epochs), Session(backend="jax"))
    options = read_options(compilation.spec.training, {"evaluate_every": epochs})
    model = compilation.instantiate()
    data = gather_data(compilation.spec, names=needed_names(compilation.spec))
    result = train(compilation, model, data, options, quiet=True)
    truth = load_data(parse_reference(task.name))
    z = np.asarray(truth["z"]).reshape(-1, truth.points, task.bodies, 2, task.dimension)[:TESTED]
    first = np.asarray(truth["z" if tied else "angles"])[:: truth.points][:TESTED]
    times = np.asarray(truth["time"])[: truth.points]
    precise = prepare(spec_of(task, tied, epochs), Session(backend="torch", dtype="float64"))
    motion = Motion(precise.spec, precise.instantiate(result.weights).call, {})
    found = roll_out(motion, {"z": first}, times, METHODS["rk45"], accuracy=Accuracy(1e-8, 1e-8)).states["z"]
    if tied:
        places = found[:, :, :, 0]
    else:
        places = task.places(found[:, :, 0].reshape(-1, 3)).reshape(*found.shape[:2], task.bodies, task.dimension)
    across = np.linalg.norm(places - z[:, :, :, 0], axis=(2, 3))
    errors = across / np.linalg.norm(places + z[:, :, :, 0], axis=(2, 3))
    ends = np.linalg.norm(places[:, :, 0], axis=2)
    return errors[:, 1:], float(np.max(np.abs(ends - ends[:, :1]))), result.seconds


def main() -> None:
    """Both systems, both networks."""
    factor = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    rows = []
    for task in TASKS:
        means = {}
        for tied, label in ((True, "rods, Cartesian"), (False, "angles")):
            errors, change, seconds = relative_errors(task, tied, factor * EPOCHS)
            means[tied] = float(np.exp(np.mean(np.log(errors))))
            what = f"{task.name}, {label}: geometric mean of the relative error"
            rows.append(Row(what, f"{means[tied]:.1e} in {seconds:.0f} s"))
            if tied:
                rows.append(Row(f"{task.name}: change of a rod in rollouts", f"{change:.1e}", "< 1e-6", change < 1e-6))
        ratio = means[False] / means[True]
        rows.append(Row(f"{task.name}: angles over rods", f"{ratio:.0f}", ">= 30", ratio >= 30))
    notes = (f"{factor * EPOCHS} epochs, seed 0, {TESTED} test trajectories of 100 steps of 0.03.",)
    command = "python -m bench.constrained" + (f" {factor}" if factor > 1 else "")
    record("constrained", "Rods in Cartesian coordinates", command, rows, notes)


if __name__ == "__main__":
    main()
