"""Pixels moved by a matrix that is known at run time only: `groups/actions/pixels.py` in plan operations."""

from __future__ import annotations

import numpy as np

from symdsl.groups.actions.pixels import grid_permutation
from symdsl.groups.group import Group
from symdsl.passes.lowering.objectives import constants
from symdsl.passes.lowering.objectives.constants import ConstantTables
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value

MAXIMUM_PLACES = 2**22
"""Entries in a table of pixels of all elements; above it images are interpolated, which on the grid is the same."""


def on_grid_table(group: Group, height: int, width: int) -> np.ndarray | None:
    """Where each pixel comes from, for every element of a finite group (order, height * width); None where some
    element takes pixels off the grid, or the table is too large."""
    if (group.order or 0) * height * width > MAXIMUM_PLACES:
        return None
    rows = [grid_permutation(element, height, width) for element in group.elements()]
    found = [row for row in rows if row is not None]
    return np.stack(found) if len(found) == len(rows) else None


def interpolated(
    tables: ConstantTables, matrix: Value, orthogonal: bool, flat: Value, height: int, width: int
) -> Value:
    """(L_g f)(x) = f(g^-1 x) about the centre: bilinear, zero outside; `flat` has height * width pixels on its last
    axis, `matrix` is (2, 2), orthogonal if so said.

    Coordinates are products of numbers and not of matrices, which a mixed precision would round.
    """
    builder = flat.builder
    right = tables.computed("right", f"{constants.__name__}:pixels_right", (height, width), builder)
    up = tables.computed("up", f"{constants.__name__}:pixels_up", (height, width), builder)
    inverse = matrix.apply("transpose", permutation=(1, 0)) if orthogonal else matrix.apply("inverse")
    source_right = _entry(inverse, 0, 0) * right + _entry(inverse, 0, 1) * up
    source_up = _entry(inverse, 1, 0) * right + _entry(inverse, 1, 1) * up
    rows, columns = (height - 1) / 2.0 - source_up, source_right + (width - 1) / 2.0
    top, left = rows.apply("floor"), columns.apply("floor")
    down, across = rows - top, columns - left
    corners = (
        (top, left, (1.0 - down) * (1.0 - across)),
        (top, left + 1.0, (1.0 - down) * across),
        (top + 1.0, left, down * (1.0 - across)),
        (top + 1.0, left + 1.0, down * across),
    )
    parts = [
        _corner(flat, corner_row, corner_column, weight, height, width)
        for corner_row, corner_column, weight in corners
    ]
    return parts[0] + parts[1] + (parts[2] + parts[3])


def _corner(
    flat: Value, row: Value, column: Value, weight: Value, height: int, width: int
) -> Value:
    """The pixels at (row, column) times their weight, 0 outside the image."""
    builder = flat.builder
    inside_row, inside_column = _clamped(builder, row, height), _clamped(builder, column, width)
    inside = row.apply("equal", inside_row).apply("logical_and", column.apply("equal", inside_column))
    weight = inside.apply("where", weight, builder.full((), 0.0))
    places = (inside_row * float(width) + inside_column).apply("cast", dtype="integer")
    for _ in range(flat.rank - 1):
        weight = weight.apply("expand", axis=0)
    return flat.apply("take", places, axis=flat.rank - 1) * weight


def _clamped(builder: MethodBuilder, place: Value, size: int) -> Value:
    return place.apply("maximum", builder.full((), 0.0)).apply("minimum", builder.full((), size - 1.0))


def _entry(matrix: Value, row: int, column: int) -> Value:
    line = matrix.apply("slice", axis=0, start=row, stop=row + 1).apply("merge", axis=0, count=2)
    return line.apply("slice", axis=0, start=column, stop=column + 1)
