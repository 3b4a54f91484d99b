"""Masses on rods that hang from one another, in Cartesian coordinates (ChainPendulum of arXiv 2010.13581)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.rods import KEYS, TiedBodies, TiedOptions, tied_data
from symdsl.data.source import Reference, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]


class ChainPendulumOptions(TiedOptions):
    """`links` rods; masses and lengths are 0.6 + 0.8 U, the same for every seed, or 1 where they are `equal`."""

    links: int = Field(3, ge=1, le=64)
    equal: bool = False

    @property
    def constants(self) -> tuple[Array, Array]:
        """Masses and lengths (links,)."""
        if self.equal:
            return np.ones(self.links), np.ones(self.links)
        random = np.random.RandomState(0)
        return 0.6 + 0.8 * random.rand(self.links), 0.6 + 0.8 * random.rand(self.links)


def chain(options: ChainPendulumOptions) -> TiedBodies:
    """The first mass hangs from the origin, every other from the one before; y is up."""
    masses, _ = options.constants
    weight = np.stack([np.zeros_like(masses), -options.gravity * masses], axis=1)
    rods = [(0, 0), *((link - 1, link) for link in range(1, options.links))]
    return TiedBodies(masses, rods, lambda q: np.broadcast_to(weight, q.shape))


def hamiltonian(z: Array, masses: Array, gravity: float) -> Array:
    """H = sum_i |p_i|^2 / (2 m_i) + m_i g y_i: (N, links, 2, 2) -> (N,)."""
    kinetic = np.sum(z[:, :, 1] ** 2, axis=2) / (2 * masses)
    return np.sum(kinetic + gravity * masses * z[:, :, 0, 1], axis=1)


def from_angles(angles: Array, velocities: Array, masses: Array, lengths: Array) -> Array:
    """States of rods that stand at angles from the downward vertical: (N, links), (N, links) -> (N, links, 2, 2)."""
    along = np.stack([np.sin(angles), -np.cos(angles)], axis=2) * lengths[:, None]
    turning = np.stack([np.cos(angles), np.sin(angles)], axis=2) * (lengths * velocities)[:, :, None]
    return np.stack([np.cumsum(along, axis=1), masses[:, None] * np.cumsum(turning, axis=1)], axis=2)


def to_angles(z: Array) -> Array:
    """(angles, their momenta) of states: (N, links, 2, 2) -> (N, 2, links); p_i = dT/d(velocity of angle i)."""
    rods = np.diff(z[:, :, 0], axis=1, prepend=0)
    below = np.cumsum(z[:, ::-1, 1], axis=1)[:, ::-1]
    # turning rod i moves all masses from it on by (-dy, dx)
    momenta = rods[:, :, 0] * below[:, :, 1] - rods[:, :, 1] * below[:, :, 0]
    return np.stack([np.arctan2(rods[:, :, 0], -rods[:, :, 1]), momenta], axis=1)


class ChainPendulum:
    """200 trajectories of 101 states over 3 units of time, of a chain of three; the first fifth is the test part."""

    name = "chain_pendulum"
    description = "masses on rods that hang from one another, in Cartesian coordinates (CHNN)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, links, 2, 2) mass, then position or momentum, then x and y (up)",
        "angles": "(N, 2, links) angles of the rods from the downward vertical, and their momenta",
        **KEYS,
    })

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`): angles start normal, angular velocities with standard deviation 1/2."""
        refuse_path(reference)
        options = read_options(reference, ChainPendulumOptions)
        check_size(reference, options.samples, options.points)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        angles, velocities = generator.standard_normal((2, options.samples, options.links))
        masses, lengths = options.constants
        initial = from_angles(angles, velocities / 2, masses, lengths)
        energy = partial(hamiltonian, masses=masses, gravity=options.gravity)
        return tied_data(reference.text, chain(options), initial, options, energy, to_angles)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves its energy."""
        options = read_options(reference, ChainPendulumOptions)
        energy = partial(hamiltonian, masses=options.constants[0], gravity=options.gravity)
        return System((options.links, 2, 2), chain(options).field, {"energy": energy}, lambda z: z[:, :, 0])


SOURCE = ChainPendulum()
