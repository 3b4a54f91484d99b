"""Hamiltonian networks against plain ones on the spring and the pendulum: losses and the true energy along rollouts.

python -m bench.hnn_energy        Greydanus et al. 2019 (1906.01563), table 1; energies of the true system throughout
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.integrate import solve_ivp

from bench.record import ROOT, Row, record
from symdsl.data import pendulum, spring
from symdsl.data.gather import gather_data
from symdsl.pipeline import prepare
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options

STATES, SPAN, POINTS = 15, 20.0, 100
PUBLISHED = {"spring": ("3.69e-2 / 3.59e-2", 2.7e-4), "pendulum": ("3.28e-2 / 3.56e-2", 6.2e-4)}
"""Train and test loss, and the true-energy error, of the official code run again (docs: see the notes of the page)."""


def starts(seed: int) -> np.ndarray:
    """Initial states (15, 2): every coordinate uniform in +-[0.2, 1], as published."""
    drawn = np.random.default_rng(seed).uniform(-0.8, 0.8, (STATES, 2))
    return drawn + 0.2 * np.sign(drawn)


def energy_errors(field: Callable[[np.ndarray], np.ndarray], energy: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Mean over time of (H(t) - H(0))^2 with the true H, for each initial state; H(0) is what the true flow keeps."""
    times = np.linspace(0, SPAN, POINTS)
    found = []
    for start in starts(0):
        path = solve_ivp(lambda _, z: field(z[None])[0], (0, SPAN), start, t_eval=times, rtol=1e-9).y.T
        values = energy(path.reshape(-1, 2, 1))
        found.append(np.mean((values - values[0]) ** 2))
    return np.array(found)


def measure(name: str, energy: Callable[[np.ndarray], np.ndarray], enforced: bool) -> tuple[float, float, np.ndarray]:
    """(train loss, test loss, energy errors) of 2,000 full-batch Adam steps, seed 0."""
    path = ROOT / "examples" / name / f"{name}.sym"
    spec: object = path
    if not enforced:
        lines = path.read_text().splitlines()
        kept = [line for line in lines if not line.strip().startswith("enforce")]
        predict = next(index for index, line in enumerate(kept) if line.strip().startswith("predict"))
        kept[predict] += " by mlp { hidden = [200, 200], activation = tanh }"
        spec = "\n".join(kept)
    compilation = prepare(spec, Session(backend="torch"))  # pyright: ignore[reportArgumentType]
    options = read_options(
        {}, {"epochs": 2000, "batch": "full", "learning_rate": 1e-3, "weight_decay": 1e-4, "evaluate_every": 2000}
    )
    model = compilation.instantiate()
    result = train(compilation, model, gather_data(compilation.spec), options, quiet=True)

    def field(z: np.ndarray) -> np.ndarray:
        return model.call("forward", z.reshape(-1, 2, 1))[0].reshape(-1, 2).astype(np.float64)

    return result.metrics["train.loss"], result.metrics["test.loss"], energy_errors(field, energy)


def main() -> None:
    """Both systems, both networks."""
    rows = []
    for name, energy in (("spring", spring.hamiltonian), ("pendulum", pendulum.hamiltonian)):
        losses, bound = PUBLISHED[name]
        for enforced in (True, False):
            train_loss, test_loss, errors = measure(name, energy, enforced)
            net = "Hamiltonian" if enforced else "plain"
            rows.append(
                Row(
                    f"{name}, {net} network: train / test loss",
                    f"{train_loss:.3e} / {test_loss:.3e}",
                    losses if enforced else "",
                )
            )
            mean, median = float(np.mean(errors)), float(np.median(errors))
            met = mean <= 2 * bound if enforced else None
            target = f"about {bound:.1e}" if enforced else ""
            rows.append(
                Row(
                    f"{name}, {net} network: true energy error, mean (median)",
                    f"{mean:.1e} ({median:.1e})",
                    target,
                    met,
                )
            )
    notes = (
        "The losses tie by construction (the inputs are noisy); the energy separates the networks. Targets are the "
        "official code run again with the true energies, other draws of the 15 states: met means within a factor of 2.",
    )
    record("hnn_energy", "Hamiltonian networks: energy", "python -m bench.hnn_energy", rows, notes)


if __name__ == "__main__":
    main()
