"""How an element known only at run time moves an array: the action of `groups.actions.action`, in plan operations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from symdsl.groups.actions.action import Action, Offset, Pixels
from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.group import Group
from symdsl.groups.ranges import Ranges
from symdsl.groups.representation import Defining, Dual, LinearPart, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.passes.lowering.objectives.constants import ConstantTables
from symdsl.passes.lowering.objectives.elements import Element
from symdsl.passes.lowering.objectives.pixels import interpolated, on_grid_table
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


@dataclass(frozen=True)
class Mover:
    """Moves arrays by one element: its factors, one for a group that is no product."""

    builder: MethodBuilder
    tables: ConstantTables
    elements: tuple[Element, ...]

    def move(self, action: Action, array: Value) -> Value:
        """The moved array, of the same shape. The geometric part acts after the factors."""
        for axes, representation in action.factors:
            array = self._factor(axes, representation, array)
        match action.geometry:
            case None:
                return array
            case Pixels(factor=factor):
                return self._pixels(self._element(factor), array)
            case Offset(axis=axis, at=at, factor=factor):
                return self._offset(self._element(factor), axis, at, array)
            case geometry:
                raise TypeError(f"no random element moves an array by: {geometry.text}")

    def _element(self, factor: int | None) -> Element:
        return self.elements[factor or 0]

    def _factor(self, axes: tuple[int, ...], representation: Representation, array: Value) -> Value:
        if len(axes) == 1:
            return self._along(axes[0], representation, array, self._whole(), dual=False)
        sizes = tuple(array.shape[axis] for axis in axes)
        others = tuple(axis for axis in range(array.rank) if axis not in axes)
        order = (*axes, *others)
        if order != tuple(range(array.rank)):
            array = array.apply("transpose", permutation=order)
        array = array.apply("merge", axis=0, count=len(axes))
        array = self._along(0, representation, array, self._whole(), dual=False)
        array = array.apply("split", axis=0, sizes=sizes)
        back = tuple(int(place) for place in np.argsort(order))
        return array if back == tuple(range(array.rank)) else array.apply("transpose", permutation=back)

    def _whole(self) -> Element | None:
        """The element of a group that is no product; of a product, each representation says which factor it sees."""
        return self.elements[0] if len(self.elements) == 1 else None

    def _along(
        self, axis: int, representation: Representation, array: Value, element: Element | None, dual: bool
    ) -> Value:
        """rho(g) along one axis; its dual, rho(g)^-T, if `dual`."""
        if isinstance(canonical(representation), Trivial):
            return array
        match representation:
            case Pulled(position=position, of=inner):
                return self._along(axis, inner, array, self.elements[position], dual)
            case Dual(of=inner):
                return self._along(axis, inner, array, element, dual != (not inner.is_orthogonal))
            case Sum(parts=parts):
                return self._sum(axis, parts, array, element, dual)
            case Product(parts=parts):
                array = array.apply("split", axis=axis, sizes=tuple(part.dimension for part in parts))
                for place, part in enumerate(parts):
                    array = self._along(axis + place, part, array, element, dual)
                return array.apply("merge", axis=axis, count=len(parts))
            case _:
                return self._leaf(axis, representation, array, element, dual)

    def _sum(
        self, axis: int, parts: tuple[Representation, ...], array: Value, element: Element | None, dual: bool
    ) -> Value:
        """Equal neighbours move together."""
        pieces: list[Value] = []
        start = 0
        for part, run in groupby(parts):
            count = len(tuple(run))
            stop = start + count * part.dimension
            piece = array.apply("slice", axis=axis, start=start, stop=stop)
            if count > 1:
                piece = piece.apply("split", axis=axis, sizes=(count, part.dimension))
                piece = self._along(axis + 1, part, piece, element, dual).apply("merge", axis=axis, count=2)
            else:
                piece = self._along(axis, part, piece, element, dual)
            pieces.append(piece)
            start = stop
        return pieces[0] if len(pieces) == 1 else pieces[0].apply("concatenate", *pieces[1:], axis=axis)

    def _leaf(
        self, axis: int, representation: Representation, array: Value, element: Element | None, dual: bool
    ) -> Value:
        if element is None:  # the defining matrix of a product: one block for each factor
            return self._blocks(axis, representation.group, array, dual)
        if representation.is_permutation and element.form in ("index", "places"):
            return array.apply("take", self._places(representation, element), axis=axis)
        tabled = element.form == "index" and not isinstance(representation, Defining | LinearPart)
        if element.ranges is not None:
            matrix = self._within(representation, element, element.ranges)
        else:
            matrix = self._tabled(representation, element) if tabled else self.matrix(element)
        if isinstance(representation, LinearPart) and element.ranges is None:
            size = representation.dimension
            for side in (0, 1):
                matrix = matrix.apply("slice", axis=side, start=0, stop=size)
        letters = "".join(chr(ord("a") + each) for each in range(array.rank))
        moved = f"{letters[:axis]}z{letters[axis + 1 :]}"
        if dual:
            return self.builder.add(
                "einsum", matrix.apply("inverse"), array, subscripts=f"{letters[axis]}z,{letters}->{moved}"
            )
        return self.builder.add("einsum", matrix, array, subscripts=f"z{letters[axis]},{letters}->{moved}")

    def _blocks(self, axis: int, group: Group, array: Value, dual: bool) -> Value:
        pieces = [
            self._along(
                axis,
                Defining(element.group),
                array.apply("slice", axis=axis, start=block.start, stop=block.stop),
                element,
                dual,
            )
            for element, block in zip(self.elements, group.blocks(), strict=True)
        ]
        return pieces[0].apply("concatenate", *pieces[1:], axis=axis)

    def _places(self, representation: Representation, element: Element) -> Value:
        """Where each entry comes from: result[k] = x[places[k]], the inverse of `permutation_of`."""
        if element.form == "places":
            return element.value
        rows = [np.argsort(representation.permutation_of(each)) for each in element.group.elements()]
        table = self.tables.stored("places", np.stack(rows), self.builder)
        return table.apply("take", element.value, axis=0)

    def _tabled(self, representation: Representation, element: Element) -> Value:
        """The matrix of a representation that is not built of the defining one, looked up."""
        matrices = representation.matrix(element.group.elements())
        return self.tables.stored("matrices", matrices, self.builder).apply("take", element.value, axis=0)

    def _within(self, representation: Representation, element: Element, ranges: Ranges) -> Value:
        """The matrix of a representation for a motion within ranges, from the images of the generators."""
        builder, count, size = self.builder, ranges.generators.count, representation.dimension
        images = representation.algebra_matrix(ranges.generators.array())
        table = self.tables.stored("generators", images, builder)
        drawn = element.value.apply("slice", axis=0, start=0, stop=count)
        result = builder.add("einsum", drawn, table, subscripts="k,kij->ij").apply("expm")
        for place, component in enumerate(ranges.discrete.array()):
            image = representation.matrix(component)
            flip = element.value.apply("slice", axis=0, start=count + place, stop=count + place + 1)
            chosen = flip.apply("expand", axis=0).apply("less", builder.full((), 0.5))
            other = self.tables.stored("component", image, builder)
            letter = chosen.apply("where", builder.unit_matrix(size), other)
            result = builder.add("einsum", result, letter, subscripts="ij,jk->ik")
        return result

    def matrix(self, element: Element) -> Value:
        """The defining matrix."""
        if element.ranges is not None:
            return self._within(Defining(element.group), element, element.ranges)
        builder, size = self.builder, element.group.dimension
        match element.form:
            case "index":
                table = self.tables.stored("elements", element.group.elements(), builder)
                return table.apply("take", element.value, axis=0)
            case "places":
                return builder.add("one_hot", element.value, classes=size)
            case "offset":
                column = element.value.apply("expand", axis=1)
                return builder.unit_matrix(size) + column.apply("pad", low=(0, size - 1), high=(1, 0))
            case _:
                return element.value

    def _offset(self, element: Element, axis: int, at: tuple[tuple[int, int], ...], array: Value) -> Value:
        """x + b along `axis`, at some places of other axes only."""
        offset = element.value if element.form == "offset" else self._last_column(self.matrix(element))
        for _ in range(axis):
            offset = offset.apply("expand", axis=0)
        while offset.rank < array.rank:
            offset = offset.apply("expand", axis=offset.rank)
        if at:
            sizes = [1] * array.rank
            for where, _ in at:
                sizes[where] = array.shape[where]
            mask = np.zeros(sizes)
            mask[tuple(dict(at).get(each, 0) for each in range(array.rank))] = 1.0
            offset = offset * self.tables.stored("moving", mask, self.builder)
        return array + offset

    def _last_column(self, matrix: Value) -> Value:
        size = matrix.shape[0]
        column = matrix.apply("slice", axis=1, start=size - 1, stop=size).apply("squeeze", axis=1)
        return column.apply("slice", axis=0, start=0, stop=size - 1)

    def _pixels(self, element: Element, array: Value) -> Value:
        """Pixels of the last two axes, as places of one axis."""
        height, width = array.shape[-2:]
        axis = array.rank - 2
        flat = array.apply("merge", axis=axis, count=2)
        table = on_grid_table(element.group, height, width) if element.form == "index" else None
        if table is None:
            moved = interpolated(self.tables, self.matrix(element), element.group.orthogonal, flat, height, width)
        else:
            places = self.tables.stored("pixels", table, self.builder).apply("take", element.value, axis=0)
            moved = flat.apply("take", places, axis=axis)
        return moved.apply("split", axis=axis, sizes=(height, width))
