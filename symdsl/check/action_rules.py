"""The table of natural actions: what a group does to a field where the mathematics leaves one choice (SEMANTICS 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symdsl.check.groups import GroupFactor
from symdsl.check.spec import Field
from symdsl.groups.actions.action import Action, Geometry, Offset, Pixels
from symdsl.groups.combinations import Sum, vectors_of
from symdsl.groups.families.wreath import BlockPermutation
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, Permutation, Representation, Trivial
from symdsl.groups.representations.canonical import canonical


@dataclass(frozen=True)
class Row:
    """A line of the table that fits: the word that a spec writes for it, and the action."""

    word: str
    action: Action


def natural_rows(field: Field, factor: GroupFactor) -> tuple[Row, ...]:
    """Every natural action of a group on a field that is no derivative. One row is an inference, two a question.

    A group given by the name of an axis permutes that axis and nothing else; a wreath product moves the vectors along
    it, too. Translations move points and positions,
    affine motions vectors by the linear part as well.
    Every other group acts by its defining matrices on vectors, points and tensors of its own dimension, by the
    cotangent lift on a phase space, or on all of it where it is symplectic, and, where it turns the plane rigidly, on
    the pixels of an image.
    """
    group = factor.group
    if factor.axis is not None:
        return _along_axis(field, group, factor.axis)
    if field.kind in ("label", "scalar", "angle"):
        return (*_named_axes(field, group), Row("trivial", still(field, group)))[:2]
    if group.linear is not None:
        return _moved(field, group)
    if group.moves_points:
        return _translated(field, group)
    return (*_linear(field, group), *_named_axes(field, group))


def space_dimension(group: Group) -> int:
    """The dimension of the space that the group acts on: n for C, SO, O, S, matrix groups, and for T(n), E(n)."""
    return group.dimension - 1 if group.moves_points else group.dimension


def own_axes(field: Field) -> tuple[int, ...]:
    """The positions of a field's own axes in the shape of one sample."""
    return tuple(range(len(field.axes), len(field.axes) + len(field.own_shape)))


def still(field: Field, group: Group) -> Action:
    """The action that moves nothing."""
    return Action(group, field.shape)


def factor_action(field: Field, group: Group, axes: tuple[int, ...], representation: Representation) -> Action:
    """A representation on some axes of a field; no factor at all where it is trivial."""
    form = canonical(representation)
    return Action(group, field.shape, () if isinstance(form, Trivial) else ((axes, form),))


def natural_linear_action(field: Field, group: Group) -> Action:
    """The defining action on a vector, point, tensor (up axes defining, down axes dual) or phase space (q, p).

    Of an affine motion it is that of the linear part.
    """
    axes = own_axes(field)
    vector = vectors_of(group)
    if field.kind == "phase_space":
        return cotangent_lift(field, vector)
    up = field.rank[0] if field.rank is not None else 1
    whole = [vector if place < up else Dual(vector) for place in range(len(axes))]
    forms = [((axis,), canonical(part)) for axis, part in zip(axes, whole, strict=True)]
    return Action(group, field.shape, tuple(form for form in forms if not isinstance(form[1], Trivial)))


def cotangent_lift(field: Field, representation: Representation) -> Action:
    """The action on a phase space (q, p) of which q moves by `representation`: p moves by its dual."""
    axes = own_axes(field)
    if representation.is_orthogonal:
        return factor_action(field, representation.group, (axes[1],), representation)
    return factor_action(field, representation.group, axes, Sum((representation, Dual(representation))))


def _geometric(field: Field, group: Group, geometry: Geometry) -> Action:
    return Action(group, field.shape, geometry=geometry)


def _along_axis(field: Field, group: Group, name: str) -> tuple[Row, ...]:
    positions = [position for position, axis in enumerate(field.axes) if axis.name == name]
    if not positions:
        return (Row("trivial", still(field, group)),)
    if group.family == "wreath":
        return _moved_apart(field, group, positions[0]) if len(positions) == 1 else ()
    return (Row("permutation", _permuted(field, group, positions)),)


def _permuted(field: Field, group: Group, positions: Sequence[int]) -> Action:
    """The permutation of the entries along some axes, all alike."""
    if group.dimension < 2:
        return still(field, group)
    return Action(group, field.shape, tuple(((position,), canonical(Permutation(group))) for position in positions))


def _moved_apart(field: Field, group: Group, position: int) -> tuple[Row, ...]:
    """A wreath product moves the vectors along the axis each by its own element, and numbers only with their places."""
    if field.kind in ("scalar", "label", "angle"):
        return (Row("permutation", factor_action(field, group, (position,), BlockPermutation(group))),)
    inner = group.constituents[0]
    last = position == len(field.axes) - 1
    if field.kind in ("vector", "point") and field.dimension == inner.dimension and last:
        return (Row("defining", factor_action(field, group, (position, *own_axes(field)), Defining(group))),)
    return ()


def _named_axes(field: Field, group: Group) -> tuple[Row, ...]:
    """A group of permutations of n things may permute a named axis of that size; anonymous axes are never permuted."""
    if not group.permutes or group.dimension < 2:
        return ()
    names = dict.fromkeys(axis.name for axis in field.axes if axis.name is not None and axis.size == group.dimension)
    places = {name: [place for place, axis in enumerate(field.axes) if axis.name == name] for name in names}
    return tuple(Row("permutation", _permuted(field, group, found)) for found in places.values())


def _translated(field: Field, group: Group) -> tuple[Row, ...]:
    if field.kind == "point" and field.dimension == space_dimension(group):
        return (Row("addition", _geometric(field, group, Offset(own_axes(field)[0]))),)
    if field.kind == "phase_space" and field.dimension == space_dimension(group):
        pair, position = own_axes(field)
        return (Row("addition", _geometric(field, group, Offset(position, ((pair, 0),)))),)
    if field.kind in ("vector", "tensor"):
        return (Row("trivial", still(field, group)),)
    return ()


def _moved(field: Field, group: Group) -> tuple[Row, ...]:
    """x -> A x + b on points and positions; A on vectors and tensors, its dual on momenta."""
    if field.kind not in ("point", "vector", "tensor", "phase_space") or field.dimension != space_dimension(group):
        return ()
    action = natural_linear_action(field, group)
    axes = own_axes(field)
    if field.kind == "point":
        action = replace(action, geometry=Offset(axes[0]))
    if field.kind == "phase_space":
        action = replace(action, geometry=Offset(axes[1], ((axes[0], 0),)))
    return (Row("defining", action),)


def _linear(field: Field, group: Group) -> tuple[Row, ...]:
    if field.kind == "image":
        rigid = group.planar and group.orthogonal
        return (Row("pixels", _geometric(field, group, Pixels())),) if rigid else ()
    if field.kind in ("vector", "point", "tensor", "phase_space") and field.dimension == group.dimension:
        return (Row("defining", natural_linear_action(field, group)),)
    # a symplectic group moves coordinates and momenta among each other, so that it is of twice their number
    if field.kind == "phase_space" and group.family == "symplectic" and 2 * (field.dimension or 0) == group.dimension:
        return (Row("defining", factor_action(field, group, own_axes(field), Defining(group))),)
    return ()
