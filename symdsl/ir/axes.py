"""What an operation that adds, drops or flattens axes leaves of the actions on an array."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.action import Action, Factor
from symdsl.groups.representation import Representation, Trivial
from symdsl.ir.actions import is_linear, simplified
from symdsl.ir.types import ValueType


def moved_axes(value: ValueType, shape: tuple[int, ...], places: Mapping[int, int]) -> dict[str, Action]:
    """The actions on an array of `shape` whose axis `places[a]` is axis a of the value.

    A symmetry that moves an axis without a place is lost, and one with a geometric part is.
    """
    kept = {}
    for name, action in value.actions.items():
        factors = linear_factors(action)
        if factors is not None and all(axis in places for axes, _ in factors for axis in axes):
            kept[name] = action_of(
                action, shape, [(tuple(places[axis] for axis in axes), each) for axes, each in factors]
            )
    return kept


def linear_factors(action: Action) -> tuple[Factor, ...] | None:
    """The factors that move something; None where a geometric part acts too."""
    return simplified(action).factors if is_linear(action) else None


def action_of(action: Action, shape: tuple[int, ...], factors: list[Factor]) -> Action:
    """The same group, acting on an array of `shape` by `factors`."""
    return simplified(Action(action.group, shape, tuple(sorted(factors, key=lambda factor: factor[0]))))


def on_axis(factors: tuple[Factor, ...], axis: int) -> Representation | None:
    """What moves one axis; None where nothing does. Raises KeyError where it is mixed with other axes."""
    for axes, each in factors:
        if axes == (axis,):
            return each
        if axis in axes:
            raise KeyError(axis)
    return None


def is_on(factors: tuple[Factor, ...], axis: int) -> bool:
    """Whether something moves an axis."""
    return any(axis in axes for axes, _ in factors)


def flattened(value: ValueType, lead: int) -> ValueType:
    """The type of the value with all axes behind the first `lead` made one, row-major."""
    size = 1
    for length in value.shape[lead:]:
        size *= length
    shape = (*value.shape[:lead], size)
    kept = {}
    for name, action in value.actions.items():
        factors = linear_factors(action)
        if factors is None:
            continue
        front = [factor for factor in factors if all(axis < lead for axis in factor[0])]
        behind = [factor for factor in factors if all(axis >= lead for axis in factor[0])]
        if len(front) + len(behind) < len(factors):
            continue
        inner = tuple((tuple(axis - lead for axis in axes), each) for axes, each in behind)
        try:
            one = Action(action.group, value.shape[lead:], inner).representation()
        except SymdslError:
            continue
        last: list[Factor] = [] if isinstance(one, Trivial) else [((lead,), one)]
        kept[name] = action_of(action, shape, [*front, *last])
    return value.with_shape(shape, kept)
