"""Particles that springs join in pairs: H = sum_i |p_i|^2 / (2 m_i) + sum_{i < j} k_i k_j |q_i - q_j|^2.

The system of the spring experiments of LieConv (Finzi 2020, arXiv 2002.12880, section 5.2), in any number of
dimensions. The motion is linear, so that its states are exact: normal modes of each system, no integrator.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.simulated import first_fifth, trajectory_and_time
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path

Array = NDArray[np.float64]


def hamiltonian(z: Array, masses: Array, charges: Array) -> Array:
    """H of states (N, n, 2, d), masses m (N, n) and spring factors k (N, n): (N,)."""
    separation = z[:, :, None, 0] - z[:, None, :, 0]
    pairs = charges[:, :, None] * charges[:, None] * np.sum(separation**2, axis=3)
    return np.sum(np.sum(z[:, :, 1] ** 2, axis=2) / (2 * masses), axis=1) + np.sum(pairs, axis=(1, 2)) / 2


def field(z: Array, masses: Array, charges: Array) -> Array:
    """dq_i/dt = p_i / m_i, dp_i/dt = -2 k_i sum_j k_j (q_i - q_j): (N, n, 2, d) -> (N, n, 2, d)."""
    force = -np.einsum("nij,njd->nid", stiffness(charges), z[:, :, 0])
    return np.stack([z[:, :, 1] / masses[:, :, None], force], axis=2)


def stiffness(charges: Array) -> Array:
    """The Hessian of the potential along each coordinate: (N, n) -> (N, n, n)."""
    pairs = 2 * charges[:, :, None] * charges[:, None] * (1 - np.eye(charges.shape[1]))
    return np.einsum("nij,ik->nik", pairs, np.eye(charges.shape[1])) - pairs


def follow_modes(initial: Array, masses: Array, charges: Array, times: Array) -> Array:
    """Exact states (N, T, n, 2, d) from `initial` (N, n, 2, d) at `times` (T,), by the normal modes of each system."""
    root = np.sqrt(masses)
    squares, modes = np.linalg.eigh(stiffness(charges) / (root[:, :, None] * root[:, None]))
    # the mode of the centre of mass has frequency 0 up to rounding
    frequency = np.sqrt(np.maximum(squares, 0.0))[:, None, :, None]
    time = times[None, :, None, None]
    along = np.einsum("nim,nisd->nmsd", modes, np.stack([initial[:, :, 0] * root[..., None],
                                                         initial[:, :, 1] / root[..., None]], axis=2))  # fmt: skip
    place, rate = along[:, None, :, 0], along[:, None, :, 1]
    angle = frequency * time
    moved = place * np.cos(angle) + rate * time * np.sinc(angle / np.pi)
    faster = rate * np.cos(angle) - place * frequency * np.sin(angle)
    states = np.einsum("nim,ntmsd->ntisd", modes, np.stack([moved, faster], axis=3))
    scale = np.stack([1 / root, root], axis=2)
    return states * scale[:, None, :, :, None]


class NSpringsOptions(SourceOptions):
    """`samples` systems of `bodies` particles in `dim` dimensions, each with its own masses and springs, of which
    `points` states are kept over `duration`. Masses are U[0.1, 3.1], spring factors U[0, 5]."""

    samples: int = Field(3000, ge=2, le=1_000_000)
    bodies: int = Field(6, ge=2, le=1000)
    dim: int = Field(2, ge=1, le=16)
    points: int = Field(5, ge=1, le=100_000)
    duration: float = Field(5.0, gt=0, le=1e6)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


class NSprings:
    """3,000 systems of six particles in the plane, of each five exact states; the first fifth is the test part."""

    name = "n_springs"
    description = "particles of unlike masses that springs join in pairs, exact states and derivatives (LieConv)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, bodies, 2, dim) body, then position or momentum; the total momentum is 0",
        "dz": "(N, bodies, 2, dim) exact time derivative",
        "q": "(N, bodies, dim) positions",
        "v": "(N, bodies, dim) velocities",
        "a": "(N, bodies, dim) exact accelerations",
        "m": "(N, bodies) masses",
        "k": "(N, bodies) spring factors: the spring of i and j is as strong as k_i k_j",
        "energy": "(N,) true energy",
        "trajectory": "(N,) which system a sample belongs to",
        "time": "(N,) when",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz, m, k and more (see `keys`), 15,000 samples unless options say otherwise."""
        refuse_path(reference)
        options = read_options(reference, NSpringsOptions)
        check_size(reference, options.samples, options.points * options.bodies)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        initial, masses, charges = draw_systems(options.samples, options.bodies, options.dim, generator)
        times = np.linspace(0, options.duration, options.points)
        z = follow_modes(initial, masses, charges, times).reshape(-1, *initial.shape[1:])
        m, k = np.repeat(masses, options.points, axis=0), np.repeat(charges, options.points, axis=0)
        dz = field(z, m, k)
        arrays = {
            "z": z,
            "dz": dz,
            "q": z[:, :, 0],
            "v": dz[:, :, 0],
            "a": dz[:, :, 1] / m[:, :, None],
            "m": m,
            "k": k,
            "energy": hamiltonian(z, m, k),
            **trajectory_and_time(options.samples, times),
        }
        partition = first_fifth(options.samples, options.points)
        kinds = {"z": "phase_space", "dz": "derivative"}
        return Dataset(reference.text, arrays, kinds, partition, points=options.points)


def draw_systems(
    samples: int, bodies: int, dim: int, generator: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Initial states (samples, bodies, 2, dim) without total momentum, masses and spring factors (samples, bodies)."""
    masses = generator.uniform(0.1, 3.1, (samples, bodies))
    charges = generator.uniform(0.0, 5.0, (samples, bodies))
    position = 0.4 * generator.standard_normal((samples, bodies, dim))
    momentum = 0.6 * generator.standard_normal((samples, bodies, dim))
    momentum -= momentum.mean(axis=1, keepdims=True)
    return np.stack([position, momentum], axis=2), masses, charges


SOURCE = NSprings()
