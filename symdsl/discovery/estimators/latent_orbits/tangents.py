"""Generators of any matrix group from clouds of points, each on one orbit: linear fields that are tangent to them.

Planes about the origin give rotations only (`slabs`). Here a cloud says where it extends, by the principal directions
of near neighbours, and A is a generator where A p has no part across it: an eigenproblem in A, as for the derivatives
of a field (Otto et al., arXiv 2311.00212). Slots are moved by the same matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MOST_NUMBERS: Final = 10_000_000
"""Of rows that are made at once."""
LOST: Final = 1e-6


@dataclass(frozen=True)
class Fields:
    """All linear fields by how far they leave the clouds.

    `defects` (B,) ascending in [0, 1]: the part of a field across the cloud; `generators` (B, n, n) orthonormal in the
    sense of the data, B = n^2 where the slots of the clouds span the space.
    """

    defects: Array
    generators: Array


def tangent_fields(clouds: Sequence[Array], neighbours: int) -> Fields:
    """The linear fields on R^n by their defect on clouds (P, slots, n).

    With N(p) the projector across the cloud and A acting on every slot, the defect is the square root of
    sum_p |N(p) A p|^2 / sum_p |A p|^2. Where no slot of any cloud leaves a subspace, fields are on that subspace.
    """
    pooled = np.concatenate([cloud.reshape(-1, cloud.shape[-1]) for cloud in clouds])
    _, values, directions = np.linalg.svd(pooled, full_matrices=False)
    span = directions[values > LOST * values[0]]
    across, whole = 0.0, 0.0
    for cloud in clouds:
        found = grams(cloud @ span.T, neighbours)
        across, whole = across + found[0], whole + found[1]
    scale, axes = np.linalg.eigh(whole)
    whiten = axes / np.sqrt(np.maximum(scale, LOST**2 * scale[-1]))
    squares, vectors = np.linalg.eigh(whiten.T @ across @ whiten)
    size = len(span)
    fields = (whiten @ vectors).T.reshape(-1, size, size)
    return Fields(np.sqrt(np.clip(squares, 0.0, 1.0)), span.T @ fields @ span)


def grams(cloud: Array, neighbours: int) -> tuple[Array, Array]:
    """The quadratic forms (n^2, n^2) of mean |N(p) A p|^2 and mean |A p|^2 over a cloud (P, slots, n)."""
    count, slots, size = cloud.shape
    flat = cloud.reshape(count, -1)
    normals = normal_projectors(flat, neighbours).reshape(count, slots * size, slots, size)
    across = np.zeros((size * size, size * size))
    step = max(1, MOST_NUMBERS // (slots * size**3))
    for start in range(0, count, step):
        part = slice(start, start + step)
        rows = np.einsum("pdsa,psb->pdab", normals[part], cloud[part]).reshape(-1, size * size)
        across += rows.T @ rows
    outer = np.einsum("psb,psc->bc", cloud, cloud)
    return across / count, np.kron(np.eye(size), outer) / count


def normal_projectors(flat: Array, neighbours: int) -> Array:
    """Projectors (P, D, D) across a cloud (P, D), from the covariances of near neighbours."""
    from scipy.spatial import KDTree

    _, near = KDTree(flat).query(flat, k=min(neighbours + 1, len(flat)))
    moved = flat[near] - flat[near].mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(np.einsum("pka,pkb->pab", moved, moved))
    across = codimension(values.mean(axis=0))
    normals = vectors[:, :, :across]
    return normals @ normals.transpose(0, 2, 1)


def codimension(spectrum: Array) -> int:
    """How many of the ascending mean eigenvalues (D,) of neighbourhoods are across the cloud.

    All that vanish, off the subspace that the cloud is in, and of the rest those before the largest ratio.
    """
    off = int(np.sum(spectrum <= LOST**2 * spectrum[-1]))
    rest = spectrum[off:]
    return off + (1 + int(np.argmax(rest[1:] / rest[:-1])) if len(rest) > 1 else 0)
