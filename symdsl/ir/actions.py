"""How actions change when arrays are flattened, dualised or differentiated."""

from __future__ import annotations

import math

import numpy as np

from symdsl.check.spec import Field
from symdsl.groups.actions.action import Action, Factor, Offset
from symdsl.groups.combinations import Sum
from symdsl.groups.representation import Dual, Representation, Trivial
from symdsl.groups.representations.canonical import canonical

SYMPLECTIC_TOLERANCE = 1e-12
"""Relative rounding that is allowed in M J M^T = J."""


def is_linear(action: Action) -> bool:
    """True where the action is a matrix on each group of axes: no pixels, shift or offset."""
    return action.geometry is None


def trivial_action(action: Action, shape: tuple[int, ...]) -> Action:
    """The same group leaving an array of another shape alone."""
    return Action(action.group, shape)


def linear_part(action: Action) -> Action:
    """The action on differences: points become vectors."""
    geometry = None if isinstance(action.geometry, Offset) else action.geometry
    return simplified(Action(action.group, action.shape, action.factors, geometry))


def dual_action(action: Action) -> Action:
    """The action on gradients of an invariant scalar: each representation becomes its dual, points become vectors."""
    factors = tuple((axes, Dual(representation)) for axes, representation in action.factors)
    geometry = None if isinstance(action.geometry, Offset) else action.geometry
    return simplified(Action(action.group, action.shape, factors, geometry))


def is_canonical_transformation(action: Action, axis: int) -> bool:
    """True where every element keeps the symplectic form: M J M^T = J, with (q, p) along `axis` of the array.

    What acts along other axes acts on q and p alike, which asks for orthogonal matrices; what mixes q and p is asked
    generator by generator: A J + J A^T = 0 in the algebra, M J M^T = J for discrete ones.
    """
    moved = action.geometry.axes(action.shape) if action.geometry is not None else ()
    return axis not in moved and all(
        _keeps_symplectic_form(action, factor, axis) if axis in factor[0] else _is_self_dual(factor[1])
        for factor in linear_part(action).factors
    )


def _is_self_dual(representation: Representation) -> bool:
    return canonical(Dual(representation)) == canonical(representation)


def _keeps_symplectic_form(action: Action, factor: Factor, axis: int) -> bool:
    axes, representation = factor
    before = math.prod(action.shape[each] for each in axes[: axes.index(axis)])
    after = math.prod(action.shape[each] for each in axes[axes.index(axis) + 1 :])
    form = np.kron(np.eye(before), np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(after)))
    algebra = representation.algebra_matrix(action.group.lie_algebra)
    discrete = representation.matrix(action.group.discrete)
    left_over = (algebra @ form + form @ algebra.swapaxes(-1, -2), discrete @ form @ discrete.swapaxes(-1, -2) - form)
    largest = max(np.max(np.abs(algebra), initial=1.0), np.max(np.abs(discrete), initial=1.0))
    return all(np.max(np.abs(each), initial=0.0) <= SYMPLECTIC_TOLERANCE * largest**2 for each in left_over)


def simplified(action: Action) -> Action:
    """The same action with canonical factors, the trivial ones left out."""
    factors = tuple((axes, canonical(representation)) for axes, representation in action.factors)
    kept = tuple(factor for factor in factors if not isinstance(factor[1], Trivial))
    return Action(action.group, action.shape, kept, action.geometry)


def equivalent(left: Action | None, right: Action | None) -> bool:
    """True where both move every array alike, as far as their canonical forms show."""
    if left is None or right is None:
        return left is right
    if left.geometry is None and right.geometry is None and left.shape == right.shape and left.group == right.group:
        return left.representation() == right.representation()
    return simplified(left) == simplified(right)


def output_shape(field: Field) -> tuple[int, ...]:
    """What a model returns for a field: logits for a label, else an array of the field's own shape."""
    return (*field.shape, field.classes or 0) if field.kind == "label" else field.shape


def output_action(field: Field, action: Action) -> Action:
    """How what a model returns for a field moves: logits as their labels, a derivative by the tangent map."""
    if field.kind == "label":
        return Action(action.group, output_shape(field), action.factors)
    return linear_part(action) if field.kind == "derivative" else action


def direct_sum(parts: tuple[Representation, ...]) -> Representation:
    """The canonical direct sum."""
    return canonical(parts[0] if len(parts) == 1 else Sum(parts))


def vector_action(representation: Representation) -> Action:
    """The action on a vector by one representation."""
    return simplified(Action(representation.group, (representation.dimension,), (((0,), representation),)))
