"""Whether any equivariant function but zero exists: a value at x must be fixed by what fixes x."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from symdsl.check.spec import Field, Symmetry
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.action import Action
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group
from symdsl.groups.maps.summands import summands
from symdsl.groups.representation import Defining, Trivial

TOLERANCE = 1e-9
WITH_MINUS_IDENTITY = ("orthogonal", "unitary", "symplectic", "general_linear")
LARGEST_TARGET = 512
"""Targets of more numbers are taken to be reachable: the question is then left to the solver."""


def is_reachable(inputs: Sequence[Field], target: Field, symmetry: Symmetry) -> bool:
    """False only if f = 0 is the one equivariant function from the inputs to the target.

    f(x) is fixed by the stabiliser of x, and by every element that fixes all inputs. Tried are: the whole group where
    every input is still, what leaves k vectors alone in O(n) and SO(n), the part of the Lie algebra that leaves a
    generic x alone, and -1 where the group has it. Sources: this is the counting argument of Finzi et al. 2021
    (arXiv:2104.09459), section 4, applied to the kernel of the action.
    """
    group, action = symmetry.group, symmetry.actions[target.name]
    if group is None or action.is_trivial or action.geometry is not None:
        return True
    if int(np.prod(target.shape)) > LARGEST_TARGET:
        return True
    if all(symmetry.actions[field.name].is_trivial for field in inputs):
        from symdsl.groups.maps.dimension import hom_dimension

        return hom_dimension(Trivial(group), action.representation()) > 0
    if not _is_fixed_with_vectors(inputs, target, symmetry):
        return False
    if not any(_is_fixed_with_sample(inputs, target, symmetry, seed) for seed in (0, 1)):
        return False
    inversion = minus_identity(group)
    if inversion is None:
        return True
    if any(_moves(symmetry, field, inversion) for field in inputs):
        return True
    return not _negates(symmetry, target, inversion)


def _is_fixed_with_vectors(inputs: Sequence[Field], target: Field, symmetry: Symmetry) -> bool:
    """False only if no value but 0 is fixed by the elements of O(n) or SO(n) that fix the k vectors of the inputs.

    Any k < n independent vectors span what the first k axes do, up to an element; O(n - k) turns the other axes.
    """
    group = symmetry.group
    vectors = _number_of_vectors(inputs, symmetry)
    if group is None or vectors is None or not group.orthogonal or vectors >= group.dimension:
        return True
    n = group.dimension
    representation = symmetry.actions[target.name].representation()
    turns = np.zeros(((n - vectors) * (n - vectors - 1) // 2, n, n))
    for turn, (i, j) in zip(turns, itertools.combinations(range(vectors, n), 2), strict=True):
        turn[i, j], turn[j, i] = -1.0, 1.0
    mirror = np.diag([*[1.0] * (n - 1), -1.0])
    conditions = [*representation.algebra_matrix(turns)]
    if group.family == "orthogonal":
        conditions.append(representation.matrix(mirror) - np.eye(representation.dimension))
    return not conditions or _have_common_null(conditions)


def _number_of_vectors(inputs: Sequence[Field], symmetry: Symmetry) -> int | None:
    """How many vectors the inputs hold that O(n) or SO(n) turns; None for another group, or where others move."""
    group = symmetry.group
    if group is None or group.family not in ("orthogonal", "special_orthogonal"):
        return None
    count = 0
    for field in inputs:
        action = symmetry.actions[field.name]
        if action.geometry is not None:
            return None
        for isotypes in summands(action.representation()):
            if isotypes.leaves not in ((), (Defining(group),)):
                return None
            count += len(isotypes.indices) if isotypes.leaves else 0
    return count


def _is_fixed_with_sample(inputs: Sequence[Field], target: Field, symmetry: Symmetry, seed: int) -> bool:
    """False only if no value but 0 is fixed by the Lie algebra of the stabiliser of a sample in general position.

    Where that algebra is as small as it gets, it having a fixed value is a closed condition on x: that it fails at one
    such x makes f zero on a dense set.
    """
    group = symmetry.group
    if group is None or not len(group.lie_algebra):
        return True
    stabiliser = group.lie_algebra
    numbers = _generic_numbers(sum(int(np.prod(field.shape)) for field in inputs), seed)
    for field in inputs:
        sample, numbers = np.split(numbers, [int(np.prod(field.shape))])
        representation = symmetry.actions[field.name].representation()
        if representation.dimension > LARGEST_TARGET:
            return True
        tangents = representation.algebra_matrix(stabiliser) @ sample
        _, values, directions = np.linalg.svd(tangents.T)
        rank = int(np.sum(values > TOLERANCE * max(1.0, *values)))
        if rank == len(stabiliser):
            return True
        stabiliser = np.tensordot(directions[rank:], stabiliser, 1)
    return _have_common_null(symmetry.actions[target.name].representation().algebra_matrix(stabiliser))


def _have_common_null(conditions: Sequence[Array] | Array) -> bool:
    """Whether matrices (n, n), at least one, all vanish on some vector but 0."""
    values = np.linalg.svd(np.concatenate(list(conditions)), compute_uv=False)
    return bool(values[-1] <= TOLERANCE * max(1.0, values[0]))


def has_no_invariant(inputs: Sequence[Field], symmetry: Symmetry) -> bool:
    """True only if every continuous invariant function of the inputs is constant, for one of two reasons.

    Powers of one group element may bring every input to 0, so that f(x) = f(g^k x) -> f(0); tried are each generator,
    and the Lie-algebra element nearest to a common scale. Or the tangents of the orbit of a generic x span the whole
    space: then finitely many open orbits are dense, and f, continuous with finitely many values, has one.
    """
    group, actions = symmetry.group, [symmetry.actions[field.name] for field in inputs]
    if group is None or group.orthogonal or any(action.geometry or not action.factors for action in actions):
        return False
    return _shrinks(group, actions) or _has_open_orbit(group, inputs, actions)


def _shrinks(group: Group, actions: Sequence[Action]) -> bool:
    directions = list(group.lie_algebra)
    if directions:
        flat = group.lie_algebra.reshape(len(directions), -1).T
        weights = np.linalg.lstsq(flat, np.eye(group.dimension).ravel(), rcond=None)[0]
        directions.append((flat @ weights).reshape(directions[0].shape))
    elements = [(matrix, False) for matrix in directions] + [(matrix, True) for matrix in group.discrete]
    for matrix, is_element in elements:
        rates = [_rates(action, matrix, is_element) for action in actions]
        if max(most for _, most in rates) < -TOLERANCE or min(least for least, _ in rates) > TOLERANCE:
            return True
    return False


def _has_open_orbit(group: Group, inputs: Sequence[Field], actions: Sequence[Action]) -> bool:
    size = sum(int(np.prod(field.shape)) for field in inputs)
    if size > len(group.lie_algebra):
        return False
    point = _generic_numbers(size)
    tangents, start = [], 0
    for field, action in zip(inputs, actions, strict=True):
        values = point[start : start + int(np.prod(field.shape))]
        tangents.append(action.representation().algebra_matrix(group.lie_algebra) @ values)
        start += len(values)
    return int(np.linalg.matrix_rank(np.concatenate(tangents, axis=1), tol=TOLERANCE)) == size


def _rates(action: Action, matrix: Array, is_element: bool) -> tuple[float, float]:
    """The least and the largest growth rate of a field under exp(t A), or under powers of a group element."""
    least = most = 0.0
    for _, representation in action.factors:
        if representation.dimension > LARGEST_TARGET:
            return -np.inf, np.inf
        moved = representation.matrix(matrix) if is_element else representation.algebra_matrix(matrix)
        values = np.linalg.eigvals(moved)
        rates = np.log(np.abs(values)) if is_element else np.real(values)
        least, most = least + float(np.min(rates)), most + float(np.max(rates))
    return least, most


def minus_identity(group: Group) -> Array | None:
    """The element -1 (d, d) where the group is known to have it, else None."""
    minus = -np.eye(group.dimension)
    if group.factors:
        return None
    if group.order is not None:
        try:
            group.index_of(minus)
        except SymdslError:
            return None
        return minus
    return minus if group.family in WITH_MINUS_IDENTITY or _is_special_and_even(group) else None


def _is_special_and_even(group: Group) -> bool:
    """Whether -1 has determinant 1 and the group is all of its kind with that determinant."""
    if group.family == "special_unitary":
        return group.dimension % 4 == 0
    rotation = group.family == "special_orthogonal" and group.orthogonal
    return (rotation or group.family == "special_linear") and group.dimension % 2 == 0


def _moves(symmetry: Symmetry, field: Field, element: Array) -> bool:
    sample = _generic(field)
    moved = symmetry.actions[field.name].apply(element, sample)
    return bool(np.max(np.abs(moved - sample), initial=0.0) > TOLERANCE)


def _negates(symmetry: Symmetry, field: Field, element: Array) -> bool:
    sample = _generic(field)
    moved = symmetry.actions[field.name].apply(element, sample)
    return bool(np.max(np.abs(moved + sample), initial=0.0) <= TOLERANCE)


def _generic(field: Field) -> Array:
    """A sample (1, *shape) in general position."""
    return _generic_numbers(int(np.prod(field.shape))).reshape(1, *field.shape)


def _generic_numbers(count: int, seed: int = 0) -> Array:
    """Numbers (count,) without a relation, and without the cost of importing a random generator.

    Their phases grow quadratically: sines of equal steps have rank 2 as vectors of any size.
    """
    return np.sin(np.sqrt(2.0 + seed) * np.arange(1, count + 1) ** 2)
