"""A heavy symmetric top with a fixed point, as three points of its body tied by rods (gyroscope of 2010.13581).

The points lie at unit distance from the fixed point, the origin, along the principal axes. A point sum_i c_i x_i of
the body moves with them, so the kinetic energy is sum_i A_i |dx_i/dt|^2 / 2 with the second moments A_i of the mass.
"""

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
MOMENTS = np.array([0.25, 0.25, 1.0])
"""Second moments of a disc of mass 1 and radius 1 at distance 1 from the fixed point, across its axis and along it."""
RODS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0))


class GyroscopeOptions(TiedOptions):
    """A top that turns about its axis with angular velocity `spin`, more or less."""

    spin: float = Field(4.0, ge=-1e3, le=1e3)


def top(options: GyroscopeOptions) -> TiedBodies:
    """The points of the axes; the weight pulls at the third, the centre of mass. z is up."""
    weight = np.zeros((3, 3))
    weight[2, 2] = -options.gravity
    return TiedBodies(MOMENTS, RODS, lambda q: np.broadcast_to(weight, q.shape))


def hamiltonian(z: Array, gravity: float) -> Array:
    """H = sum_i |p_i|^2 / (2 A_i) + g x_3 . z: (N, 3, 2, 3) -> (N,)."""
    return np.sum(z[:, :, 1] ** 2 / (2 * MOMENTS[:, None]), axis=(1, 2)) + gravity * z[:, 2, 0, 2]


def angular_momentum(z: Array) -> Array:
    """sum_i x_i x p_i: (N, 3, 2, 3) -> (N, 3)."""
    return np.sum(np.cross(z[:, :, 0], z[:, :, 1]), axis=1)


def about_vertical(z: Array) -> Array:
    """The angular momentum about the vertical, which the motion conserves: (N, 3, 2, 3) -> (N,)."""
    return angular_momentum(z)[:, 2]


def about_axis(z: Array) -> Array:
    """That about the axis of the top, which a symmetric one conserves too: (N, 3, 2, 3) -> (N,)."""
    return np.sum(angular_momentum(z) * z[:, 2, 0], axis=1)


def to_angles(z: Array) -> Array:
    """Euler's angles (phi, theta, psi; z x z) and their momenta: (N, 3, 2, 3) -> (N, 2, 3)."""
    first, second, third = (z[:, body, 0] for body in range(3))
    phi = np.arctan2(third[:, 0], -third[:, 1])
    theta = np.arccos(np.clip(third[:, 2], -1, 1))
    psi = np.arctan2(first[:, 2], second[:, 2])
    nodes = np.stack([np.cos(phi), np.sin(phi), np.zeros_like(phi)], axis=1)
    about_nodes = np.sum(angular_momentum(z) * nodes, axis=1)
    return np.stack([np.stack([phi, theta, psi], axis=1),
                     np.stack([about_vertical(z), about_nodes, about_axis(z)], axis=1)], axis=1)  # fmt: skip


def draw_initial(samples: int, spin: float, generator: np.random.Generator) -> Array:
    """Tops at a tilt U[0.3, 1.2], with normal angular velocities of standard deviation 1/2 besides the spin."""
    phi, psi = generator.uniform(0, 2 * np.pi, (2, samples))
    theta = generator.uniform(0.3, 1.2, samples)
    places = axes_of(np.stack([phi, theta, psi], axis=1))
    velocity = spin * places[:, 2] + 0.5 * generator.standard_normal((samples, 3))
    momenta = MOMENTS[:, None] * np.cross(velocity[:, None], places)
    return np.stack([places, momenta], axis=2)


def axes_of(angles: Array) -> Array:
    """The three points of the body at Euler's angles: (N, 3) -> (N, 3, 3)."""
    phi, theta, psi = angles.T
    axes = np.einsum("nij,njk,nkl->nil", _turn(phi, (0, 1)), _turn(theta, (1, 2)), _turn(psi, (0, 1)))
    return axes.swapaxes(1, 2)


def _turn(angle: Array, plane: tuple[int, int]) -> Array:
    """Rotations (N, 3, 3) of the first axis of a plane towards the second."""
    first, second = plane
    found = np.tile(np.eye(3), (len(angle), 1, 1))
    found[:, first, first] = found[:, second, second] = np.cos(angle)
    found[:, second, first], found[:, first, second] = np.sin(angle), -np.sin(angle)
    return found


class Gyroscope:
    """200 trajectories of 101 states over 3 units of time; the first fifth is the test part."""

    name = "gyroscope"
    description = "a heavy symmetric top with a fixed point, as three points of its body (CHNN)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, 3, 2, 3) point, then position or momentum, then x, y, z (up)",
        "angles": "(N, 2, 3) Euler's angles, and their momenta",
        **KEYS,
    })

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`), 20,200 samples unless options say otherwise."""
        refuse_path(reference)
        options = read_options(reference, GyroscopeOptions)
        check_size(reference, options.samples, options.points)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        initial = draw_initial(options.samples, options.spin, generator)
        energy = partial(hamiltonian, gravity=options.gravity)
        return tied_data(reference.text, top(options), initial, options, energy, to_angles)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves energy and the angular momenta about the vertical and about its axis."""
        options = read_options(reference, GyroscopeOptions)
        conserved = {
            "energy": partial(hamiltonian, gravity=options.gravity),
            "angular_momentum": about_vertical,
            "spin": about_axis,
        }
        return System((3, 2, 3), top(options).field, conserved)


SOURCE = Gyroscope()
