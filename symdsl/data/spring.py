"""A mass on a spring: H(q, p) = q^2 + p^2, so the angular frequency is 2 (code of arXiv 1906.01563, task 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.oscillator import KEYS, OscillatorOptions, draw_oscillations
from symdsl.data.source import Reference, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]


def hamiltonian(z: Array) -> Array:
    """H = q^2 + p^2: (N, 2, 1) -> (N,)."""
    return np.sum(z**2, axis=(1, 2))


def field(z: Array) -> Array:
    """(dq/dt, dp/dt) = (2 p, -2 q): (N, 2, 1) -> (N, 2, 1)."""
    return np.stack([2 * z[:, 1], -2 * z[:, 0]], axis=1)


class Spring:
    """50 trajectories of 30 noisy states over t in [0, 3]; initial radius uniform in [0.1, 1]."""

    name = "spring"
    description = "noisy states of a mass on a spring and their exact time derivatives (HNN task 1)"
    keys = KEYS

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`), 1,500 samples unless options say otherwise; train is the first half."""
        refuse_path(reference)
        options = read_options(reference, OscillatorOptions)
        check_size(reference, options.samples, options.points)
        return draw_oscillations(reference.text, field, hamiltonian, 0.1, 0.9, options, seed)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves its energy."""
        read_options(reference, OscillatorOptions)
        return System((2, 1), field, {"energy": hamiltonian})


SOURCE = Spring()
