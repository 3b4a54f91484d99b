"""Bodies tied by rods: Hamilton's equations in Cartesian coordinates, projected onto what the rods leave free."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.integrate import integrate
from symdsl.data.simulated import trajectory_and_time
from symdsl.data.source import SourceOptions

Array = NDArray[np.float64]
KEYS: Mapping[str, str] = MappingProxyType({
    "dz": "as z: exact time derivative",
    "energy": "(N,) true energy",
    "trajectory": "(N,) which trajectory a sample belongs to",
    "time": "(N,) when",
})


class TiedOptions(SourceOptions):
    """`samples` trajectories of `points` exact states over `duration`."""

    samples: int = Field(200, ge=2, le=1_000_000)
    points: int = Field(101, ge=2, le=100_000)
    duration: float = Field(3.0, gt=0, le=1e6)
    gravity: float = Field(1.0, ge=0, le=1e6)
    rtol: float = Field(1e-9, ge=1e-13, le=1e-2)
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


@dataclass(frozen=True)
class TiedBodies:
    """`masses` (n,); `rods` are pairs of bodies, (b, b) the distance of body b from the origin; `force(q)` is -dV/dq.

    States are (N, n, 2, d): q and p = m v of each body.
    """

    masses: Array
    rods: Sequence[tuple[int, int]]
    force: Callable[[Array], Array]

    def field(self, z: Array) -> Array:
        """P J dH/dz, P = 1 - J D (D^T J D)^-1 D^T, with D = d(Phi, dPhi/dt)/dz (Finzi et al. 2020, 2010.13581).

        Written out with the whole matrices: (N, n, 2, d) -> (N, n, 2, d).
        """
        count, bodies, _, dimension = z.shape
        size = bodies * dimension
        velocity = z[:, :, 1] / self.masses[:, None]
        free = np.stack([velocity, self.force(z[:, :, 0])], axis=1).reshape(count, 2 * size)
        by_length, by_rate = self.slopes(z[:, :, 0], velocity)
        both = np.concatenate([by_length, by_rate], axis=1)
        turned = np.concatenate([both[:, :, size:], -both[:, :, :size]], axis=2)
        pull = np.linalg.solve(both @ turned.swapaxes(1, 2), both @ free[:, :, None])
        moved = free - (turned.swapaxes(1, 2) @ pull)[:, :, 0]
        return moved.reshape(count, 2, bodies, dimension).swapaxes(1, 2)

    def slopes(self, places: Array, velocity: Array) -> tuple[Array, Array]:
        """d(|r|^2/2)/dz and d(r . dr/dt)/dz of each rod r: (N, rods, 2 n d) each."""
        count, bodies, dimension = places.shape
        by_length = np.zeros((count, len(self.rods), 2, bodies, dimension))
        by_rate = np.zeros_like(by_length)
        for row, (first, second) in enumerate(self.rods):
            across, change = places[:, first].copy(), velocity[:, first].copy()
            if second != first:
                across -= places[:, second]
                change -= velocity[:, second]
            for body, sign in ((first, 1.0), (second, -1.0))[: 1 if second == first else 2]:
                by_length[:, row, 0, body] += sign * across
                by_rate[:, row, 0, body] += sign * change
                by_rate[:, row, 1, body] += sign * across / self.masses[body]
        shape = (count, len(self.rods), -1)
        return by_length.reshape(shape), by_rate.reshape(shape)

    def follow(self, initial: Array, times: Array, rtol: float) -> Array:
        """The trajectories (N, T, n, 2, d) from `initial` (N, n, 2, d)."""
        shape = initial.shape[1:]
        states = integrate(
            lambda y: self.field(y.reshape(-1, *shape)).reshape(len(y), -1),
            initial.reshape(len(initial), -1), times, rtol=rtol, atol=rtol,
        )  # fmt: skip
        return states.reshape(len(initial), len(times), *shape)


def tied_data(
    name: str, bodies: TiedBodies, initial: Array, options: TiedOptions,
    energy: Callable[[Array], Array], angles: Callable[[Array], Array],
) -> Dataset:  # fmt: skip
    """Exact states along trajectories from `initial`; the first fifth of them is the test part.

    `angles` gives canonical coordinates (N, 2, k) of states; along a trajectory they do not jump.
    """
    times = np.linspace(0, options.duration, options.points)
    path = bodies.follow(initial, times, options.rtol)
    z = path.reshape(-1, *path.shape[2:])
    turned = angles(z).reshape(options.samples, options.points, 2, -1)
    turned[:, :, 0] = np.unwrap(turned[:, :, 0], axis=1)
    arrays = {
        "z": z,
        "dz": bodies.field(z),
        "angles": turned.reshape(len(z), 2, -1),
        "energy": energy(z),
        **trajectory_and_time(options.samples, times),
    }
    edge = max(1, options.samples // 5) * options.points
    partition = {"train": np.arange(edge, len(z)), "test": np.arange(edge)}
    kinds = {"z": "phase_space", "dz": "derivative"}
    return Dataset(name, arrays, kinds, partition, points=options.points)
