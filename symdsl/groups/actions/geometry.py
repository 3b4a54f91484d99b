"""The geometric parts of an action: pixels that turn, arrays that shift along an axis, points that are offset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.actions.pixels import grid_permutation, move_pixels
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group


def _refuse(text: str) -> SymdslError:
    return SymdslError(Diagnostic("SYM0403", text))


def _factor(group: Group, position: int | None, what: str) -> Group:
    if position is None:
        return group
    if not 0 <= position < len(group.factors):
        raise _refuse(f"{what} needs factor {position} of {group.name}, which it does not have")
    return group.factors[position]


def _block(group: Group, position: int | None, element: Array) -> Array:
    if position is None:
        return element
    block = group.blocks()[position]
    return element[block, block]


def _check_axes(what: str, shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    if len(set(axes)) != len(axes) or any(not 0 <= axis < len(shape) for axis in axes):
        raise _refuse(f"{what} names axes {axes} of an array with {len(shape)} axes")


@dataclass(frozen=True)
class Pixels:
    """(L_g f)(x) = f(g^-1 x) on the last two axes, rows down and columns right, about the centre of the grid.

    Exact where g maps the grid to itself, bilinear with zero outside otherwise. `factor` is the planar factor of a
    product.
    """

    factor: int | None = None

    def check(self, group: Group, shape: tuple[int, ...]) -> None:
        """Raises SymdslError SYM0403 where the group does not turn a plane, or the array has no two last axes."""
        if not _factor(group, self.factor, "pixels").planar:
            raise _refuse(f"{group.name} does not turn the pixels of a plane")
        if len(shape) < 2:
            raise _refuse("only an array with rows and columns has pixels")

    def axes(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The sample axes that it moves."""
        return (len(shape) - 2, len(shape) - 1)

    def apply(self, group: Group, element: Array, array: Array) -> Array:
        """The moved array (batch, *shape)."""
        return move_pixels(_block(group, self.factor, element), array)

    def exact_on(self, group: Group, element: Array, shape: tuple[int, ...]) -> bool:
        """Whether the element permutes the pixels of this grid."""
        return grid_permutation(_block(group, self.factor, element), shape[-2], shape[-1]) is not None

    @property
    def text(self) -> str:
        """Short text for people."""
        return "pixels turn about the centre"

    def describe(self) -> dict[str, Any]:
        """JSON data."""
        return {"kind": "pixels", "factor": self.factor}


