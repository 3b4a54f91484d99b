"""Index tables and rotation operators of filter banks: self-contained NumPy functions, printed into emitted files.

A bank over C(n) or D(n) holds, for every element h, the filter moved by h (Cohen & Welling 2016, 1602.07576, eq. 10
and 11): bank[h, s, u] = w[h^-1 s, h^-1 u], with s an element of the group (absent in a lifting layer) and u a tap.
Elements are in the order of `Group.elements`: n rotations counter-clockwise, then each after the mirror x -> -x.
Each function repeats the few lines that make the elements, because it must stand alone in an emitted file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def filter_taps(turns: int, mirrored: bool, kernel: int, copies: int) -> NDArray[np.int64]:
    """Where each tap of the bank is read: (|G|, k, k, copies) indices into the taps (copies, k, k) of one filter.

    `turns` is 1, 2 or 4, so that pixels land on pixels. `copies` is |G|, or 1 where the input has no group axis.
    Even kernels turn about the corner between their middle pixels.
    """
    turn = np.array([[0, -1], [1, 0]])
    rotations = [np.linalg.matrix_power(turn, 4 // turns * r) for r in range(turns)]
    elements = rotations + [r @ np.diag([-1, 1]) for r in rotations] if mirrored else rotations
    row, column = np.indices((kernel, kernel))
    plane = np.stack([2 * column - (kernel - 1), (kernel - 1) - 2 * row])  # twice (x, y) from the centre, y up
    table = np.empty((len(elements), kernel, kernel, copies), dtype=np.int64)
    for h, element in enumerate(elements):
        x, y = np.einsum("ij,jrc->irc", element.T, plane)
        source = (kernel - 1 - y) // 2 * kernel + (x + kernel - 1) // 2
        for s in range(copies):
            copy = next(t for t in range(copies) if copies == 1 or np.array_equal(elements[t], element.T @ elements[s]))
            table[h, :, :, s] = copy * kernel * kernel + source
    return table


def filter_copies(turns: int, mirrored: bool) -> NDArray[np.int64]:
    """(|G|, |G|): the index of h^-1 s, for any number of rotations.

    h = r^a m^p and s = r^b m^q, with r the rotation, m the mirror and p, q in {0, 1}, give
    h^-1 s = r^(+-(b - a)) m^(p + q), minus where h is mirrored.
    """
    order = 2 * turns if mirrored else turns
    h, s = np.indices((order, order))
    sign = 1 - 2 * (h // turns)
    return (sign * (s % turns - h % turns)) % turns + turns * ((h // turns + s // turns) % 2)


def filter_rotations(turns: int, mirrored: bool, kernel: int) -> NDArray[np.float64]:
    """The linear maps (|G|, k * k, k * k) that move a filter by each element, bilinearly, within a disk.

    Row u holds the weights with which the moved filter at tap u reads the taps of the filter: the four pixels around
    h^-1 u; those outside the kernel are dropped, and taps further than k/2 from the centre are 0
    (Bekkers et al. 2018, 1804.03393, section 2.3).
    """
    angles = 2 * np.pi * np.arange(turns) / turns
    cosine, sine = np.cos(angles), np.sin(angles)
    rotations = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2)
    elements = np.concatenate([rotations, rotations @ np.diag([-1.0, 1.0])]) if mirrored else rotations
    centre = (kernel - 1) / 2
    row, column = np.indices((kernel, kernel)).reshape(2, -1)
    plane = np.stack([column - centre, centre - row])
    inside = (plane**2).sum(axis=0) <= (kernel / 2) ** 2
    maps = np.zeros((len(elements), kernel * kernel, kernel * kernel))
    for h, element in enumerate(elements):
        x, y = np.round(element.T @ plane, 12)
        source_row, source_column = centre - y, x + centre
        distance_row = np.abs(source_row[:, None] - row[None, :])
        distance_column = np.abs(source_column[:, None] - column[None, :])
        weights = np.maximum(1 - distance_row, 0) * np.maximum(1 - distance_column, 0)
        maps[h] = np.where(inside[:, None], weights, 0.0)
    return maps
