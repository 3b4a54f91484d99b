"""How a group moves an array: representations along its axes, and at most one geometric part."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.actions.geometry import Geometry, Offset, Pixels, Shift
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.combinations import Product
from symdsl.groups.group import Group
from symdsl.groups.representation import Representation, Trivial
from symdsl.groups.representations.canonical import canonical

Factor = tuple[tuple[int, ...], Representation]

__all__ = ["Action", "Factor", "Geometry", "Offset", "Pixels", "Shift"]


@dataclass(frozen=True)
class Action:
    """The action of `group` on arrays of sample shape `shape`.

    Each factor (axes, representation) acts on those axes, flattened row-major in the order written; axes that no factor
    and no geometry names do not move. The geometric part acts after the factors.
    Raises SymdslError SYM0403 where parts do not fit the shape, SYM0423 where a representation is of another group.
    """

    group: Group
    shape: tuple[int, ...]
    factors: tuple[Factor, ...] = ()
    geometry: Geometry | None = None

    def __post_init__(self) -> None:
        claimed = list(self.geometry.axes(self.shape)) if self.geometry else []
        for axes, representation in self.factors:
            claimed += axes
            if representation.group != self.group:
                text = f"a representation of {representation.group.name} cannot act for {self.group.name}"
                raise SymdslError(Diagnostic("SYM0423", text))
            if any(not 0 <= axis < len(self.shape) for axis in axes):
                raise _refuse(f"axes {axes} are not axes of an array of shape {self.shape}")
            size = math.prod(self.shape[axis] for axis in axes)
            if size != representation.dimension:
                raise _refuse(
                    f"{representation.text} of {self.group.name} has dimension {representation.dimension}, "
                    f"its axes have {size} entries"
                )
        if len(set(claimed)) != len(claimed):
            raise _refuse("two parts of an action move the same axis")
        if self.geometry:
            self.geometry.check(self.group, self.shape)

    @property
    def is_trivial(self) -> bool:
        """Whether no array moves at all."""
        return self.geometry is None and all(
            isinstance(canonical(representation), Trivial) for _, representation in self.factors
        )

    @property
    def text(self) -> str:
        """Short text for people: "defining on axis 1; pixels turn about the centre"."""
        parts = []
        for axes, representation in self.factors:
            if not isinstance(canonical(representation), Trivial):
                noun = "axis" if len(axes) == 1 else "axes"
                parts.append(f"{representation.text} on {noun} {', '.join(map(str, axes))}")
        if self.geometry:
            parts.append(self.geometry.text)
        return "; ".join(parts) or "does not move"

    def representation(self) -> Representation:
        """The linear action on the flattened sample (row-major), canonical.

        Raises SymdslError SYM0403 where a geometric part acts, or a factor's axes are not neighbours in increasing
        order.
        """
        if self.geometry:
            raise _refuse(f"an action in which {self.geometry.text} is not a representation of the sample")
        starts = {axes[0]: (axes, representation) for axes, representation in self.factors if axes}
        parts: list[Representation] = [Trivial(self.group)]
        axis = 0
        while axis < len(self.shape):
            axes, part = starts.get(axis, ((axis,), Trivial(self.group, self.shape[axis])))
            if axes != tuple(range(axis, axis + len(axes))):
                raise _refuse(f"axes {axes} are not neighbours: no representation of the flattened sample is known")
            parts.append(part)
            axis += len(axes)
        return canonical(Product(tuple(parts)))

    def exact_on(self, element: Array) -> bool:
        """Whether `element` (d, d) acts on arrays without interpolation or loss."""
        return self.geometry is None or self.geometry.exact_on(self.group, np.asarray(element), self.shape)

    def apply(self, element: Array, array: Array) -> Array:
        """The moved array: element (d, d), array (batch, *shape) -> (batch, *shape), float64.

        Raises SymdslError SYM0610 where the array has another shape.
        """
        element = np.asarray(element, dtype=np.float64)
        result = np.asarray(array, dtype=np.float64)
        if result.shape[1:] != self.shape:
            raise SymdslError(
                Diagnostic("SYM0610", f"an action on {self.shape} cannot move samples of {result.shape[1:]}")
            )
        for axes, representation in self.factors:
            result = _apply_factor(axes, representation, element, result)
        return self.geometry.apply(self.group, element, result) if self.geometry else result

    def describe(self) -> dict[str, Any]:
        """JSON data; `descriptions.action_from_description` reads it back."""
        return {
            "group": self.group.describe(),
            "shape": list(self.shape),
            "factors": [{"axes": list(axes), "representation": r.describe()} for axes, r in self.factors],
            "geometry": self.geometry.describe() if self.geometry else None,
        }


def _refuse(text: str) -> SymdslError:
    return SymdslError(Diagnostic("SYM0403", text))


def _apply_factor(axes: tuple[int, ...], representation: Representation, element: Array, array: Array) -> Array:
    """Acts on the sample axes, factor by factor where a tensor product lies along them."""
    if isinstance(representation, Trivial):
        return array
    if isinstance(representation, Product) and len(representation.parts) == len(axes):
        sizes = [array.shape[axis + 1] for axis in axes]
        if sizes == [part.dimension for part in representation.parts]:
            for axis, part in zip(axes, representation.parts, strict=True):
                array = _apply_factor((axis,), part, element, array)
            return array
    source = [axis + 1 for axis in axes]
    target = list(range(array.ndim - len(axes), array.ndim))
    moved = np.moveaxis(array, source, target)
    flat = moved.reshape(*moved.shape[: array.ndim - len(axes)], representation.dimension)
    if representation.is_permutation:
        result = np.empty_like(flat)
        result[..., representation.permutation_of(element)] = flat
    else:
        result = flat @ representation.matrix(element).T
    return np.moveaxis(result.reshape(moved.shape), target, source)
