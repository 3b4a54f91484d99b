"""Two unit masses in the plane under gravity, G = 1, near circular orbits (code of arXiv 1906.01563, task 4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.integrate import integrate
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]


def hamiltonian(z: Array) -> Array:
    """H = sum_i |p_i|^2 / 2 - 1 / |q_1 - q_2|: (N, 2, 4) with q = (x1, x2, y1, y2) -> (N,)."""
    separation = z[:, 0, 0::2] - z[:, 0, 1::2]
    return np.sum(z[:, 1] ** 2, axis=1) / 2 - 1 / np.linalg.norm(separation, axis=1)


def field(z: Array) -> Array:
    """dq/dt = p, dp_1/dt = -(q_1 - q_2) / |q_1 - q_2|^3 = -dp_2/dt: (N, 2, 4) -> (N, 2, 4)."""
    separation = z[:, 0, 0::2] - z[:, 0, 1::2]
    pull = separation / np.linalg.norm(separation, axis=1, keepdims=True) ** 3
    return np.stack([z[:, 1], np.stack([-pull, pull], axis=2).reshape(-1, 4)], axis=1)


def momentum(z: Array) -> Array:
    """p_1 + p_2: (N, 2, 4) -> (N, 2)."""
    return z[:, 1, 0::2] + z[:, 1, 1::2]


def angular_momentum(z: Array) -> Array:
    """sum_i x_i p_y,i - y_i p_x,i: (N, 2, 4) -> (N,)."""
    return np.sum(z[:, 0, :2] * z[:, 1, 2:] - z[:, 0, 2:] * z[:, 1, :2], axis=1)


def positions(z: Array) -> Array:
    """(N, 2, 4) -> (N, 2 bodies, 2): (x, y) of each."""
    return by_body(z)[:, :, 0]


def by_body(z: Array) -> Array:
    """(N, 2, 4) with x1, x2, y1, y2 -> (N, 2 bodies, 2, 2): the layout of `phase_space(dim = 2) per bodies`."""
    return z.reshape(-1, 2, 2, 2).transpose(0, 3, 1, 2)


def by_coordinate(z: Array) -> Array:
    """(N, 2 bodies, 2, 2) -> (N, 2, 4): the inverse of `by_body`."""
    return z.transpose(0, 2, 3, 1).reshape(-1, 2, 4)


def draw_initial(samples: int, eccentricity: float, random: np.random.RandomState) -> Array:
    """Initial states (samples, 2, 4): body 1 in [0.5, 1.5]^2, body 2 opposite, circular speed 1 / (2 sqrt r).

    The velocity is multiplied by 1 + eccentricity * normal, one number for a system. Each draws rand(2), then randn().
    """
    states = np.empty((samples, 2, 4))
    for state in states:
        position = random.rand(2) + 0.5
        radius = np.sqrt(np.sum(position**2))
        velocity = np.array([-position[1], position[0]]) / (2 * radius**1.5) * (1 + eccentricity * random.randn())
        state[0] = position[0], -position[0], position[1], -position[1]
        state[1] = velocity[0], -velocity[0], velocity[1], -velocity[1]
    return states


class TwoBodyOptions(SourceOptions):
    """`samples` orbits of `points` states over `duration`; `per_body` gives z as (N, 2 bodies, 2, 2)."""

    samples: int = Field(1000, ge=2, le=1_000_000)
    points: int = Field(50, ge=2, le=100_000)
    duration: float = Field(20.0, gt=0, le=1e6)
    eccentricity: float = Field(0.05, ge=0, le=1)
    rtol: float = Field(1e-9, ge=1e-13, le=1e-2)
    per_body: bool = False
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


class TwoBody:
    """1,000 orbits of 50 exact states over t in [0, 20]; the first fifth is the test part."""

    name = "two_body"
    description = "two gravitating bodies in the plane, states and their exact time derivatives (HNN task 4)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, 2, 4) positions x1, x2, y1, y2, then momenta; (N, 2, 2, 2) by body with per_body = true",
        "dz": "as z: exact time derivative",
        "energy": "(N,) true energy",
        "trajectory": "(N,) which orbit a sample belongs to",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`), 50,000 samples unless options say otherwise."""
        refuse_path(reference)
        options = read_options(reference, TwoBodyOptions)
        check_size(reference, options.samples, options.points)
        random = np.random.RandomState(seed if options.seed is None else options.seed)
        initial = draw_initial(options.samples, options.eccentricity, random)
        times = np.linspace(0, options.duration, options.points)
        z = follow_orbits(initial, times, options.rtol).reshape(-1, 2, 4)
        dz = field(z)
        arrays = {
            "z": by_body(z) if options.per_body else z,
            "dz": by_body(dz) if options.per_body else dz,
            "energy": hamiltonian(z),
            "trajectory": np.repeat(np.arange(options.samples), options.points),
        }
        edge = len(z) // 5
        partition = {"train": np.arange(edge, len(z)), "test": np.arange(edge)}
        return Dataset(reference.text, arrays, {"z": "phase_space", "dz": "derivative"}, partition)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves energy, momentum and angular momentum."""
        conserved = {"energy": hamiltonian, "momentum": momentum, "angular_momentum": angular_momentum}
        system = System((2, 4), field, conserved, positions)
        per_body = read_options(reference, TwoBodyOptions).per_body
        return system.in_layout((2, 2, 2), by_body, by_coordinate) if per_body else system


def follow_orbits(initial: Array, times: Array, rtol: float) -> Array:
    """(N, 2, 4) -> (N, T, 2, 4).

    The two masses ride along as constants: the published generator integrates them too, and they enter its error norm.
    """
    masses = np.ones((len(initial), 2))

    def slope(y: Array) -> Array:
        return np.concatenate([np.zeros((len(y), 2)), field(y[:, 2:].reshape(-1, 2, 4)).reshape(-1, 8)], axis=1)

    states = integrate(slope, np.concatenate([masses, initial.reshape(-1, 8)], axis=1), times, rtol=rtol)
    return states[:, :, 2:].reshape(len(initial), len(times), 2, 4)


SOURCE = TwoBody()
