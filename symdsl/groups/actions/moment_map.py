"""Noether's theorem for actions on phase spaces: the functions whose Hamiltonian flows are one-parameter groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symdsl.groups.actions.action import Action
from symdsl.groups.actions.geometry import Offset

Array = NDArray[np.float64]
TOLERANCE = 1e-12
"""Relative rounding of what is compared with zero."""


def infinitesimal(action: Action, algebra: Array, array: Array) -> Array:
    """d/ds of exp(s A) z at s = 0, but for its constant part: A (d, d), z (N, *shape) -> (N, *shape)."""
    total = np.zeros_like(array)
    for axes, representation in action.factors:
        matrix = representation.algebra_matrix(algebra[None])[0]
        source, target = [axis + 1 for axis in axes], list(range(array.ndim - len(axes), array.ndim))
        moved = np.moveaxis(array, source, target)
        flat = moved.reshape(*moved.shape[: array.ndim - len(axes)], representation.dimension)
        total += np.moveaxis((flat @ matrix.T).reshape(moved.shape), target, source)
    return total


def infinitesimal_offset(action: Action, algebra: Array) -> Array:
    """The constant part of d/ds of exp(s A) z at s = 0: (*shape)."""
    nothing = np.zeros((1, *action.shape))
    geometry = action.geometry
    return geometry.apply(action.group, algebra, nothing)[0] if isinstance(geometry, Offset) else nothing[0]


@dataclass(frozen=True)
class MomentMap:
    """J with dJ = w(X, .) for each of the fields X(z) = B z + c of `algebra` (k, d, d): J = z^T W B z / 2 + (W c)^T z.

    `axis` is (q, p) in the array and W turns (x, y) along it to (-y, x), the inverse of Hamilton's equations
    (Marsden and Ratiu, Introduction to Mechanics and Symmetry, 11.3 and 12.1). What is conserved where H is invariant.
    """

    name: str
    action: Action
    axis: int
    algebra: Array

    def value(self, states: Array) -> Array:
        """(N, *shape) -> (N, k)."""
        columns = []
        for element in self.algebra:
            linear = turned(infinitesimal(self.action, element, states), self.axis + 1)
            constant = turned(infinitesimal_offset(self.action, element), self.axis)
            columns.append(np.sum((linear / 2 + constant) * states, axis=tuple(range(1, states.ndim))))
        return np.stack(columns, axis=1)

    def slope(self, states: Array) -> Array:
        """dJ/dz: (N, *shape) -> (N, k, *shape)."""
        found = [
            turned(
                infinitesimal(self.action, element, states) + infinitesimal_offset(self.action, element), self.axis + 1
            )
            for element in self.algebra
        ]
        return np.stack(found, axis=1)


def turned(field: Array, axis: int) -> Array:
    """W: (x, y) along an axis to (-y, x)."""
    first, second = np.split(field, 2, axis=axis)
    return np.concatenate([-second, first], axis=axis)


def moment_maps(name: str, action: Action, axis: int) -> tuple[MomentMap, ...]:
    """The moment maps of a group of canonical maps: `momentum` of what shifts every position alike, `angular_momentum`
    of what turns all positions and momenta alike, and what remains under `name`. Empty for an action that moves pixels,
    or in which one field is not Hamiltonian.
    """
    if action.geometry is not None and not isinstance(action.geometry, Offset):
        return ()
    kinds: dict[str, list[Array]] = {}
    generator = np.random.default_rng(0)
    probes = generator.standard_normal((2, *action.shape))
    for element in action.group.lie_algebra:
        moved = infinitesimal(action, element, probes)
        constant = infinitesimal_offset(action, element)
        if not moved.any() and not constant.any():
            continue
        if not _is_hamiltonian(moved, probes, axis):
            return ()
        kinds.setdefault(_kind(name, action, element, moved, probes), []).append(element)
    return tuple(MomentMap(kind, action, axis, np.stack(elements)) for kind, elements in kinds.items())


def _is_hamiltonian(moved: Array, probes: Array, axis: int) -> bool:
    """Whether W B is symmetric: x^T W B y = y^T W B x for two random states."""
    by = turned(moved, axis + 1)
    left, right = np.sum(probes[0] * by[1]), np.sum(probes[1] * by[0])
    size = np.sum(np.abs(probes[0] * by[1])) + np.sum(np.abs(probes[1] * by[0]))
    return bool(abs(left - right) <= TOLERANCE * max(size, 1.0))


def _kind(name: str, action: Action, element: Array, moved: Array, probes: Array) -> str:
    if not moved.any():
        return "momentum"
    if infinitesimal_offset(action, element).any():
        return name
    size = action.shape[-1]
    units = np.zeros((size, *action.shape))
    units.reshape(size, -1)[:, :size] = np.eye(size)
    rows = infinitesimal(action, element, units).reshape(size, -1)[:, :size]
    turns = np.allclose(rows, -rows.T, rtol=0, atol=TOLERANCE) and np.allclose(moved, probes @ rows, rtol=0, atol=1e-9)
    return "angular_momentum" if turns else name


def is_still(action: Action, algebra: Array) -> bool:
    """Whether the one-parameter groups of `algebra` (k, d, d) leave every array of an action alone."""
    if action.geometry is not None and not isinstance(action.geometry, Offset):
        return False
    probe = np.random.default_rng(0).standard_normal((1, *action.shape))
    return not any(
        infinitesimal(action, element, probe).any() or infinitesimal_offset(action, element).any()
        for element in algebra
    )
