"""The quadratic form that is constant on orbits: it says in which coordinates they are round, if in any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OrbitForm:
    """The form `matrix` (n, n) that varies least along the clouds, and how much: the deviation over the mean square.

    `next` is that of the second best form. Where it is as small, orbits are less than spheres: they keep two forms.
    """

    matrix: Array
    spread: float
    next: float


def orbit_form(clouds: Sequence[Array]) -> OrbitForm:
    """Of clouds (P, n), each of its own value: the eigenvector of var(p^T Q p within clouds) over mean (p^T Q p)^2."""
    size = clouds[0].shape[1]
    rows, columns = np.triu_indices(size)
    within, whole = np.zeros((len(rows), len(rows))), np.zeros((len(rows), len(rows)))
    for cloud in clouds:
        products = cloud[:, rows] * cloud[:, columns] / np.mean(np.sum(cloud**2, axis=1))
        around = products - products.mean(axis=0)
        within += around.T @ around / len(cloud)
        whole += products.T @ products / len(cloud)
    scale, axes = np.linalg.eigh(whole)
    whiten = axes / np.sqrt(np.maximum(scale, 1e-12 * scale[-1]))
    squares, vectors = np.linalg.eigh(whiten.T @ within @ whiten)
    spreads = np.sqrt(np.clip(squares, 0.0, 1.0))
    matrix = np.zeros((size, size))
    matrix[rows, columns] = whiten @ vectors[:, 0]
    matrix = (matrix + matrix.T) / 2
    return OrbitForm(matrix * np.sign(np.trace(matrix)), float(spreads[0]), float(spreads[1:].min(initial=1.0)))


def rounded(form: OrbitForm) -> Array | None:
    """The symmetric square root S of the form, in whose coordinates S p orbits are round; None where it has none."""
    values, axes = np.linalg.eigh(form.matrix)
    if values[0] <= 1e-3 * values[-1]:
        return None
    return (axes * np.sqrt(values / values[-1])) @ axes.T
