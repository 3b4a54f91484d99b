"""Pendulums that hang from one another, in angles from the vertical: any number of unit masses on unit rods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.integrate import integrate
from symdsl.data.simulated import first_fifth, trajectory_and_time
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]


def weights(links: int) -> tuple[Array, Array]:
    """How many masses hang below both of two rods (n, n), and below one (n,)."""
    below = np.arange(links, 0, -1.0)
    return np.minimum(below[:, None], below), below


def mass_matrix(angles: Array) -> Array:
    """M_ij = c_ij cos(q_i - q_j): (N, n) -> (N, n, n), where T = v^T M v / 2."""
    return weights(angles.shape[1])[0] * np.cos(angles[:, :, None] - angles[:, None])


def torque(angles: Array, velocities: Array, gravity: float) -> Array:
    """dL/dq_i = -v_i sum_j c_ij sin(q_i - q_j) v_j - g n_i sin q_i: (N, n), (N, n) -> (N, n)."""
    pairs, below = weights(angles.shape[1])
    turning = np.einsum("nij,nj->ni", pairs * np.sin(angles[:, :, None] - angles[:, None]), velocities)
    return -velocities * turning - gravity * below * np.sin(angles)


def acceleration(angles: Array, velocities: Array, gravity: float = 9.8) -> Array:
    """a of sum_j c_ij (cos(q_i - q_j) a_j + sin(q_i - q_j) v_j^2) + g n_i sin q_i = 0: (N, n), (N, n) -> (N, n).

    That is the Euler-Lagrange equation of L = v^T M(q) v / 2 + g sum_i n_i cos q_i.
    """
    pairs, below = weights(angles.shape[1])
    turning = np.einsum("nij,nj->ni", pairs * np.sin(angles[:, :, None] - angles[:, None]), velocities**2)
    forces = -turning - gravity * below * np.sin(angles)
    return np.linalg.solve(mass_matrix(angles), forces[:, :, None])[:, :, 0]


def energy(angles: Array, velocities: Array, gravity: float = 9.8) -> Array:
    """T + V, V = -g sum_i n_i cos q_i: (N, n), (N, n) -> (N,)."""
    kinetic = np.einsum("ni,nij,nj->n", velocities, mass_matrix(angles), velocities) / 2
    height = np.einsum("ni,i->n", np.cos(angles), weights(angles.shape[1])[1])
    return kinetic - gravity * height


def to_momenta(state: Array) -> Array:
    """(q, v) -> (q, p = M(q) v): (N, 2, n) -> (N, 2, n)."""
    return np.stack([state[:, 0], np.einsum("nij,nj->ni", mass_matrix(state[:, 0]), state[:, 1])], axis=1)


def to_velocities(z: Array) -> Array:
    """(q, p) -> (q, v = M(q)^-1 p): (N, 2, n) -> (N, 2, n)."""
    velocities = np.linalg.solve(mass_matrix(z[:, 0]), z[:, 1, :, None])[:, :, 0]
    return np.stack([z[:, 0], velocities], axis=1, dtype=np.float64)


def motion(state: Array, gravity: float = 9.8) -> Array:
    """(v, a) of (q, v): (N, 2, n) -> (N, 2, n)."""
    return np.stack([state[:, 1], acceleration(state[:, 0], state[:, 1], gravity)], axis=1)


def canonical_field(z: Array, gravity: float = 9.8) -> Array:
    """(dq/dt, dp/dt) of (q, p): (N, 2, n) -> (N, 2, n)."""
    state = to_velocities(z)
    return np.stack([state[:, 1], torque(state[:, 0], state[:, 1], gravity)], axis=1)


class LinkedPendulumOptions(SourceOptions):
    """`samples` starts with angles U[0, 2 pi] and angular velocities U[-speed, speed]; of each, `points` states over
    `duration`. `canonical` gives z and dz, of angles and momenta, in place of q, v, a."""

    samples: int = Field(10_000, ge=2, le=10_000_000)
    speed: float = Field(10.0, ge=0, le=1e6)
    points: int = Field(1, ge=1, le=100_000)
    duration: float = Field(3.0, gt=0, le=1e6)
    gravity: float = Field(9.8, ge=0, le=1e6)
    rtol: float = Field(1e-9, ge=1e-13, le=1e-2)
    canonical: bool = False
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


@dataclass(frozen=True)
class LinkedPendulum:
    """Exact states and accelerations at random states, or along trajectories; the first fifth is the test part."""

    name: str
    links: int
    description: str

    @property
    def keys(self) -> Mapping[str, str]:
        """The arrays by name."""
        size = self.links
        return MappingProxyType({
            "q": f"(N, {size}) angles from the vertical, in radians",
            "v": f"(N, {size}) angular velocities",
            "a": f"(N, {size}) exact angular accelerations",
            "z": f"(N, 2, {size}) with canonical = true, in place of these: angles, then their momenta",
            "dz": f"(N, 2, {size}) with canonical = true: exact time derivative",
            "energy": "(N,) true energy",
            "trajectory": "(N,) which start a sample belongs to",
            "time": "(N,) when",
        })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """q, v, a and more (see `keys`), 10,000 samples unless options say otherwise."""
        refuse_path(reference)
        options = read_options(reference, LinkedPendulumOptions)
        check_size(reference, options.samples, options.points)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        angles = generator.uniform(0, 2 * np.pi, (options.samples, self.links))
        velocities = generator.uniform(-options.speed, options.speed, (options.samples, self.links))
        times = np.linspace(0, options.duration, options.points) if options.points > 1 else np.zeros(1)
        states = self._follow(np.stack([angles, velocities], axis=1), times, options)
        rates = motion(states, options.gravity)
        if options.canonical:
            z = to_momenta(states)
            arrays = {"z": z, "dz": canonical_field(z, options.gravity)}
            kinds = {"z": "phase_space", "dz": "derivative"}
        else:
            arrays = {"q": states[:, 0], "v": states[:, 1], "a": rates[:, 1]}
            kinds = {"q": "angle", "v": "derivative", "a": "derivative"}
        arrays |= {
            "energy": energy(states[:, 0], states[:, 1], options.gravity),
            **trajectory_and_time(options.samples, times),
        }
        partition = first_fifth(options.samples, options.points)
        return Dataset(reference.text, arrays, kinds, partition, points=options.points)

    def _follow(self, initial: Array, times: Array, options: LinkedPendulumOptions) -> Array:
        """All states (N T, 2, n) at the times."""
        if len(times) == 1:
            return initial

        def slope(y: Array) -> Array:
            return motion(y.reshape(len(y), 2, -1), options.gravity).reshape(len(y), -1)

        states = integrate(slope, initial.reshape(len(initial), -1), times, rtol=options.rtol, atol=options.rtol)
        return states.reshape(-1, 2, self.links)

    def system(self, reference: Reference) -> System:
        """The motion of (q, v), or of (q, p) with `canonical`; it conserves its energy."""
        options = read_options(reference, LinkedPendulumOptions)
        shape = (2, self.links)
        if options.canonical:
            return System(shape, partial(canonical_field, gravity=options.gravity),
                          {"energy": partial(_canonical_energy, gravity=options.gravity)})  # fmt: skip
        return System(shape, partial(motion, gravity=options.gravity),
                      {"energy": partial(_energy, gravity=options.gravity)})  # fmt: skip


def _energy(state: Array, gravity: float) -> Array:
    return energy(state[:, 0], state[:, 1], gravity)


def _canonical_energy(z: Array, gravity: float) -> Array:
    return _energy(to_velocities(z), gravity)


DOUBLE = LinkedPendulum("double_pendulum", 2, "a pendulum below another, exact states and accelerations (LNN)")
TRIPLE = LinkedPendulum("triple_pendulum", 3, "three pendulums, each below another, exact states and accelerations")
