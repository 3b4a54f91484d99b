"""Noisy trajectories of one degree of freedom, drawn as Greydanus et al. 2019 (arXiv 1906.01563) drew them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.integrate import integrate
from symdsl.data.simulated import trajectory_and_time
from symdsl.data.source import SourceOptions

Array = NDArray[np.float64]

KEYS: Mapping[str, str] = MappingProxyType({
    "z": "(N, 2, 1) noisy q, p",
    "dz": "(N, 2, 1) exact dq/dt, dp/dt at the state without noise",
    "clean": "(N, 2, 1) q, p without noise",
    "energy": "(N,) true energy of the state without noise",
    "trajectory": "(N,) which trajectory a sample belongs to",
    "time": "(N,) when",
})  # fmt: skip


class OscillatorOptions(SourceOptions):
    """How much is drawn: `samples` trajectories of `points` states over `duration`, `noise` its standard deviation."""

    samples: int = Field(50, ge=2, le=1_000_000)
    points: int = Field(30, ge=2, le=100_000)
    duration: float = Field(3.0, gt=0, le=1e6)
    noise: float = Field(0.1, ge=0, le=1e6)
    rtol: float = Field(1e-10, ge=1e-13, le=1e-2)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


def draw_oscillations(
    name: str, field: Callable[[Array], Array], hamiltonian: Callable[[Array], Array],
    smallest_radius: float, radius_range: float, options: OscillatorOptions, seed: int,
) -> Dataset:  # fmt: skip
    """`samples` trajectories from initial states of uniform radius; the first half of them is the training part.

    Draws from `RandomState(seed)` in the published order, for each trajectory: direction (2), radius (1), noise of
    q (points), noise of p (points). `field` and `hamiltonian` take (N, 2, 1).
    """
    random = np.random.RandomState(seed if options.seed is None else options.seed)
    initial = np.empty((options.samples, 2))
    noise = np.empty((options.samples, options.points, 2))
    for sample in range(options.samples):
        direction = random.rand(2) * 2 - 1
        radius = random.rand() * radius_range + smallest_radius
        initial[sample] = direction / np.sqrt((direction**2).sum()) * radius
        noise[sample, :, 0] = random.randn(options.points)
        noise[sample, :, 1] = random.randn(options.points)
    times = np.linspace(0, options.duration, options.points)
    states = integrate(lambda y: field(y[:, :, None])[:, :, 0], initial, times, rtol=options.rtol)
    clean = states.reshape(-1, 2, 1)
    noisy = clean + options.noise * noise.reshape(-1, 2, 1)
    middle = len(clean) // 2
    arrays = {
        "z": noisy,
        "dz": field(clean),
        "clean": clean,
        "energy": hamiltonian(clean),
        **trajectory_and_time(options.samples, times),
    }
    partition = {"train": np.arange(middle), "test": np.arange(middle, len(clean))}
    kinds = {"z": "phase_space", "dz": "derivative"}
    return Dataset(name, arrays, kinds, partition, points=options.points)
