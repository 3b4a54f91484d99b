"""Two unit masses in the plane under gravity, G = 1, near circular orbits (code of arXiv 1906.01563, task 4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.gravity import ORBIT_KEYS, OrbitOptions, gravity, orbit_data, read_orbit_options
from symdsl.data.source import Reference, read_options
from symdsl.data.system import System

Array = NDArray[np.float64]


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


class TwoBodyOptions(OrbitOptions):
    """1,000 orbits of 50 states over t in [0, 20]; `eccentricity` spreads the speeds."""

    samples: int = Field(1000, ge=2, le=1_000_000)
    points: int = Field(50, ge=2, le=100_000)
    duration: float = Field(20.0, gt=0, le=1e6)
    eccentricity: float = Field(0.05, ge=0, le=1)


class TwoBody:
    """1,000 orbits of 50 exact states over t in [0, 20]; the first fifth is the test part."""

    name = "two_body"
    description = "two gravitating bodies in the plane, states and their exact time derivatives (HNN task 4)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, 2, 4) positions x1, x2, y1, y2, then momenta; (N, 2, 2, 2) by body with per_body = true",
        **ORBIT_KEYS,
    })

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`), 50,000 samples unless options say otherwise."""
        options = read_orbit_options(reference, TwoBodyOptions)
        random = np.random.RandomState(seed if options.seed is None else options.seed)
        return orbit_data(reference.text, draw_initial(options.samples, options.eccentricity, random), options)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves energy, momentum and angular momentum."""
        return gravity(2, read_options(reference, TwoBodyOptions).per_body)


SOURCE = TwoBody()
