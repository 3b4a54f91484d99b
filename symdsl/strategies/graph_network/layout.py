"""Which axis counts the nodes, and what lies along it: fields of nodes, of edges and of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symdsl.check import spec
from symdsl.groups.actions.action import Action
from symdsl.groups.actions.placement import Setting, find_setting

AxisKey = str | int | None


def key_of(axis: spec.Axis) -> AxisKey:
    """What makes two axes the same: the name, or the size of anonymous ones."""
    return axis.name or axis.size


@dataclass(frozen=True)
class Layout:
    """`axis` counts the nodes; `levels` are how many axes of nodes each field has: 0, 1 or 2.

    `turning` is the symmetry that turns vectors, with its setting; `permuting` are those that move nodes.
    Where nodes are rows of the varying axis or graph called `ragged`, no axis of an array counts them, and `levels` say
    whose rows it has.
    """

    axis: spec.Axis
    levels: Mapping[str, int]
    turning: str | None
    setting: Setting | None
    permuting: tuple[str, ...]
    ragged: str | None = None

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return self.axis.size or 0


    def lead(self, level: int) -> int:
        """How many axes of an array stand before the features of a node, an edge or the whole."""
        return 0 if self.ragged is not None else level


def row_layout(fields: Sequence[spec.Field], symmetries: Sequence[spec.Symmetry]) -> Layout | None:
    """The layout of fields of rows; None where there are none, or rows of several varying axes or graphs."""
    names = {field.varying for field in fields if field.rows}
    if len(names) != 1:
        return None
    name = names.pop()
    edges = f"{name}_edges"
    levels = {field.name: 2 if field.rows == edges else int(bool(field.rows)) for field in fields}
    turning = turning_symmetries(fields, symmetries, dict.fromkeys(levels, 0))
    first = turning[0] if turning else None
    span = next(field.span for field in fields if field.rows)
    return Layout(
        spec.Axis(name, 1, None, span),
        levels,
        first.name if first else None,
        find_setting(first.group) if first and first.group else None,
        tuple(symmetry.name for symmetry in symmetries if symmetry.kind == "relabel"),
        name,
    )


def axes_of(fields: Iterable[spec.Field]) -> dict[AxisKey, spec.Axis]:
    """The different axes of some fields."""
    found: dict[AxisKey, spec.Axis] = {}
    for field in fields:
        for axis in field.axes:
            found.setdefault(key_of(axis), axis)
    return found


def node_axis(fields: Sequence[spec.Field], symmetries: Sequence[spec.Symmetry]) -> spec.Axis | None:
    """The axis that a symmetry permutes, or else the only one; None where that does not say which."""
    axes = axes_of(fields)
    permuted = {
        key_of(field.axes[axis])
        for field in fields
        for symmetry in symmetries
        for places, _ in _factors(symmetry, field)
        for axis in places
        if axis < len(field.axes)
    }
    chosen = [axis for key, axis in axes.items() if key in permuted] or list(axes.values())
    return chosen[0] if len(chosen) == 1 else None


def level_of(field: spec.Field, axis: spec.Axis) -> int | None:
    """How many axes of nodes a field begins with; None where one stands elsewhere, or more than two."""
    along = [key_of(each) == key_of(axis) for each in field.axes]
    level = sum(along)
    return level if level <= 2 and all(along[:level]) else None


def layout_of(fields: Sequence[spec.Field], symmetries: Sequence[spec.Symmetry]) -> Layout | None:
    """The layout of some fields; None where no one axis counts the nodes, or one stands in the wrong place."""
    if any(field.rows for field in fields):
        return row_layout(fields, symmetries)
    axis = node_axis(fields, symmetries)
    if axis is None or axis.size is None:
        return None
    levels = {field.name: level_of(field, axis) for field in fields}
    known = {name: level for name, level in levels.items() if level is not None}
    if len(known) < len(levels):
        return None
    turning = turning_symmetries(fields, symmetries, known)
    first = turning[0] if turning else None
    return Layout(
        axis,
        known,
        first.name if first else None,
        find_setting(first.group) if first and first.group else None,
        tuple(symmetry.name for symmetry in symmetries if _permutes(symmetry, fields, known)),
    )


def turning_symmetries(
    fields: Sequence[spec.Field], symmetries: Sequence[spec.Symmetry], levels: Mapping[str, int]
) -> list[spec.Symmetry]:
    """The symmetries that mix numbers of one node, one edge or the whole."""
    return [
        symmetry
        for symmetry in symmetries
        if any(
            axis >= levels.get(field.name, 0)
            for field in fields
            for axes, _ in _factors(symmetry, field)
            for axis in axes
        )
    ]


def _permutes(symmetry: spec.Symmetry, fields: Sequence[spec.Field], levels: Mapping[str, int]) -> bool:
    return any(axis < levels[field.name] for field in fields for axes, _ in _factors(symmetry, field) for axis in axes)


def _factors(symmetry: spec.Symmetry, field: spec.Field) -> tuple[tuple[tuple[int, ...], object], ...]:
    action: Action | None = symmetry.actions.get(field.name)
    return action.factors if action is not None and symmetry.kind == "group" else ()
