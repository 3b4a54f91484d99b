"""Stacks of square matrices kept as immutable bytes, and the few matrix functions that groups need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matrices:
    """An immutable, hashable stack of `count` real d x d matrices."""

    count: int
    dimension: int
    data: bytes

    @staticmethod
    def of(stack: Array) -> Matrices:
        """Keeps `stack` (count, d, d), with -0.0 stored as 0.0 so that equal stacks have equal bytes."""
        array = np.ascontiguousarray(stack, dtype=np.float64) + 0.0
        return Matrices(array.shape[0], array.shape[-1], array.tobytes())

    @staticmethod
    def none(dimension: int) -> Matrices:
        """The empty stack of d x d matrices."""
        return Matrices(0, dimension, b"")

    def array(self) -> Array:
        """The stack as a read-only float64 array (count, d, d)."""
        return np.frombuffer(self.data, dtype=np.float64).reshape(self.count, self.dimension, self.dimension)


def frozen(array: Array) -> Array:
    """The same array, made read-only."""
    array.flags.writeable = False
    return array


def block_diagonal(blocks: Sequence[Array]) -> Array:
    """Direct sum of stacks (..., n_i, n_i) with one common leading shape -> (..., n, n)."""
    lead = np.broadcast_shapes(*(block.shape[:-2] for block in blocks))
    size = sum(block.shape[-1] for block in blocks)
    result = np.zeros((*lead, size, size))
    start = 0
    for block in blocks:
        stop = start + block.shape[-1]
        result[..., start:stop, start:stop] = block
        start = stop
    return result


def kronecker(left: Array, right: Array) -> Array:
    """Kronecker product of stacks (..., m, m) and (..., n, n) -> (..., mn, mn)."""
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    size = left.shape[-1] * right.shape[-1]
    return product.reshape(*product.shape[:-4], size, size)


def as_real(matrices: NDArray[np.complex128]) -> Array:
    """Complex matrices (..., n, m) as real ones (..., 2n, 2m): x + iy becomes the block [[x, -y], [y, x]]."""
    rows = np.stack([np.stack([matrices.real, -matrices.imag], -1), np.stack([matrices.imag, matrices.real], -1)], -3)
    *lead, n, _, m, _ = rows.shape
    return rows.reshape(*lead, 2 * n, 2 * m)


def symplectic_form(half: int) -> Array:
    """[[0, 1], [-1, 0]] of blocks of size `half`: q . p' - p . q' of vectors (q, p)."""
    zero, one = np.zeros((half, half)), np.eye(half)
    return np.block([[zero, one], [-one, zero]])


def exponential(matrices: Array) -> Array:
    """exp(A) for a stack (..., d, d), by scaling and squaring of a Taylor sum to rounding (Moler and Van Loan 2003)."""
    norms = np.abs(matrices).sum(axis=-1).max(axis=-1) if matrices.size else np.zeros(matrices.shape[:-2])
    largest = float(np.max(norms, initial=0.0))
    squarings = max(0, int(np.ceil(np.log2(largest / 0.25)))) if largest > 0.25 else 0
    scaled = matrices / 2.0**squarings
    result = np.broadcast_to(np.eye(matrices.shape[-1]), matrices.shape).copy()
    term = result.copy()
    for k in range(1, 15):
        term = term @ scaled / k
        result = result + term
    for _ in range(squarings):
        result = result @ result
    return result


def rotation(turns: int, parts: int) -> Array:
    """The counter-clockwise rotation of the plane by 2 pi turns/parts (2, 2); exact where the sine is 0, 1/2 or 1."""
    angle = 2.0 * np.pi * (turns % parts) / parts
    cosine, sine = snapped(np.array([np.cos(angle), np.sin(angle)]))
    return np.array([[cosine, -sine], [sine, cosine]])


def snapped(values: Array) -> Array:
    """Values within 1e-14 of a multiple of 1/2 become that multiple, so that lattice symmetries are exact."""
    nearest = np.round(2.0 * values) / 2.0
    return np.where(np.abs(values - nearest) < 1e-14, nearest, values) + 0.0
