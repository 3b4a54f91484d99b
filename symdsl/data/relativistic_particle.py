"""A particle of unit mass in a constant force, c = 1 (Cranmer 2020, arXiv 2003.04630, and its code)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.simulated import first_fifth
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path

Array = NDArray[np.float64]


def acceleration(velocity: Array, force: Array, physical: bool = True) -> Array:
    """a = g (1 - v^2)^(3/2), of L = -sqrt(1 - v^2) + g q.

    The code of the paper has g (1 - v^2)^(5/2) / (1 + 2 v^2) instead, of L = 1 / sqrt(1 - v^2) + g q.
    """
    slack = 1 - velocity**2
    return force * slack**1.5 if physical else force * slack**2.5 / (1 + 2 * velocity**2)


class RelativisticParticleOptions(SourceOptions):
    """`samples` random states. `physical` is the motion of special relativity, else that of the paper's code."""

    samples: int = Field(10_000, ge=2, le=10_000_000)
    physical: bool = False
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


class RelativisticParticle:
    """10,000 states: q U[-10, 10], v = 0.99999 tanh(2 N(0, 1)), g ~ 10 N(0, 1); the first fifth is the test part."""

    name = "relativistic_particle"
    description = "a particle near the speed of light in a constant force, exact accelerations (LNN)"
    keys: Mapping[str, str] = MappingProxyType({
        "q": "(N,) position",
        "v": "(N,) velocity, |v| < 1",
        "a": "(N,) exact acceleration",
        "g": "(N,) force",
    })

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """q, v, a and g (see `keys`)."""
        refuse_path(reference)
        options = read_options(reference, RelativisticParticleOptions)
        check_size(reference, options.samples, 1)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        position = generator.uniform(-10, 10, options.samples)
        velocity = 0.99999 * np.tanh(2 * generator.standard_normal(options.samples))
        force = 10 * generator.standard_normal(options.samples)
        arrays = {"q": position, "v": velocity, "a": acceleration(velocity, force, options.physical), "g": force}
        kinds = {"v": "derivative", "a": "derivative"}
        return Dataset(reference.text, arrays, kinds, first_fifth(options.samples))


SOURCE = RelativisticParticle()
