"""The true motion behind a simulated source: its field, what it conserves, and where its bodies are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from symdsl.data.integrate import Watch, integrate
from symdsl.data.source import Reference, find_source

Array = NDArray[np.float64]
RTOL, ATOL = 1e-10, 1e-12
"""Of true trajectories: finer than what a learned field is followed with."""


@dataclass(frozen=True)
class System:
    """dz/dt = field(z) of states of `shape`, batched: (N, *shape) -> (N, *shape).

    `conserved` are quantities by name, (N, *shape) -> (N,) or (N, k), which the motion leaves alone; `positions` says
    where the bodies are in the plane, (N, *shape) -> (N, bodies, 2), None where there is no plane.
    """

    shape: tuple[int, ...]
    field: Callable[[Array], Array]
    conserved: Mapping[str, Callable[[Array], Array]]
    positions: Callable[[Array], Array] | None = None

    def follow(self, initial: Array, times: Array, watch: Watch | None = None) -> Array:
        """The true trajectories (N, T, *shape) from `initial` (N, *shape). Raises BreakdownError (SYM0817)."""
        count, size = len(initial), initial[0].size
        states = integrate(
            lambda y: self.field(y.reshape(-1, *self.shape)).reshape(-1, size),
            initial.reshape(count, size), times, rtol=RTOL, atol=ATOL, watch=watch,
        )  # fmt: skip
        return states.reshape(count, len(times), *self.shape)

    def in_layout(
        self, shape: tuple[int, ...], lay_out: Callable[[Array], Array], restore: Callable[[Array], Array]
    ) -> System:
        """The same motion of states of another shape: `lay_out` makes such a state, `restore` is its inverse."""
        follow, where = self.field, self.positions
        conserved = {name: partial(_restored, restore, value) for name, value in self.conserved.items()}
        return System(
            shape,
            lambda z: lay_out(follow(restore(z))),
            conserved,
            None if where is None else partial(_restored, restore, where),
        )


def _restored(restore: Callable[[Array], Array], function: Callable[[Array], Array], z: Array) -> Array:
    return function(restore(z))


@runtime_checkable
class Simulator(Protocol):
    """A source that draws its data from a motion that it knows."""

    def system(self, reference: Reference) -> System:
        """The motion in the layout that the options of `reference` ask for. Raises SymdslError (SYM0816)."""
        ...


def find_system(reference: Reference) -> System | None:
    """The motion behind a reference, None where its source is no simulator. Raises SymdslError (SYM0812, SYM0816)."""
    source = find_source(reference.name, reference.span)
    return source.system(reference) if isinstance(source, Simulator) else None
