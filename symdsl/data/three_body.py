"""Three unit masses in the plane under gravity, G = 1, near a turning triangle (code of arXiv 1906.01563, task 4b)."""

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

CIRCULAR = np.sqrt(np.sin(np.pi / 3) / (2 * np.cos(np.pi / 6) ** 2))
"""Speed times sqrt(r) of three unit masses on a circle of radius r that stay an equilateral triangle."""


def draw_initial(samples: int, disorder: float, generator: np.random.Generator) -> Array:
    """Initial states (samples, 2, 6): an equilateral triangle of radius U[0.9, 1.2] and uniform phase, circular speeds.

    Each component of each velocity is then multiplied by 1 + disorder U[-1, 1], so that the total momentum is not 0.
    """
    radius = generator.uniform(0.9, 1.2, (samples, 1))
    phase = generator.uniform(0, 2 * np.pi, (samples, 1)) + 2 * np.pi / 3 * np.arange(3)
    position = radius[:, :, None] * np.stack([np.cos(phase), np.sin(phase)], axis=1)
    turned = np.stack([-position[:, 1], position[:, 0]], axis=1)
    velocity = turned / radius[:, :, None] ** 1.5 * CIRCULAR
    velocity *= 1 + disorder * generator.uniform(-1, 1, velocity.shape)
    return np.stack([position, velocity], axis=1).reshape(samples, 2, 6)


class ThreeBodyOptions(OrbitOptions):
    """5,000 orbits of 20 states over t in [0, 5]; `disorder` spreads the velocities."""

    samples: int = Field(5000, ge=2, le=1_000_000)
    points: int = Field(20, ge=2, le=100_000)
    duration: float = Field(5.0, gt=0, le=1e6)
    disorder: float = Field(0.2, ge=0, le=1)


class ThreeBody:
    """5,000 chaotic orbits of 20 exact states over t in [0, 5]; the first fifth is the test part."""

    name = "three_body"
    description = "three gravitating bodies in the plane, states and their exact time derivatives (HNN task 4b)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, 2, 6) positions x1, x2, x3, y1, y2, y3, then momenta; (N, 3, 2, 2) by body with per_body = true",
        **ORBIT_KEYS,
    })

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`), 100,000 samples unless options say otherwise."""
        options = read_orbit_options(reference, ThreeBodyOptions)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        return orbit_data(reference.text, draw_initial(options.samples, options.disorder, generator), options)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves energy, momentum and angular momentum."""
        return gravity(3, read_options(reference, ThreeBodyOptions).per_body)


SOURCE = ThreeBody()
