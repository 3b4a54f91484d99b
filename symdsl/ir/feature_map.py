"""Feature maps of group convolutions, as values that transform: channels of shape (|G| * fields, rows, columns).

Channels are group-major: index = copy * fields + field. Axis 0 carries Regular(G) x Trivial(fields) where there is a
group axis (Cohen & Welling 2016, 1602.07576, section 4.4), nothing where there is none; the grid turns with its pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from symdsl.check.grid import Grid, Window, kept_elements, lattice_elements, planar_order, subgroup_name
from symdsl.groups.actions.action import Action, Pixels
from symdsl.groups.combinations import Product
from symdsl.groups.group import Group
from symdsl.groups.representation import Regular, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.ir.types import EquivarianceError, ValueType


@dataclass(frozen=True)
class Fibre:
    """What sits at each pixel: `fields` fields, each with `copies` channels (|G|, or 1 without a group axis)."""

    fields: int
    copies: int = 1

    @property
    def channels(self) -> int:
        """The number of channels."""
        return self.fields * self.copies


def fibre_representation(group: Group, fields: int) -> Representation:
    """Regular(G) x Trivial(fields), the group axis outermost."""
    return canonical(Product((Regular(group), Trivial(group, fields))))


def map_action(group: Group, fibre: Fibre, grid: Grid) -> Action:
    """The action on a feature map: copies are permuted, and the grid turns."""
    return Action(group, (fibre.channels, *grid), _channel_factors(group, fibre), Pixels())


def vector_of_fibre(group: Group, fibre: Fibre) -> Action:
    """The action on the channels alone, once space is pooled away."""
    return Action(group, (fibre.channels,), _channel_factors(group, fibre))


def _channel_factors(group: Group, fibre: Fibre) -> tuple[tuple[tuple[int, ...], Representation], ...]:
    if fibre.copies == 1:
        return ()
    return (((0,), fibre_representation(group, fibre.fields)),)


def grid_of(value: ValueType, what: str) -> Grid:
    """(rows, columns). Raises EquivarianceError for an array without channels and a grid."""
    if len(value.shape) != 3:
        raise EquivarianceError(f"{what} takes channels over a grid, not an array of shape {value.shape}")
    return value.shape[1], value.shape[2]


def vector_fibre_of(symmetry: str, value: ValueType, what: str) -> Fibre:
    """The fibre of channels whose grid was pooled away. Raises EquivarianceError where they do not move as one."""
    action = value.actions.get(symmetry)
    if action is not None and len(value.shape) == 1:
        order = action.group.order or 1
        candidates = [Fibre(value.shape[0])]
        if order > 1 and value.shape[0] % order == 0:
            candidates.append(Fibre(value.shape[0] // order, order))
        for fibre in candidates:
            if action == vector_of_fibre(action.group, fibre):
                return fibre
    moves = action.text if action is not None else "not as declared"
    raise EquivarianceError(f"{what} cannot read how its operand moves under {symmetry}: {moves}")


def fibre_of(symmetry: str | None, value: ValueType, what: str) -> Fibre:
    """The fibre under `symmetry`, every channel its own field without one.

    Raises EquivarianceError where the value does not turn as a feature map does.
    """
    grid = grid_of(value, what)
    if symmetry is None:
        return Fibre(value.shape[0])
    action = value.actions.get(symmetry)
    if action is None:
        raise EquivarianceError(
            f"{what} would keep {symmetry}, and its operand does not transform under it any more",
            note="a layer before it gave the symmetry up",
        )
    if planar_order(action.group) is None:
        raise EquivarianceError(
            f"{what} needs a finite group of the plane, not {action.group.name}", hint="use C(n) or D(n)"
        )
    order = action.group.order or 1
    candidates = [Fibre(value.shape[0])]
    if order > 1 and value.shape[0] % order == 0:
        candidates.append(Fibre(value.shape[0] // order, order))
    for fibre in candidates:
        if action == map_action(action.group, fibre, grid):
            return fibre
    raise EquivarianceError(f"{what} cannot read how its operand moves under {symmetry}: {action.text}")


def require_window(symmetry: str | None, value: ValueType, window: Window, approximate: bool, what: str) -> Grid:
    """The grid after a window.

    Raises EquivarianceError where nothing is left of it, or where its places are not mapped to each other by every
    element of the symmetry that moves pixels to pixels and `approximate` does not allow that.
    """
    grid = grid_of(value, what)
    after = window.output(grid)
    if min(after) < 1:
        raise EquivarianceError(f"the {window.kernel} x {window.kernel} window of {what} does not fit on {grid}")
    if symmetry is not None and not approximate:
        group = value.actions[symmetry].group
        kept = kept_elements(group, grid, window)
        if kept != lattice_elements(group):
            raise EquivarianceError(
                f"{what} in steps of {window.stride} over {grid[0]} x {grid[1]} pixels breaks {group.name}",
                note=f"its places are kept only by {subgroup_name(group, kept)}",
                hint=f"let (size + 2 padding - {window.kernel}) be divisible by {window.stride}, on a square grid",
            )
    return after


def moved_actions(
    value: ValueType, symmetry: str | None, shape: tuple[int, ...], own: Action | None
) -> dict[str, Action]:
    """`own` for the symmetry that a layer keeps; of the others, those that do not move the value at all."""
    actions = {
        name: Action(action.group, shape)
        for name, action in value.actions.items()
        if action.is_trivial and name != symmetry
    }
    if symmetry is not None and own is not None:
        actions[symmetry] = own
    return actions
