"""Random group elements: Haar measure where the group is compact, bounded draws where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symdsl.groups.arrays.limits import MAXIMUM_ORDER, check_entries
from symdsl.groups.arrays.matrices import Array, as_real, block_diagonal, exponential, kronecker
from symdsl.groups.arrays.stabiliser_chain import chain_of_matrices, permutation_matrices

if TYPE_CHECKING:
    from symdsl.groups.group import Group

WORD_LENGTH = 6


def sample(group: Group, generator: np.random.Generator, count: int, bound: float = 2.0) -> Array:
    """`count` random elements of `group` (count, d, d).

    Haar for finite groups (permutations of any number), O(n), SO(n), U(n) and SU(n); Haar x boosts x Haar for O(p, q),
    each rapidity uniform in [-bound, bound]; translations by uniform offsets in [-bound, bound] (whole numbers within
    +-16 for integer ones); affine motions by a linear part and such an offset; any other group
    by words of exponentials with normal coefficients, of norm at most `bound` where the group is not known to be
    compact.
    """
    check_entries(count * group.dimension**2, f"{count} elements of {group.name}")
    match group.family:
        case "product":
            return block_diagonal([sample(factor, generator, count, bound) for factor in group.factors])
        case "symmetric":
            return _permutations(generator, count, group.dimension)
        case "alternating":
            return _even(_permutations(generator, count, group.dimension))
        case "semidirect":
            return np.matmul(*(sample(part, generator, count, bound) for part in group.constituents))
        case "wreath":
            return _wreath(group, generator, count, bound)
        case "unitary" | "special_unitary":
            return as_real(haar_unitary(generator, count, group.dimension // 2, group.family == "special_unitary"))
        case _ if group.linear is not None:
            return _motions(group.linear, generator, count, bound)
        case "translations":
            return _translations(group, generator, count, bound)
        case "orthogonal" | "special_orthogonal" | "lorentz":
            return _pseudo_orthogonal(group, generator, count, bound)
        case _ if group.permutes:
            return permutation_matrices(chain_of_matrices(group.discrete_data).sample(generator, count))
        case _ if group.order is not None and group.order <= MAXIMUM_ORDER:
            return group.elements()[generator.integers(group.order, size=count)]
        case _:
            return _words(group, generator, count, bound)


def _permutations(generator: np.random.Generator, count: int, points: int) -> Array:
    return permutation_matrices(np.argsort(generator.random((count, points)), axis=1))


def _wreath(group: Group, generator: np.random.Generator, count: int, bound: float) -> Array:
    """Those of each copy of G and of H independent; C(n) as H shifts the points."""
    inner, outer = group.constituents
    points = group.dimension // inner.dimension
    if outer.family == "cyclic":
        moved = permutation_matrices((np.arange(points) + generator.integers(points, size=(count, 1))) % points)
    else:
        moved = sample(outer, generator, count, bound)
    turned = block_diagonal([sample(inner, generator, count, bound) for _ in range(points)])
    return kronecker(moved, np.eye(inner.dimension)) @ turned


def _even(matrices: Array) -> Array:
    """Odd permutations with the images of the first two points exchanged, which matches them with the even ones."""
    if matrices.shape[-1] > 1:
        odd = np.linalg.det(matrices) < 0.0
        matrices[odd, :, :2] = matrices[odd][:, :, 1::-1]
    return matrices


def haar_unitary(generator: np.random.Generator, count: int, n: int, special: bool) -> NDArray[np.complex128]:
    """Haar-distributed elements of U(n), or SU(n) if `special` (count, n, n) (Mezzadri 2007, math-ph/0609050)."""
    real, imaginary = generator.standard_normal((2, count, n, n))
    factors = np.linalg.qr(real + 1j * imaginary)
    diagonal = np.diagonal(factors.R, axis1=-2, axis2=-1)
    q: NDArray[np.complex128] = np.asarray(factors.Q, np.complex128) * (diagonal / np.abs(diagonal))[:, None, :]
    if special:
        q[:, :, 0] /= np.linalg.det(q)[:, None]
    return q


def _motions(linear: Group, generator: np.random.Generator, count: int, bound: float) -> Array:
    size = linear.dimension
    result = block_diagonal([sample(linear, generator, count, bound), np.ones((count, 1, 1))])
    result[:, :size, size] = generator.uniform(-bound, bound, size=(count, size))
    return result


def _translations(group: Group, generator: np.random.Generator, count: int, bound: float) -> Array:
    space = group.dimension - 1
    result = np.broadcast_to(np.eye(space + 1), (count, space + 1, space + 1)).copy()
    if group.argument("integer"):
        result[:, :space, space] = generator.integers(-16, 17, size=(count, space))
    else:
        result[:, :space, space] = generator.uniform(-bound, bound, size=(count, space))
    return result


def haar_orthogonal(generator: np.random.Generator, count: int, dimension: int, special: bool) -> Array:
    """Haar-distributed elements of O(n), or SO(n) if `special` (count, n, n) (Mezzadri 2007, math-ph/0609050)."""
    q, r = np.linalg.qr(generator.standard_normal((count, dimension, dimension)))
    q = q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[:, None, :]
    if special and dimension:
        q[:, :, 0] *= np.sign(np.linalg.det(q))[:, None]
    return q


def _pseudo_orthogonal(group: Group, generator: np.random.Generator, count: int, bound: float) -> Array:
    """k1 a k2 with k in SO(p) x SO(q) Haar and a = min(p, q) commuting boosts, times random components."""
    plus, minus = group.signature or (group.dimension, 0)
    compact = _compact_part(generator, count, plus, minus)
    if minus:
        boosts = np.broadcast_to(np.eye(group.dimension), (count, group.dimension, group.dimension)).copy()
        for i in range(min(plus, minus)):
            rapidity = generator.uniform(-bound, bound, size=count)
            boosts[:, i, i] = boosts[:, plus + i, plus + i] = np.cosh(rapidity)
            boosts[:, i, plus + i] = boosts[:, plus + i, i] = np.sinh(rapidity)
        compact = compact @ boosts @ _compact_part(generator, count, plus, minus)
    for reflection in group.discrete:
        chosen = generator.random(count) < 0.5
        compact[chosen] = compact[chosen] @ reflection
    return compact


def _compact_part(generator: np.random.Generator, count: int, plus: int, minus: int) -> Array:
    parts = [haar_orthogonal(generator, count, size, special=True) for size in (plus, minus) if size]
    return block_diagonal(parts)


def _words(group: Group, generator: np.random.Generator, count: int, bound: float) -> Array:
    """Words h_1 exp(X_1) h_2 exp(X_2) ..., h_i among 1 and the discrete generators."""
    algebra, discrete = group.lie_algebra, group.discrete
    letters = np.concatenate([np.eye(group.dimension)[None], discrete])
    steps = WORD_LENGTH if len(discrete) or group.compact else 1
    result = np.broadcast_to(np.eye(group.dimension), (count, group.dimension, group.dimension)).copy()
    for _ in range(steps):
        if len(algebra):
            coefficients = generator.standard_normal((count, len(algebra)))
            exponents = np.einsum("ck,kij->cij", coefficients, algebra)
            if not group.compact:
                norms = np.linalg.norm(exponents, axis=(1, 2), keepdims=True)
                exponents = exponents * np.minimum(1.0, bound / steps / np.maximum(norms, 1e-300))
            result = result @ exponential(exponents)
        if len(discrete):
            result = result @ letters[generator.integers(len(letters), size=count)]
    return result
