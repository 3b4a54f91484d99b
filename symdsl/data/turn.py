"""Images enlarged and turned by bilinear interpolation, many at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCK_PIXELS = 1 << 18
"""Pixels drawn at once: the intermediate arrays of a block stay in the cache of a processor."""


def turn_images(images: Array, angles: Array, size: int | None = None, box: float = 1.0) -> Array:
    """Images (N, h, h) drawn at `size` pixels a side and turned counter-clockwise about the centre by `angles` (N,).

    The original fills the part `box` of a side. One bilinear interpolation does both: (N, size, size); outside the
    original the value is 0. `size` None keeps the grid, and `box` has no meaning then.
    """
    original = images.shape[-1]
    side = original if size is None else size
    scale = 1.0 if size is None else original / (box * side)
    offset = (np.arange(side) - (side - 1) / 2) * scale
    down, right = offset[:, None], offset[None, :]
    middle = (original - 1) / 2
    result = np.empty((len(images), side, side))
    step = max(1, BLOCK_PIXELS // side**2)
    for start in range(0, len(images), step):
        part = slice(start, start + step)
        cosine, sine = np.cos(angles[part])[:, None, None], np.sin(angles[part])[:, None, None]
        # x = right, y = -down; the value at a point is the original's at the point turned back by the angle
        rows = cosine * down + sine * right
        columns = cosine * right - sine * down
        result[part] = sample_bilinear(images[part], rows + middle, columns + middle)
    return result


def sample_bilinear(images: Array, rows: Array, columns: Array) -> Array:
    """The images (N, h, w), bilinear between pixel centres and 0 outside, each at its own real positions (N, ...)."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    height, width = framed.shape[1:]
    rows = np.clip(rows + 1, 0, height - 1)
    columns = np.clip(columns + 1, 0, width - 1)
    top = np.minimum(rows.astype(np.int64), height - 2)
    left = np.minimum(columns.astype(np.int64), width - 2)
    below, beside = rows - top, columns - left
    sample = np.arange(len(framed)).reshape(-1, *[1] * (rows.ndim - 1))
    place = (sample * height + top) * width + left
    flat = framed.ravel()
    upper = (1 - beside) * flat[place] + beside * flat[place + 1]
    lower = (1 - beside) * flat[place + width] + beside * flat[place + width + 1]
    return (1 - below) * upper + below * lower


def normalise_images(images: Array, training: NDArray[np.int64]) -> Array:
    """Minus one mean, divided by one standard deviation, both of the samples `training`: constants keep symmetries."""
    chosen = images[training]
    return (images - chosen.mean()) / chosen.std()
