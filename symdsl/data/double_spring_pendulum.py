"""A mass on a spring that hangs from another, in space under gravity (Finzi et al. 2021, 2104.09459, section 7.2).

As the code of the paper has it, in its units (masses, spring constants, lengths and g are 1): z is up, and the energy
of the second spring lacks the factor 1/2, so that its constant is 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.integrate import integrate
from symdsl.data.source import Reference, SourceOptions, check_size, read_options, refuse_path
from symdsl.data.system import System

Array = NDArray[np.float64]
SHAPE = (2, 2, 3)
REST = np.array([[0.0, 0.0, -1.5], [0.0, 0.0, -3.0]])
"""The means of the initial positions."""
SPREAD = np.array([0.2, 0.4])
"""Standard deviations of the initial positions and momenta."""


def springs(z: Array) -> tuple[Array, Array]:
    """How much longer than 1 each spring is, and its direction to its mass: (N, 2, 2, 3) -> (N, 2), (N, 2, 3)."""
    across = np.stack([z[:, 0, 0], z[:, 1, 0] - z[:, 0, 0]], axis=1)
    length = np.linalg.norm(across, axis=2)
    return length - 1, across / length[:, :, None]


def hamiltonian(z: Array, constant: float = 2.0) -> Array:
    """|p_1|^2/2 + |p_2|^2/2 + (|q_1| - 1)^2/2 + k (|q_2 - q_1| - 1)^2/2 + height of both: (N, 2, 2, 3) -> (N,)."""
    stretch, _ = springs(z)
    potential = (stretch[:, 0] ** 2 + constant * stretch[:, 1] ** 2) / 2 + np.sum(z[:, :, 0, 2], axis=1)
    return np.sum(z[:, :, 1] ** 2, axis=(1, 2)) / 2 + potential


def field(z: Array, constant: float = 2.0) -> Array:
    """dq/dt = p, dp/dt = the pull of the springs and of gravity: (N, 2, 2, 3) -> (N, 2, 2, 3)."""
    stretch, direction = springs(z)
    pull = stretch[:, :, None] * direction * np.array([1.0, constant])[:, None]
    force = np.stack([pull[:, 1] - pull[:, 0], -pull[:, 1]], axis=1)
    force[:, :, 2] -= 1
    return np.stack([z[:, :, 1], force], axis=2)


def angular_momentum(z: Array) -> Array:
    """sum_i x_i p_y,i - y_i p_x,i, about the vertical: (N, 2, 2, 3) -> (N,)."""
    return np.sum(z[:, :, 0, 0] * z[:, :, 1, 1] - z[:, :, 0, 1] * z[:, :, 1, 0], axis=1)


def draw_initial(samples: int, generator: np.random.Generator) -> Array:
    """Initial states (samples, 2, 2, 3): hanging straight down, but for normal displacements and momenta."""
    z = SPREAD[:, None] * generator.standard_normal((samples, *SHAPE))
    z[:, :, 0] += REST
    return z


class DoubleSpringPendulumOptions(SourceOptions):
    """Trajectories of the three parts, `duration` long with a state every `step`; of each, `chunk` successive states
    from a random multiple of `chunk` on are kept. `half` gives the second spring the factor 1/2."""

    training: int = Field(500, ge=1, le=1_000_000)
    validation: int = Field(500, ge=0, le=1_000_000)
    test: int = Field(500, ge=0, le=1_000_000)
    duration: float = Field(30.0, gt=0, le=1e5)
    step: float = Field(0.2, gt=0, le=1e5)
    chunk: int = Field(5, ge=1, le=100_000)
    rtol: float = Field(1e-9, ge=1e-13, le=1e-2)
    half: bool = False
    seed: int | None = Field(None, ge=0, le=2**32 - 1)

    @property
    def constant(self) -> float:
        """Of the second spring."""
        return 1.0 if self.half else 2.0

    @property
    def times(self) -> Array:
        """0, step, 2 step, ... below the duration, at least `chunk` of them."""
        count = max(self.chunk, int(np.ceil(self.duration / self.step - 1e-9)))
        return np.arange(count, dtype=np.float64) * self.step


class DoubleSpringPendulum:
    """500 trajectories for training, of each five exact states 0.2 apart, within 30 units of time."""

    name = "double_spring_pendulum"
    description = "two masses on springs, one below the other: exact states and derivatives (EMLP, section 7.2)"
    keys: Mapping[str, str] = MappingProxyType({
        "z": "(N, 2, 2, 3) body, then position or momentum, then x, y, z (up)",
        "dz": "(N, 2, 2, 3) exact time derivative",
        "energy": "(N,) true energy",
        "trajectory": "(N,) which trajectory a sample belongs to",
        "time": "(N,) when",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """z, dz and more (see `keys`): 2,500 samples in each part, unless options say otherwise."""
        refuse_path(reference)
        options = read_options(reference, DoubleSpringPendulumOptions)
        ends = np.cumsum([options.test, options.validation, options.training])
        check_size(reference, int(ends[-1]), len(options.times))
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        initial = draw_initial(int(ends[-1]), generator)
        first = generator.integers(0, len(options.times) // options.chunk, len(initial)) * options.chunk
        when = first[:, None] + np.arange(options.chunk)
        z = follow(initial, options)[np.arange(len(initial))[:, None], when].reshape(-1, *SHAPE)
        arrays = {
            "z": z,
            "dz": field(z, options.constant),
            "energy": hamiltonian(z, options.constant),
            "trajectory": np.repeat(np.arange(len(initial)), options.chunk),
            "time": options.times[when].ravel(),
        }
        test, validation, training = np.split(np.arange(len(z)), ends[:2] * options.chunk)
        partition = {"train": training, "validation": validation, "test": test}
        kinds = {"z": "phase_space", "dz": "derivative"}
        return Dataset(reference.text, arrays, kinds, partition, points=options.chunk)

    def system(self, reference: Reference) -> System:
        """The motion, which conserves energy and the angular momentum about the vertical."""
        constant = read_options(reference, DoubleSpringPendulumOptions).constant
        conserved = {"energy": partial(hamiltonian, constant=constant), "angular_momentum": angular_momentum}
        return System(SHAPE, partial(field, constant=constant), conserved)


def follow(initial: Array, options: DoubleSpringPendulumOptions) -> Array:
    """All states (N, T, 2, 2, 3) at the times of the options."""

    def slope(y: Array) -> Array:
        return field(y.reshape(-1, *SHAPE), options.constant).reshape(-1, 12)

    states = integrate(slope, initial.reshape(-1, 12), options.times, rtol=options.rtol, atol=1e-9)
    return states.reshape(len(initial), len(options.times), *SHAPE)


SOURCE = DoubleSpringPendulum()
