"""Small motions: a spec, and what stands for its compiled model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.simulation.motion import Call, Motion

SPRING = """
model spring {
  data {
    z: phase_space(dim = 1)
    dz: derivative(z)
  }
  symmetry time: translation(t)
  predict dz from z
  ENFORCED
}
"""
HAMILTONIAN = SPRING.replace("ENFORCED", "enforce time by hamiltonian { hidden = [16, 16], activation = tanh }")
LINEAR = SPRING.replace("ENFORCED", "").replace("from z\n", "from z by mlp { hidden = [] }\n")
MASSES = """
model springs {
  data {
    k: scalar
    z: phase_space(dim = 1)
    dz: derivative(z)
    e: scalar
  }
  predict e, dz from k, z
}
"""
ORBITS = """
model orbits {
  data {
    axis bodies = 2
    z: phase_space(dim = 2) per bodies
    dz: derivative(z)
  }
  symmetry time: translation(t)
  symmetry turn: SO(2)
  predict dz from z
  enforce time by hamiltonian
  enforce turn by equivariant_mlp { hidden = [12] }
}
"""
Field = Callable[[NDArray[Any]], NDArray[Any]]


def compiled(text: str, backend: str, dtype: Any = "float64") -> Compilation:
    return prepare(text, Session(backend=backend, dtype=dtype))


def spec_of(text: str) -> Model:
    return prepare(text).spec


def calling(field: Field) -> Call:
    """A model whose only output is `field` of its only input."""

    def call(entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        assert entry_point == "forward"
        return (field(arrays[0]),)

    return call


def motion_of(field: Field) -> Motion:
    """dz/dt = field(z) for z (N, 2, 1)."""
    return Motion(spec_of(HAMILTONIAN), calling(field), {})


def orbit(initial: NDArray[Any], times: NDArray[Any]) -> NDArray[Any]:
    """The exact motion of H = q^2 + p^2: (N, 2, 1) -> (N, T, 2, 1)."""
    q, p = initial[:, None, 0], initial[:, None, 1]
    cosine, sine = np.cos(2 * times)[None, :, None], np.sin(2 * times)[None, :, None]
    return np.stack([q * cosine + p * sine, p * cosine - q * sine], axis=2)
