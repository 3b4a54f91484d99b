"""Closing with a hypothesis: what is next to noisy generators among the conjugates of a named algebra.

Algebras that are not reductive, and circles, are boundary points: the algebra nearest to their noisy generators is most
often another one. They are found by asking for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, exponential
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.families.affine import affine, galilei, heisenberg, special_euclidean
from symdsl.groups.families.catalogue import product, translations
from symdsl.groups.families.classical import general_linear, scale, special_linear
from symdsl.groups.families.pseudo_orthogonal import special_orthogonal
from symdsl.groups.group import Group
from symdsl.groups.identification.closing import FARTHEST, Closed, filled_entries, tangent_between

_STARTS: Final = 8
_STEPS: Final = 40
_SEED: Final = 1903
_WORST_CONDITION: Final = 1e4
_WEAKEST, _STRONGEST = 1e-10, 1e8
_LONGEST_STEP: Final = 5.0


def closed_as_fragile(generators: Array) -> tuple[tuple[Group, Closed], ...]:
    """Noisy generators (r, d, d) closed as each algebra of `fragile_groups` that is near to them, nearest first."""
    count, size = len(generators), generators.shape[-1]
    tried = [(group, close_as(generators, group.lie_algebra)) for group in fragile_groups(count, size)]
    found = [(group, closed) for group, closed in tried if closed is not None]
    return tuple(sorted(found, key=lambda each: each[1].moved))


def fragile_groups(count: int, size: int) -> tuple[Group, ...]:
    """Groups of matrices of a size d that have an algebra of `count` dimensions which noise in generators hides."""
    return tuple(group for group in _fragile(size) if len(group.lie_algebra) == count and group.dimension == size)


def close_as(generators: Array, algebra: Array) -> Closed | None:
    """The conjugate P A P^-1 of a closed algebra (r, d, d) that is next to noisy generators (r, d, d).

    By steps of Gauss and Newton on P from several starts; None where the nearest is too far, or P too badly
    conditioned. Entries that are zero in all generators, and in the algebra, stay so. Raises SymdslError SYM0704.
    """
    if algebra.shape != generators.shape:
        return None
    count, size = len(generators), generators.shape[-1]
    check_entries(2 * count * size**4, "the closing of generators as another algebra")
    wanted = span_of(generators)
    if len(wanted) < count:
        return None
    pattern = filled_entries(np.concatenate([generators, algebra])) | np.eye(size, dtype=bool)
    rng = np.random.default_rng(_SEED)
    ways: list[tuple[Array, tuple[float, ...]]] = []
    for start in range(_STARTS):
        turn = np.linalg.qr(rng.standard_normal((size, size)))[0] if start else np.eye(size)
        frame = np.where(pattern, turn, 0.0)
        if np.linalg.cond(frame) < _WORST_CONDITION:
            ways.append(_nearest_conjugate(wanted, algebra, frame, pattern))
        distances = sorted(residuals[-1] for _, residuals in ways)
        if len(distances) > 3 and distances[3] < 1.001 * distances[0] + 1e-12:
            break
    nearest, residuals = min(ways, key=lambda way: way[1][-1])
    moved = tangent_between(nearest, wanted)
    return Closed(nearest.reshape(generators.shape), moved, residuals) if moved <= FARTHEST else None


def _fragile(size: int) -> Iterator[Group]:
    linear = size - 1
    if linear:
        yield translations(linear)
        yield affine(general_linear(linear))
    if linear > 1:
        yield heisenberg(linear - 1)
        yield special_euclidean(linear)
        yield from (affine(special_orthogonal(plus, linear - plus)) for plus in range(1, linear // 2 + 1))
        yield affine(special_linear(linear))
    if linear > 2:
        yield galilei(linear - 1)
        yield product(special_euclidean(linear - 1), scale())


def _nearest_conjugate(
    wanted: Array, algebra: Array, frame: Array, pattern: np.ndarray
) -> tuple[Array, tuple[float, ...]]:
    """Orthonormal rows W (r, d * d) of the conjugate nearest to orthonormal rows V, from a start P (d, d).

    Also the distances |V - V W^T W| of all steps. A step exp(Z) of P moves W by [Z, W], of which what leaves the span
    of W counts; it is damped until it comes nearer.
    """
    units = np.eye(pattern.size)[pattern.ravel()].reshape(-1, *pattern.shape)
    damping = 1e-3
    basis = _conjugate(algebra, frame)
    residuals = [_distance(wanted, basis)]
    while len(residuals) < _STEPS and damping < _STRONGEST:
        matrices = basis.reshape(algebra.shape)
        moves = (units[:, None] @ matrices[None] - matrices[None] @ units[:, None]).reshape(len(units), len(basis), -1)
        moves = wanted @ basis.T @ (moves - moves @ basis.T @ basis)
        system = moves.reshape(len(units), -1)
        defect = wanted - wanted @ basis.T @ basis
        step = np.linalg.solve(system @ system.T + damping * np.eye(len(units)), system @ defect.ravel())
        near = bool(np.linalg.norm(step) < _LONGEST_STEP)  # not so where it is not finite either
        turned = exponential(np.tensordot(step, units, axes=1)) @ frame if near else frame
        tried = _conjugate(algebra, turned) if near and np.linalg.cond(turned) < _WORST_CONDITION else None
        distance = _distance(wanted, tried) if tried is not None else np.inf
        if tried is None or distance > residuals[-1]:
            damping *= 5.0
            continue
        converged = residuals[-1] - distance < 1e-10
        frame, basis, damping = turned, tried, max(0.2 * damping, _WEAKEST)
        residuals.append(distance)
        if converged:
            break
    return basis, tuple(residuals)


def _conjugate(algebra: Array, frame: Array) -> Array:
    moved = frame @ algebra @ np.linalg.inv(frame)
    return np.linalg.qr(moved.reshape(len(algebra), -1).T)[0].T


def _distance(wanted: Array, basis: Array) -> float:
    return float(np.linalg.norm(wanted - wanted @ basis.T @ basis))
