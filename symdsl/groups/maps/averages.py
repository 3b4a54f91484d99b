"""Exact averages of class functions over a group: weighted elements on which characters are enough."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from symdsl.groups.arrays.limits import MAXIMUM_ENTRIES, MAXIMUM_ORDER
from symdsl.groups.arrays.matrices import Array, block_diagonal
from symdsl.groups.combinations import Product, Sum
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, Representation, Trivial

Average = tuple[Array, Array]
_MOST_FIXED_POINTS = 80


def depends_on_trace(representation: Representation) -> bool:
    """Whether the character is a polynomial in tr g and tr g^-1: built of trivial and defining ones alone."""
    match representation:
        case Trivial() | Defining():
            return True
        case Dual(of=inner):
            return depends_on_trace(inner)
        case Sum(parts=parts) | Product(parts=parts):
            return all(depends_on_trace(part) for part in parts)
        case _:
            return False


def class_average(group: Group, degree: int | None, trace_only: bool) -> Average | None:
    """Elements (N, d, d) and weights (N,) with sum 1 that average the class functions met here exactly.

    S(n): one stand-in for each number of fixed points. Other finite groups: every element. U, SU, SO and O, and Sp and
    the non-compact forms through the compact one (Weyl's unitary trick): points of the maximal torus for characters of
    at most `degree`. None where no such rule is known. Where `trace_only`, the elements may be matrices of another size
    with the same distribution of traces (moments of low degree do not depend on the size).
    """
    if group.family == "symmetric" and trace_only:
        return _fixed_points(group.dimension)
    if group.order is not None:
        if group.order > MAXIMUM_ORDER or group.order * group.dimension**2 > MAXIMUM_ENTRIES:
            return None
        return group.elements(), np.full(group.order, 1.0 / group.order)
    if degree is None:
        return None
    if group.family in ("unitary", "special_unitary"):
        return _unitary_average(group.dimension // 2, degree, group.family == "special_unitary")
    if group.family == "symplectic":
        return _symplectic_average(group.dimension // 2, degree)
    if group.signature is None:
        return None
    dimension = group.dimension
    reflected = group.has_reflections
    if trace_only and (reflected or degree < dimension):
        # Without epsilon only pairings are left, and those of 2k axes are already independent for O(k).
        dimension, reflected = min(dimension, max(1, (degree + 1) // 2)), True
    rank = dimension // 2
    if (degree + 2 * rank + 2) ** rank * dimension**2 > MAXIMUM_ENTRIES:
        return None
    return _orthogonal_average(dimension, degree, reflected)


def _fixed_points(points: int) -> Average:
    """The law of the number of fixed points m of a random permutation, as 1 x 1 matrices [m] of that trace."""
    derangements = [1, 0]
    for k in range(2, points + 1):
        derangements.append((k - 1) * (derangements[-1] + derangements[-2]))
    counts = range(min(points, _MOST_FIXED_POINTS) + 1)
    whole = math.factorial(points)
    weights = [float(Fraction(math.comb(points, m) * derangements[points - m], whole)) for m in counts]
    return np.array(counts, dtype=np.float64)[:, None, None], np.array(weights)


def _orthogonal_average(dimension: int, degree: int, reflected: bool) -> Average:
    if dimension == 1:
        proper: Average = (np.ones((1, 1, 1)), np.ones(1))
    else:
        proper = _special_orthogonal_torus(dimension, degree)
    if not reflected:
        return proper
    improper = (-proper[0], proper[1]) if dimension % 2 else _reflected_torus(dimension, degree)
    return np.concatenate([proper[0], improper[0]]), np.concatenate([proper[1], improper[1]]) / 2.0


def _special_orthogonal_torus(dimension: int, degree: int) -> Average:
    """Weyl's formula for SO(n): the torus with density prod (2 cos a_j - 2 cos a_k)^2 [prod (1 - cos a_j), n odd]."""
    rank = dimension // 2
    angles = _angle_grid(rank, degree + 2 * rank + 2)
    density = _vandermonde(angles)
    blocks = _rotations(angles)
    if dimension % 2:
        density = density * np.prod(1.0 - np.cos(angles), axis=1)
        blocks = block_diagonal([blocks, np.ones((len(angles), 1, 1))])
    return blocks, density / density.sum()


def _reflected_torus(dimension: int, degree: int) -> Average:
    """The component of determinant -1 of O(2m): diag(rotations, 1, -1) with the density of Sp(m - 1) (Weyl 1939)."""
    rank = dimension // 2 - 1
    angles = _angle_grid(rank, degree + 2 * rank + 4)
    density = _vandermonde(angles) * np.prod(np.sin(angles) ** 2, axis=1)
    mirror = np.broadcast_to(np.diag([1.0, -1.0]), (len(angles), 2, 2))
    return block_diagonal([_rotations(angles), mirror]), density / density.sum()


def _unitary_average(n: int, degree: int, special: bool) -> Average | None:
    """Weyl's formula for U(n): the torus with density prod |e^ia_j - e^ia_k|^2; for SU(n) where the angles add to 0."""
    rank = n - 1 if special else n
    points = degree + 2 * n
    if points**rank * 4 * n * n > MAXIMUM_ENTRIES:
        return None
    angles = _angle_grid(rank, points)
    if special:
        angles = np.concatenate([angles, -angles.sum(axis=1, keepdims=True)], axis=1)
    rows, columns = np.triu_indices(n, 1)
    density = np.prod(2.0 - 2.0 * np.cos(angles[:, rows] - angles[:, columns]), axis=1)
    return _rotations(angles), density / density.sum()


def _symplectic_average(rank: int, degree: int) -> Average | None:
    """Weyl's formula for the compact form of Sp: turns of each pair (q_j, p_j), whose torus lies in Sp itself."""
    points = degree + 2 * rank + 1
    if points**rank * 4 * rank * rank > MAXIMUM_ENTRIES:
        return None
    angles = _angle_grid(rank, points)
    density = _vandermonde(angles) * np.prod(np.sin(angles) ** 2, axis=1)
    pairs = np.arange(2 * rank).reshape(2, rank).T.ravel()
    turns = np.zeros((len(angles), 2 * rank, 2 * rank))
    turns[:, pairs[:, None], pairs[None, :]] = _rotations(angles)
    return turns, density / density.sum()


def _angle_grid(rank: int, points: int) -> Array:
    """Equally spaced points of the torus (points ** rank, rank), which integrate trigonometric polynomials exactly."""
    axis = 2.0 * np.pi * np.arange(points) / points
    grid = np.meshgrid(*[axis] * rank, indexing="ij")
    return np.stack([part.ravel() for part in grid], axis=1) if rank else np.zeros((1, 0))


def _vandermonde(angles: Array) -> Array:
    cosines = 2.0 * np.cos(angles)
    rows, columns = np.triu_indices(angles.shape[1], 1)
    return np.prod((cosines[:, rows] - cosines[:, columns]) ** 2, axis=1)


def _rotations(angles: Array) -> Array:
    count, rank = angles.shape
    result = np.zeros((count, 2 * rank, 2 * rank))
    even = 2 * np.arange(rank)
    result[:, even, even] = result[:, even + 1, even + 1] = np.cos(angles)
    result[:, even + 1, even] = np.sin(angles)
    result[:, even, even + 1] = -np.sin(angles)
    return result
