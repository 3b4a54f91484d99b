"""Permutations of equal slots and of coordinates: exchanges, shifts, and those that keep a matrix of products."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from symdsl.discovery.discrete.proposal import Array, Axis, Proposal

_LISTED: Final = 8
"""Points whose permutations are all tried against the matrix of products; 8! = 40,320."""
_BEST: Final = 24
"""Permutations that are kept, the nearest ones."""


def permutations(size: int, products: Array, on: Axis) -> Iterator[Proposal]:
    """Exchanges of two of `size` points, the shifts, the reversal, and others that nearly keep `products` (size, size).

    A symmetry by permutation keeps E[D_a f . D_b f], so that only those few need data; the rest are left out.
    """
    for first, second in itertools.combinations(range(size), 2):
        images = list(range(size))
        images[first], images[second] = second, first
        yield _proposal(images, on)
    if size < 3:
        return
    seen = {tuple(range(size))}
    for images in [*_shifts(size), *_keeping(size, products)]:
        if images not in seen and sum(image != index for index, image in enumerate(images)) > 2:
            seen.add(images)
            yield _proposal(images, on)


def _shifts(size: int) -> Iterator[tuple[int, ...]]:
    for step in range(1, size):
        if size % step == 0:
            yield tuple((index + step) % size for index in range(size))
    yield tuple(reversed(range(size)))


def _keeping(size: int, products: Array) -> list[tuple[int, ...]]:
    """The permutations that move `products` least."""
    if size > _LISTED:
        return []
    images = np.array(list(itertools.permutations(range(size))))
    moved = products[images[:, :, None], images[:, None, :]]
    defects = np.linalg.norm(moved - products, axis=(1, 2)) / max(float(np.linalg.norm(products)), 1e-300)
    nearest = np.argsort(defects, kind="stable")[:_BEST]
    return [tuple(images[index].tolist()) for index in nearest]


def _proposal(images: list[int] | tuple[int, ...], on: Axis) -> Proposal:
    """The permutation matrix that takes e_i to e_images(i), in cycles as its text."""
    size = len(images)
    matrix = np.zeros((size, size))
    matrix[list(images), range(size)] = 1.0
    cycles, left = [], set(range(size))
    while left:
        start = min(left)
        cycle = [start]
        left.remove(start)
        while (image := images[cycle[-1]]) in left:
            cycle.append(image)
            left.remove(image)
        cycles.append(cycle)
    moving = [cycle for cycle in cycles if len(cycle) > 1]
    text = "".join("(" + " ".join(str(index + 1) for index in cycle) + ")" for cycle in moving)
    what = "slots" if on == "slots" else "coordinates"
    return Proposal("permutations", f"{what} {text}", matrix, math.lcm(*(len(cycle) for cycle in moving)), on)
