"""Hamiltonian graph networks against graph networks that predict derivatives, on springs: trained on some numbers of
particles, followed on those and on others.

python -m bench.hamiltonian_graph [--epochs 100] [--systems 1500]    one process, one thread; five minutes

Both have the block of the same widths, S(n) and E(2) exactly, the same data and steps. Weights do not depend on the
number of particles: those trained on six are loaded in models of 3 to 10, and followed by Runge-Kutta steps from states
of systems that nothing was trained on.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import numpy as np

from bench.record import Row, record
from symdsl.data.match import FieldArrays
from symdsl.data.n_springs import draw_systems, field, follow_modes, hamiltonian
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options

TRAINED, SIZES, SEED = 6, (3, 4, 5, 6, 7, 8, 9, 10), 0
BATCH, RATE, POINTS, DURATION = 100, 5e-3, 5, 5.0
FOLLOWED, STEP, STEPS = 40, 0.01, 100
Arrays = Mapping[str, np.ndarray]

SPEC = """
model springs {{
  data {{
    axis bodies = {bodies}
    z: phase_space(dim = 2) per bodies
    m: scalar per bodies
    k: scalar per bodies
    dz: derivative(z)
  }}
  symmetry time: translation(t)
  symmetry relabel: S(bodies)
  symmetry motion: E(2)
  predict dz from z, m, k
  {structure}
  enforce relabel, motion by graph_network {{ hidden = [64, 64], variant = interaction, activation = softplus }}
  normalise z, dz
}}
"""
KINDS = {"Hamiltonian graph network": "enforce time by hamiltonian", "graph network": ""}


def compiled(kind: str, bodies: int) -> Compilation:
    """The model of one kind for a number of particles, on torch."""
    return prepare(SPEC.format(bodies=bodies, structure=KINDS[kind]), Session(backend="torch", seed=SEED))


def systems(count: int, bodies: int, points: int, duration: float, seed: int) -> tuple[np.ndarray, ...]:
    """(States (count, points, bodies, 2, 2), masses, spring factors (count, bodies)), exact."""
    initial, masses, factors = draw_systems(count, bodies, 2, np.random.default_rng(seed))
    return follow_modes(initial, masses, factors, np.linspace(0, duration, points)), masses, factors


def trained(kind: str, arrays: Arrays, epochs: int) -> Arrays:
    """The weights after `epochs` of Adam with a cosine schedule."""
    compilation = compiled(kind, TRAINED)
    options = read_options({"epochs": epochs, "batch": BATCH, "learning_rate": RATE, "schedule": "cosine"})
    data = FieldArrays("systems", dict(arrays), len(arrays["z"]), {})
    return train(compilation, compilation.instantiate(), data, options).weights


def follow(field: Callable[[np.ndarray], np.ndarray], state: np.ndarray) -> np.ndarray:
    """States (N, steps + 1, ...) by the classical Runge-Kutta method."""
    found = [state]
    for _ in range(STEPS):
        first = field(state)
        second = field(state + STEP / 2 * first)
        third = field(state + STEP / 2 * second)
        fourth = field(state + STEP * third)
        state = state + STEP / 6 * (first + 2 * second + 2 * third + fourth)
        found.append(state)
    return np.stack(found, axis=1)


def errors(kind: str, weights: Arrays, bodies: int) -> tuple[float, float]:
    """Medians over systems of (relative error of the states at the end, largest relative error of the true energy)."""
    import torch

    true, masses, factors = systems(FOLLOWED, bodies, STEPS + 1, STEP * STEPS, seed=1000 + bodies)
    module = compiled(kind, bodies).instantiate().module.double().eval()
    module.set_weights(weights)
    fixed = [torch.as_tensor(masses), torch.as_tensor(factors)]

    def motion(state: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return module(torch.as_tensor(state), *fixed).numpy()

    with np.errstate(over="ignore", invalid="ignore"):
        return _errors(true, follow(motion, true[:, 0]), masses, factors)


def _errors(true: np.ndarray, found: np.ndarray, masses: np.ndarray, factors: np.ndarray) -> tuple[float, float]:
    size = np.linalg.norm(true.reshape(FOLLOWED, STEPS + 1, -1), axis=2).mean(axis=1)
    off = np.linalg.norm((found - true)[:, -1].reshape(FOLLOWED, -1), axis=1) / size
    start = hamiltonian(true[:, 0], masses, factors)
    energies = np.stack([hamiltonian(found[:, step], masses, factors) for step in range(STEPS + 1)], axis=1)
    drift = np.abs(energies - start[:, None]).max(axis=1) / start
    # what left all bounds counts as infinitely far off
    off, drift = (np.nan_to_num(each, nan=np.inf) for each in (off, drift))
    return float(np.median(off)), float(np.median(drift))


def main() -> None:
    """Train both, follow both on every number of particles."""
    import torch

    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--systems", type=int, default=1500)
    given = parser.parse_args()
    torch.set_num_threads(1)
    states, masses, factors = systems(given.systems, TRAINED, POINTS, DURATION, seed=SEED)
    z = states.reshape(-1, TRAINED, 2, 2)
    m, k = np.repeat(masses, POINTS, axis=0), np.repeat(factors, POINTS, axis=0)
    arrays = {"z": z, "m": m, "k": k, "dz": field(z, m, k)}
    found: dict[str, dict[int, tuple[float, float]]] = {}
    for kind in KINDS:
        weights = trained(kind, arrays, given.epochs)
        found[kind] = {bodies: errors(kind, weights, bodies) for bodies in SIZES}
        print(kind, found[kind], flush=True)
    notes = (
        f"Trained on {given.systems} systems of {TRAINED} particles, {POINTS} exact states of each over {DURATION:g} s "
        f"with derivatives, {given.epochs} epochs; followed for {STEP * STEPS:g} s by Runge-Kutta steps of {STEP} "
        f"on {FOLLOWED} new systems of each size; medians over these. Errors of states are relative to the mean size "
        "of a state, those of the energy to the energy.",
    )
    title, command = "Hamiltonian graph networks on springs", "python -m bench.hamiltonian_graph"
    record("hamiltonian_graph", title, command, rows_of(found), notes)


def rows_of(found: Mapping[str, Mapping[int, tuple[float, float]]]) -> list[Row]:
    """A row a size and quantity: the Hamiltonian network's error by the plain one's."""
    ours, plain = found["Hamiltonian graph network"], found["graph network"]
    rows = []
    for bodies in SIZES:
        seen = "" if bodies == TRAINED else ", unseen number"
        for place, what in enumerate(("state after 1 s", "energy over 1 s")):
            one, other = ours[bodies][place], plain[bodies][place]
            title = f"{bodies} particles{seen}, error of the {what}: Hamiltonian, plain"
            rows.append(Row(title, f"{one:.2g}, {other:.2g}", "below", one < other))
    return rows


if __name__ == "__main__":
    main()
