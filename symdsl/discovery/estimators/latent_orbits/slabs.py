"""Generators of rotations from a cloud of points on one orbit: slabs about planes, pairs, a regression in each plane.

Krippendorf & Syvaeri, Detecting symmetries with neural networks (arXiv 2003.13679), section 2.3, with three changes: a
slab has two sides, T b_j = 0 off the plane (their equation 15) is built into the regression, and the generators are the
singular vectors of the uncentred rows, since a mean over planes would remove a generator that they share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.spatial import KDTree

Array = NDArray[np.float64]
MOST_PAIRS: Final = 400_000
MOST_OF_A_PLANE: Final = 5_000
FEWEST_PAIRS: Final = 8
NOISE: Final = 1e-3


def plane_generators(cloud: Array, planes: int, slab: float, reach: float, random: np.random.Generator) -> Array:
    """The matrices (R, n, n) of the planes that had enough pairs, R <= planes; each turns its plane, at unit norm.

    `cloud` (P, n) lies on one orbit about the origin. A slab holds the points within `slab` of a plane through two of
    them and the origin; pairs are points of a slab within `reach` of one another. Both are in units of the mean radius.
    """
    scale = float(np.mean(np.linalg.norm(cloud, axis=1)))
    points = cloud / scale
    pairs = near_pairs(points, reach, random)
    found = [plane_generator(points, pairs, slab, random) for _ in range(planes)]
    kept = [each for each in found if each is not None]
    return np.array(kept) if kept else np.empty((0, cloud.shape[1], cloud.shape[1]))


def near_pairs(points: Array, reach: float, random: np.random.Generator) -> NDArray[np.int64]:
    """Pairs (Q, 2) of points that are within `reach`; of more than MOST_PAIRS, those among a random part of the points.

    They are counted before they are listed, so that memory is bounded.
    """
    from scipy.spatial import KDTree

    chosen = np.arange(len(points))
    tree = KDTree(points)
    count = (count_pairs(tree, reach) - len(points)) // 2
    if count > MOST_PAIRS:
        part = max(2, int(len(points) * np.sqrt(MOST_PAIRS / count)))
        chosen = np.sort(random.choice(len(points), part, replace=False))
        tree = KDTree(points[chosen])
    return chosen[tree.query_pairs(reach, output_type="ndarray")]


def count_pairs(tree: KDTree, reach: float) -> int:
    """Ordered pairs within `reach`, every point with itself included."""
    return int(tree.count_neighbors(tree, reach))


def plane_generator(points: Array, pairs: NDArray[np.int64], slab: float, random: np.random.Generator) -> Array | None:
    """The matrix (n, n) that the pairs about one random plane ask for; None where they are too few.

    With b_1, b_2 an orthonormal basis of the plane and sigma the orientation of a pair in it, T = C (b_1 b_2)^T solves
    T p = sigma |p| (p' - p) / |p' - p| in least squares, for both points p of a pair.
    """
    size = points.shape[1]
    two = points[random.choice(len(points), 2, replace=False)]
    basis = np.linalg.qr(two.T)[0]
    along = points @ basis
    if size > 2:
        # a point is in the slab where each coordinate off the plane is small, in any basis of the complement
        off = np.linalg.norm(points - along @ basis.T, axis=1) / np.sqrt(size - 2)
        inside = off < slab
        pairs = pairs[inside[pairs[:, 0]] & inside[pairs[:, 1]]]
    if len(pairs) < FEWEST_PAIRS:
        return None
    if len(pairs) > MOST_OF_A_PLANE:
        pairs = pairs[random.integers(len(pairs), size=MOST_OF_A_PLANE)]
    first, second = pairs.T
    steps = points[second] - points[first]
    lengths = np.linalg.norm(steps, axis=1)
    turn = along[first, 0] * along[second, 1] - along[first, 1] * along[second, 0]
    apart = (lengths > 0) & (turn != 0)
    first, second, steps = first[apart], second[apart], steps[apart] / (lengths * np.sign(turn))[apart, None]
    radii = np.linalg.norm(points, axis=1, keepdims=True)
    known = np.concatenate([along[first], along[second]])
    wanted = np.concatenate([steps * radii[first], steps * radii[second]])
    map_, _, rank, _ = np.linalg.lstsq(known, wanted, rcond=None)
    if rank < 2:
        return None
    generator = map_.T @ basis.T
    return generator / np.linalg.norm(generator)


def principal_generators(rows: Array) -> tuple[Array, Array]:
    """Orthonormal generators (k, n, n) of rows (R, n, n), and the share (k,) of the squares along each, descending."""
    count, size, _ = rows.shape
    _, values, vectors = np.linalg.svd(rows.reshape(count, -1), full_matrices=False)
    return vectors.reshape(-1, size, size), values**2 / np.sum(values**2)


def dimension_of(shares: Array) -> int:
    """How many components (k,), descending, stand out: those before the largest ratio of two neighbours."""
    floored = np.maximum(shares, NOISE * shares[0])
    return int(np.argmax(floored / np.append(floored[1:], NOISE * shares[0]))) + 1
