"""A frictionless pendulum: H(q, p) = 3 (1 - cos q) + p^2 (code of arXiv 1906.01563, task 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.oscillator import KEYS, OscillatorOptions, draw_oscillations
from symdsl.data.source import Reference, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]


def hamiltonian(z: Array) -> Array:
    """H = 3 (1 - cos q) + p^2: (N, 2, 1) -> (N,)."""
    return np.sum(3 * (1 - np.cos(z[:, 0])) + z[:, 1] ** 2, axis=1)


def field(z: Array) -> Array:
    """(dq/dt, dp/dt) = (2 p, -3 sin q): (N, 2, 1) -> (N, 2, 1)."""
    return np.stack([2 * z[:, 1], -3 * np.sin(z[:, 0])], axis=1)


class PendulumOptions(OscillatorOptions):
    """As for the spring, with 45 states in each trajectory."""

    points: int = Field(45, ge=2, le=100_000)


class Pendulum:
    """50 trajectories of 45 noisy states over t in [0, 3]; initial radius uniform in [1.3, 2.3]."""

    name = "pendulum"
    description = "noisy states of a pendulum and their exact time derivatives (HNN task 2)"
    keys = KEYS

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`), 2,250 samples unless options say otherwise; train is the first half."""
        refuse_path(reference)
        options = read_options(reference, PendulumOptions)
        check_size(reference, options.samples, options.points)
        return draw_oscillations(reference.text, field, hamiltonian, 1.3, 1.0, options, seed)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves its energy."""
        read_options(reference, PendulumOptions)
        return System((2, 1), field, {"energy": hamiltonian})


SOURCE = Pendulum()
