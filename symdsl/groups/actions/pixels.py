"""How a matrix of the plane moves the pixels of an image: exactly where it can, bilinear elsewhere."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.matrices import Array

_ON_GRID = 1e-9


def _sources(element: Array, height: int, width: int) -> tuple[Array, Array]:
    """Row and column from which each pixel of (L_g f)(x) = f(g^-1 x) is read, as real numbers (height, width)."""
    row, column = np.meshgrid(np.arange(height, dtype=np.float64), np.arange(width, dtype=np.float64), indexing="ij")
    middle_row, middle_column = (height - 1) / 2.0, (width - 1) / 2.0
    right, up = column - middle_column, middle_row - row
    inverse = np.linalg.inv(element)
    source_right = inverse[0, 0] * right + inverse[0, 1] * up
    source_up = inverse[1, 0] * right + inverse[1, 1] * up
    return middle_row - source_up, middle_column + source_right


def grid_permutation(element: Array, height: int, width: int) -> np.ndarray | None:
    """Flat source indices (height * width,) if the 2x2 element maps the grid to itself, else None."""
    row, column = _sources(element, height, width)
    whole_row, whole_column = np.round(row), np.round(column)
    off_grid = max(np.max(np.abs(row - whole_row), initial=0.0), np.max(np.abs(column - whole_column), initial=0.0))
    if off_grid > _ON_GRID:
        return None
    inside = (whole_row >= 0) & (whole_row < height) & (whole_column >= 0) & (whole_column < width)
    if not np.all(inside):
        return None
    return (whole_row * width + whole_column).astype(np.int64).ravel()


def move_pixels(element: Array, array: Array) -> Array:
    """(L_g f)(x) = f(g^-1 x) on the last two axes of (..., height, width), about the centre.

    A quarter turn is `np.rot90(array, 1, (-2, -1))`: counter-clockwise as seen. Pixels read from between grid points
    are bilinear means, with zero outside the image.
    """
    height, width = array.shape[-2:]
    permutation = grid_permutation(element, height, width)
    if permutation is not None:
        flat = array.reshape(*array.shape[:-2], height * width)
        return flat[..., permutation].reshape(array.shape)
    row, column = _sources(element, height, width)
    top, left = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
    down, across = row - top, column - left
    corners = (
        (top, left, (1.0 - down) * (1.0 - across)),
        (top, left + 1, (1.0 - down) * across),
        (top + 1, left, down * (1.0 - across)),
        (top + 1, left + 1, down * across),
    )
    result = np.zeros(array.shape, dtype=np.float64)
    for corner_row, corner_column, weight in corners:
        inside = (corner_row >= 0) & (corner_row < height) & (corner_column >= 0) & (corner_column < width)
        values = array[..., np.clip(corner_row, 0, height - 1), np.clip(corner_column, 0, width - 1)]
        result += values * np.where(inside, weight, 0.0)
    return result
