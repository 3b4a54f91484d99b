"""Waves on a periodic grid of step h over [0, 1): d2 phi_i/dt2 = c^2 (phi_{i+1} - 2 phi_i + phi_{i-1}) / h^2.

The Lagrangian is sum_i (dphi_i/dt)^2 / 2 - c^2 (phi_{i+1} - phi_i)^2 / (2 h^2) (Cranmer 2020, arXiv 2003.04630, section
on the wave equation). The motion is linear and alike at all places, so that its states are exact: Fourier modes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.simulated import first_fifth, trajectory_and_time
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]


def acceleration(phi: Array, speed: float = 1.0) -> Array:
    """c^2 (phi_{i+1} - 2 phi_i + phi_{i-1}) / h^2: (N, n) -> (N, n)."""
    return (speed * phi.shape[1]) ** 2 * (np.roll(phi, 1, axis=1) - 2 * phi + np.roll(phi, -1, axis=1))


def energy(state: Array, speed: float = 1.0) -> Array:
    """sum_i (dphi_i/dt)^2 / 2 + c^2 (phi_{i+1} - phi_i)^2 / (2 h^2) of (phi, dphi/dt): (N, 2, n) -> (N,)."""
    phi, rate = state[:, 0], state[:, 1]
    slope = speed * phi.shape[1] * (np.roll(phi, -1, axis=1) - phi)
    return np.sum(rate**2 + slope**2, axis=1) / 2


def motion(state: Array, speed: float = 1.0) -> Array:
    """(dphi/dt, d2phi/dt2) of (phi, dphi/dt): (N, 2, n) -> (N, 2, n)."""
    return np.stack([state[:, 1], acceleration(state[:, 0], speed)], axis=1)


def follow_modes(initial: Array, times: Array, speed: float) -> Array:
    """Exact states (N, T, 2, n) from `initial` (N, 2, n) at `times` (T,)."""
    size = initial.shape[2]
    frequency = 2 * speed * size * np.sin(np.pi * np.arange(size // 2 + 1) / size)
    angle = frequency * times[:, None]
    place, rate = np.moveaxis(np.fft.rfft(initial, axis=2)[:, None], 2, 0)
    moved = place * np.cos(angle) + rate * times[:, None] * np.sinc(angle / np.pi)
    faster = rate * np.cos(angle) - place * frequency * np.sin(angle)
    return np.fft.irfft(np.stack([moved, faster], axis=2), n=size, axis=3)


class WaveEquationOptions(SourceOptions):
    """`samples` waves on `grid` places, of `modes` random Fourier modes, of which `points` states are kept over
    `duration`; `speed` is c."""

    samples: int = Field(200, ge=2, le=1_000_000)
    grid: int = Field(64, ge=3, le=100_000)
    modes: int = Field(4, ge=1, le=1000)
    points: int = Field(10, ge=1, le=100_000)
    duration: float = Field(1.0, gt=0, le=1e6)
    speed: float = Field(1.0, gt=0, le=1e6)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


class WaveEquation:
    """200 waves of 10 exact states each; the first fifth is the test part."""

    name = "wave_equation"
    description = "waves on a periodic grid, exact states and accelerations (LNN)"
    keys: Mapping[str, str] = MappingProxyType({
        "phi": "(N, grid) the field",
        "dphi": "(N, grid) its time derivative",
        "ddphi": "(N, grid) its exact second time derivative",
        "energy": "(N,) true energy",
        "trajectory": "(N,) which wave a sample belongs to",
        "time": "(N,) when",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """phi, dphi, ddphi and more (see `keys`), 2,000 samples unless options say otherwise."""
        refuse_path(reference)
        options = read_options(reference, WaveEquationOptions)
        check_size(reference, options.samples, options.points * options.grid)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        times = np.linspace(0, options.duration, options.points) if options.points > 1 else np.zeros(1)
        initial = draw_waves(options.samples, options.grid, options.modes, options.speed, generator)
        states = follow_modes(initial, times, options.speed).reshape(-1, 2, options.grid)
        arrays = {
            "phi": states[:, 0],
            "dphi": states[:, 1],
            "ddphi": acceleration(states[:, 0], options.speed),
            "energy": energy(states, options.speed),
            **trajectory_and_time(options.samples, times),
        }
        partition = first_fifth(options.samples, options.points)
        kinds = {"dphi": "derivative", "ddphi": "derivative"}
        return Dataset(reference.text, arrays, kinds, partition, points=options.points)

    def system(self, reference: Reference) -> System:
        """The motion of (phi, dphi/dt), which conserves its energy."""
        options = read_options(reference, WaveEquationOptions)
        return System((2, options.grid), partial(motion, speed=options.speed),
                      {"energy": partial(energy, speed=options.speed)})  # fmt: skip


def draw_waves(samples: int, grid: int, modes: int, speed: float, generator: np.random.Generator) -> Array:
    """(phi, dphi/dt) of `modes` Fourier modes with normal amplitudes that fall as 1 / k: (samples, 2, grid)."""
    number = np.arange(1, min(modes, (grid - 1) // 2) + 1)
    angle = 2 * np.pi * number[:, None] * np.arange(grid) / grid
    waves = np.concatenate([np.cos(angle), np.sin(angle)])
    amplitude = generator.standard_normal((samples, 2, 2 * len(number))) / np.tile(number, 2)
    # the rates of the modes are as large as their frequencies
    amplitude[:, 1] *= 2 * np.pi * speed * np.tile(number, 2)
    return amplitude @ waves


SOURCE = WaveEquation()