@dataclass(frozen=True)
class Shift:
    """(L_b f)(x) = f(x - b) along `moved`, one axis for each coordinate of T(n); whole steps only.

    Cyclic, or with zeros entering if `cyclic` is False. `factor` is the translation factor of a product.
    """

    moved: tuple[int, ...]
    cyclic: bool = True
    factor: int | None = None

    def check(self, group: Group, shape: tuple[int, ...]) -> None:
        """Raises SymdslError SYM0403 where the group is no T(n) with one coordinate an axis."""
        part = _factor(group, self.factor, "shift")
        if part.family != "translations" or part.dimension != len(self.moved) + 1:
            raise _refuse(f"{group.name} does not shift {len(self.moved)} axes")
        _check_axes("shift", shape, self.moved)

    def axes(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The sample axes that it moves."""
        return self.moved

    def apply(self, group: Group, element: Array, array: Array) -> Array:
        """The shifted array (batch, *shape). Raises SymdslError SYM0403 for an offset that is no whole number."""
        offsets = _block(group, self.factor, element)[:-1, -1]
        steps = np.round(offsets)
        if np.max(np.abs(offsets - steps), initial=0.0) > 1e-9:
            raise _refuse("an array is shifted by whole steps only")
        for axis, step in zip(self.moved, steps.astype(int).tolist(), strict=True):
            array = np.roll(array, step, axis=axis + 1) if self.cyclic else _filled_shift(array, step, axis + 1)
        return array

    def exact_on(self, group: Group, element: Array, shape: tuple[int, ...]) -> bool:
        """Whether the element acts without loss: cyclic, and by whole steps."""
        offsets = _block(group, self.factor, element)[:-1, -1]
        return bool(self.cyclic or not np.any(offsets)) and bool(np.max(np.abs(offsets - np.round(offsets))) <= 1e-9)

    @property
    def text(self) -> str:
        """Short text for people."""
        kind = "cyclic shift" if self.cyclic else "shift with zeros"
        return f"{kind} along axis {', '.join(map(str, self.moved))}"

    def describe(self) -> dict[str, Any]:
        """JSON data."""
        return {"kind": "shift", "axes": list(self.moved), "cyclic": self.cyclic, "factor": self.factor}


def _filled_shift(array: Array, step: int, axis: int) -> Array:
    size = array.shape[axis]
    result = np.zeros_like(array)
    kept = max(0, size - abs(step))
    source = [slice(None)] * array.ndim
    target = [slice(None)] * array.ndim
    source[axis] = slice(0, kept) if step >= 0 else slice(size - kept, size)
    target[axis] = slice(size - kept, size) if step >= 0 else slice(0, kept)
    result[tuple(target)] = array[tuple(source)]
    return result


@dataclass(frozen=True)
class Offset:
    """x -> x + b on the coordinates along `axis`, b the last column of a homogeneous matrix [[A, b], [0, 1]].

    Linear parts A belong to the action's `factors`, which act before. `at` = ((axis, index), ...) confines it to
    slices: positions inside phase space (bodies, 2, d) are Offset(axis=2, at=((1, 0),)). `factor` is that of a product
    group.
    """

    axis: int
    at: tuple[tuple[int, int], ...] = ()
    factor: int | None = None

    def check(self, group: Group, shape: tuple[int, ...]) -> None:
        """Raises SymdslError SYM0403 where the group is not affine, or its dimension is not that of the axis."""
        part = _factor(group, self.factor, "offset")
        _check_axes("offset", shape, (self.axis, *(axis for axis, _ in self.at)))
        if not part.affine or part.dimension != shape[self.axis] + 1:
            raise _refuse(f"{group.name} does not move points of {shape[self.axis]} coordinates")
        for axis, index in self.at:
            if not 0 <= index < shape[axis]:
                raise _refuse(f"offset names index {index} of an axis of size {shape[axis]}")

    def axes(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """No axis is claimed: a linear factor may act on the same axis."""
        return ()

    def apply(self, group: Group, element: Array, array: Array) -> Array:
        """The moved points (batch, *shape)."""
        offset = _block(group, self.factor, element)[:-1, -1]
        result = np.array(array, dtype=np.float64)
        where: list[Any] = [slice(None)] * array.ndim
        for axis, index in self.at:
            where[axis + 1] = slice(index, index + 1)
        result[tuple(where)] += offset.reshape(-1, *(1,) * (array.ndim - 2 - self.axis))
        return result

    def exact_on(self, group: Group, element: Array, shape: tuple[int, ...]) -> bool:
        """Always."""
        return True

    @property
    def text(self) -> str:
        """Short text for people."""
        where = "".join(f", at index {index} of axis {axis}" for axis, index in self.at)
        return f"points move along axis {self.axis}{where}"

    def describe(self) -> dict[str, Any]:
        """JSON data."""
        return {"kind": "offset", "axis": self.axis, "at": [list(pair) for pair in self.at], "factor": self.factor}


Geometry = Pixels | Shift | Offset


def geometry_from_description(description: Mapping[str, Any]) -> Geometry:
    """The geometric part that `describe` wrote. Raises SymdslError SYM0403 for anything else."""
    match description.get("kind"):
        case "pixels":
            return Pixels(description["factor"])
        case "shift":
            return Shift(tuple(description["axes"]), description["cyclic"], description["factor"])
        case "offset":
            at = tuple((int(axis), int(index)) for axis, index in description["at"])
            return Offset(description["axis"], at, description["factor"])
        case kind:
            raise _refuse(f"no geometry is described by {kind!r}")
