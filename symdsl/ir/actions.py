"""How actions change when arrays are flattened, dualised or differentiated."""

from __future__ import annotations

from collections.abc import Iterable

from symdsl.groups.action import Action, Factor
from symdsl.groups.canonical import canonical
from symdsl.groups.group import Group
from symdsl.groups.representation import Dual, Product, Representation, Sum, Trivial


def group_of(actions: Iterable[Action]) -> Group | None:
    """The group of the first action that has a factor, else None."""
    for action in actions:
        for factor in action.factors:
            return factor.representation.group
    return None


def is_linear(action: Action) -> bool:
    """True where the action is a matrix on each group of axes: no pixels, shift or offset."""
    return action.pixels is None and action.shift is None and action.offset is None


def linear_part(action: Action) -> Action:
    """The action on differences: points become vectors."""
    return Action(factors=action.factors, pixels=action.pixels, shift=action.shift)


def dual_action(action: Action) -> Action:
    """The action on gradients of an invariant scalar: each representation becomes its dual."""
    factors = tuple(Factor(factor.axes, canonical(Dual(factor.representation))) for factor in action.factors)
    return Action(factors=factors, pixels=action.pixels, shift=action.shift)


def flat_representation(action: Action, shape: tuple[int, ...], group: Group) -> Representation:
    """The representation on the array flattened in row-major order.

    `action` must be linear. Axes without a factor carry a trivial representation of their length.
    """
    parts: list[Representation] = []
    axis = 0
    by_first = {factor.axes[0]: factor for factor in action.factors}
    while axis < len(shape):
        factor = by_first.get(axis)
        if factor is None:
            parts.append(Trivial(group, shape[axis]))
            axis += 1
        else:
            parts.append(factor.representation)
            axis += len(factor.axes)
    if not parts:
        return Trivial(group, 1)
    return canonical(parts[0] if len(parts) == 1 else Product(tuple(parts)))


def direct_sum(parts: tuple[Representation, ...]) -> Representation:
    """The canonical direct sum."""
    return canonical(parts[0] if len(parts) == 1 else Sum(parts))


def vector_action(representation: Representation) -> Action:
    """The action on a vector by one representation; trivial where the representation is."""
    if isinstance(canonical(representation), Trivial):
        return Action()
    return Action(factors=(Factor((0,), representation),))


def vector_representation(action: Action, size: int, group: Group) -> Representation:
    """The representation on a vector of length `size`; the inverse of `vector_action`."""
    return flat_representation(action, (size,), group)
