"""Unit masses in the plane under gravity, G = 1; states are (2, 2 n), q = (x_1 .. x_n, y_1 .. y_n), then p alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.integrate import integrate
from symdsl.data.simulated import first_fifth, trajectory_and_time
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]

ORBIT_KEYS: Mapping[str, str] = MappingProxyType({
    "dz": "as z: exact time derivative",
    "energy": "(N,) true energy",
    "trajectory": "(N,) which orbit a sample belongs to",
    "time": "(N,) when",
})  # fmt: skip


class OrbitOptions(SourceOptions):
    """`samples` orbits of `points` states over `duration`; `per_body` gives z as (N, bodies, 2, 2)."""

    samples: int
    points: int
    duration: float
    rtol: float = Field(1e-9, ge=1e-13, le=1e-2)
    per_body: bool = False
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


Orbits = TypeVar("Orbits", bound=OrbitOptions)


def hamiltonian(z: Array) -> Array:
    """H = sum_i |p_i|^2 / 2 - sum_{i < j} 1 / |q_i - q_j|: (N, 2, 2 n) -> (N,)."""
    bodies = by_body(z)
    first, second = np.triu_indices(bodies.shape[1], k=1)
    distances = np.linalg.norm(bodies[:, first, 0] - bodies[:, second, 0], axis=2)
    return np.sum(z[:, 1] ** 2, axis=1) / 2 - np.sum(1 / distances, axis=1)


def field(z: Array) -> Array:
    """dq_i/dt = p_i, dp_i/dt = -sum_{j != i} (q_i - q_j) / |q_i - q_j|^3: (N, 2, 2 n) -> (N, 2, 2 n)."""
    position = by_body(z)[:, :, 0]
    separation = position[:, :, None] - position[:, None]
    distance = np.linalg.norm(separation, axis=3)
    cubes = np.where(np.eye(position.shape[1], dtype=bool), np.inf, distance**3)
    pull = -np.sum(separation / cubes[..., None], axis=2)
    return np.stack([z[:, 1], pull.transpose(0, 2, 1).reshape(len(z), -1)], axis=1)


def momentum(z: Array) -> Array:
    """sum_i p_i: (N, 2, 2 n) -> (N, 2)."""
    return by_body(z)[:, :, 1].sum(axis=1)


def angular_momentum(z: Array) -> Array:
    """sum_i x_i p_y,i - y_i p_x,i: (N, 2, 2 n) -> (N,)."""
    position, momentum = np.moveaxis(by_body(z), 2, 0)
    return np.sum(position[..., 0] * momentum[..., 1] - position[..., 1] * momentum[..., 0], axis=1)


def positions(z: Array) -> Array:
    """(N, 2, 2 n) -> (N, n bodies, 2): (x, y) of each."""
    return by_body(z)[:, :, 0]


def by_body(z: Array) -> Array:
    """(N, 2, 2 n) -> (N, n bodies, 2, 2): the layout of `phase_space(dim = 2) per bodies`."""
    return z.reshape(len(z), 2, 2, -1).transpose(0, 3, 1, 2)


def by_coordinate(z: Array) -> Array:
    """(N, n bodies, 2, 2) -> (N, 2, 2 n): the inverse of `by_body`."""
    return z.transpose(0, 2, 3, 1).reshape(len(z), 2, -1)


def gravity(bodies: int, per_body: bool) -> System:
    """The motion of n bodies in either layout; it conserves energy, momentum and angular momentum."""
    conserved = {"energy": hamiltonian, "momentum": momentum, "angular_momentum": angular_momentum}
    system = System((2, 2 * bodies), field, conserved, positions)
    return system.in_layout((bodies, 2, 2), by_body, by_coordinate) if per_body else system


def follow_orbits(initial: Array, times: Array, rtol: float) -> Array:
    """(N, 2, 2 n) -> (N, T, 2, 2 n).

    The n masses ride along as constants: the published generators integrate them too, and they enter its error norm.
    """
    count, size = len(initial), initial[0].size
    bodies = size // 4

    def slope(y: Array) -> Array:
        rates = field(y[:, bodies:].reshape(len(y), 2, -1)).reshape(len(y), -1)
        return np.concatenate([np.zeros((len(y), bodies)), rates], axis=1)

    states = integrate(slope, np.concatenate([np.ones((count, bodies)), initial.reshape(count, -1)], axis=1), times,
                       rtol=rtol)  # fmt: skip
    return states[:, :, bodies:].reshape(count, len(times), 2, -1)


def read_orbit_options(reference: Reference, kind: type[Orbits]) -> Orbits:
    """The options, once it is known that their orbits are not too many. Raises SymdslError (SYM0815, SYM0816)."""
    refuse_path(reference)
    options = read_options(reference, kind)
    check_size(reference, options.samples, options.points)
    return options


def orbit_data(name: str, initial: Array, options: OrbitOptions) -> Dataset:
    """Exact states and derivatives along orbits from `initial` (samples, 2, 2 n); the first fifth is the test part."""
    times = np.linspace(0, options.duration, options.points)
    z = follow_orbits(initial, times, options.rtol).reshape(-1, *initial.shape[1:])
    dz = field(z)
    arrays = {
        "z": by_body(z) if options.per_body else z,
        "dz": by_body(dz) if options.per_body else dz,
        "energy": hamiltonian(z),
        **trajectory_and_time(options.samples, times),
    }
    partition = first_fifth(len(z))
    kinds = {"z": "phase_space", "dz": "derivative"}
    return Dataset(name, arrays, kinds, partition, points=options.points)
