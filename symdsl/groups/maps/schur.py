"""Equivariant maps by Schur's lemma: cut both representations into equal irreducible pieces, and match these.

Random symmetric elements of the matrix algebra that rho(G) spans have, on each irreducible representation, common
eigenspaces of the least possible size: a line over R, C or H. An equivariant map takes each eigenspace to that of the
same eigenvalues, and is known from its values on one, E (the peaks of the MeatAxe: Parker 1984; Holt and Rees 1994):
another random element b carries E to the other eigenspaces of the same irreducible representation, and its skew part
within E generates the division algebra that the values have to commute with. All of it takes n^3 steps, where a null
space has n^2 unknowns.

It needs an algebra that is closed under transposes, and then semisimple: g^T in G for every g, rho(g^T) = rho(g)^T.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group
from symdsl.groups.representation import Representation

_SEED: Final = 20211031
_ATTEMPTS: Final = 4
_LEVELS: Final = 5
_EQUAL: Final = 1e-10
_APART: Final = 1e-3
_ZERO, _SURE = 1e-9, 1e-4
_KEPT: Final = 256
"""Eigenvectors are kept up to this dimension: 3 MB."""

_UNITS: Final = np.array([
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    [[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]],
    [[0, 0, 1, 0], [0, 0, 0, 1], [-1, 0, 0, 0], [0, -1, 0, 0]],
    [[0, 0, 0, 1], [0, 0, -1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]],
])  # fmt: skip
"""_UNITS[q, x, y]: the coordinate y of the quaternion x q, over 1, i, j, k; real and complex numbers come first."""


class _NotSeparatedError(Exception):
    """These random elements do not tell the irreducible pieces apart."""


def is_self_adjoint(group: Group) -> bool:
    """Whether g^T is in G for every g in G, as far as its generators show: such a group is reductive.

    The transposed generators are looked for in the span of the Lie-algebra generators, and among h and h^-1.
    """
    if group.orthogonal:
        return True
    for element in group.discrete:
        size = float(np.max(np.abs(element)))
        orthogonal = np.max(np.abs(element.T @ element - np.eye(group.dimension))) <= _EQUAL
        if not orthogonal and np.max(np.abs(element - element.T)) > _EQUAL * size:
            return False
    algebra = group.lie_algebra
    if not len(algebra):
        return True
    unit = algebra / np.linalg.norm(algebra, axis=(1, 2), keepdims=True)
    flat, turned = unit.reshape(len(unit), -1), unit.transpose(0, 2, 1).reshape(len(unit), -1)
    _, values, rows = np.linalg.svd(flat, full_matrices=False)
    span = rows[values > _ZERO * values[0]]
    return bool(np.max(np.abs(turned - turned @ span.T @ span)) <= _EQUAL)


def schur_maps(V: Representation, W: Representation) -> Array | None:
    """Independent maps (k, dim W, dim V) that span Hom_G(V, W), for a group that `is_self_adjoint`.

    None where a representation does not keep transposes, or no random elements separate its pieces clearly.
    Raises SymdslError SYM0704 over the limit.
    """
    for attempt in range(_ATTEMPTS):
        source, target = _algebra_elements(V, attempt), _algebra_elements(W, attempt)
        if source is None or target is None:
            return None
        try:
            maps = _matched(source, target)
        except _NotSeparatedError:
            continue
        if _is_equivariant(maps, V, W):
            return maps
    return None


@dataclass(frozen=True, eq=False)
class _Elements:
    """Symmetric elements of the algebra (levels, n, n), others (2, n, n), eigenvectors (n, n) of the first, values."""

    symmetric: Array
    others: Array
    values: Array
    vectors: Array


def _algebra_elements(representation: Representation, attempt: int) -> _Elements | None:
    """The same random elements for every representation of a group; None where transposes are not kept."""
    small = representation.dimension <= _KEPT
    return _kept_elements(representation, attempt) if small else _drawn_elements(representation, attempt)


@functools.lru_cache(maxsize=32)
def _kept_elements(representation: Representation, attempt: int) -> _Elements | None:
    return _drawn_elements(representation, attempt)


def _drawn_elements(representation: Representation, attempt: int) -> _Elements | None:
    group, size = representation.group, representation.dimension
    check_entries((_LEVELS + 6) * size**2, f"the irreducible pieces of {representation.text[:80]}")
    generator = np.random.default_rng(_SEED + attempt)
    sums = np.zeros((_LEVELS + 2, size, size))
    for position, total in enumerate(sums):
        elements = np.concatenate([group.sample(generator, 4, bound=0.5), group.discrete])
        weights = generator.standard_normal(len(elements)) / len(elements)
        for weight, element in zip(weights, elements, strict=True):
            total += weight * representation.matrix(element)
        if position == 0:
            turned = sum(w * representation.matrix(g.T) for w, g in zip(weights, elements, strict=True))
            if np.max(np.abs(turned - total.T)) > _EQUAL * max(1.0, float(np.max(np.abs(total)))):
                return None
    symmetric = sums[:_LEVELS] + sums[:_LEVELS].transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(symmetric[0])
    return _Elements(symmetric, sums[_LEVELS:], values, vectors)


def _is_equivariant(maps: Array, V: Representation, W: Representation) -> bool:
    """Whether a random combination of the maps commutes with the discrete generators and a mixture of the others."""
    generator, group = np.random.default_rng(_SEED), V.group
    combination = np.tensordot(generator.standard_normal(len(maps)), maps, axes=1)
    mixture = np.tensordot(generator.standard_normal(len(group.lie_algebra)), group.lie_algebra, axes=1)
    pairs = [(V.algebra_matrix(mixture), W.algebra_matrix(mixture))]
    pairs += [(V.matrix(element), W.matrix(element)) for element in group.discrete]
    size = float(np.linalg.norm(combination))
    return all(
        float(np.linalg.norm(target @ combination - combination @ source))
        <= _EQUAL * max(1e-300, size * (float(np.max(np.abs(target), initial=1.0)) + float(np.max(np.abs(source)))))
        for source, target in pairs
    )


Pair = tuple[Array, Array]


def _matched(source: _Elements, target: _Elements) -> Array:
    """All maps, one irreducible representation after another, in the order of their least eigenvalues."""
    pairs = _common_eigenspaces(source, target)
    sides: tuple[tuple[_Elements, list[Array]], ...] = (
        (source, [pair[0] for pair in pairs]),
        (target, [pair[1] for pair in pairs]),
    )
    found = [np.zeros((0, len(target.values), len(source.values)))]
    if not pairs:
        return found[0]
    frames = [_Frame.of(elements, spaces) for elements, spaces in sides]
    open_pieces = list(range(len(pairs)))
    while open_pieces:
        first = open_pieces[0]
        reached = frames[0].reached(first, open_pieces)
        if reached != frames[1].reached(first, open_pieces):
            raise _NotSeparatedError
        left, right = (frame.copies(first, reached) for frame in frames)
        found.append(_between_copies(left, right))
        check_entries(sum(part.size for part in found), "the maps between equal irreducible pieces")
        open_pieces = [piece for piece in open_pieces if piece not in reached]
    return np.concatenate(found)


def _common_eigenspaces(source: _Elements, target: _Elements) -> list[Pair]:
    """Orthonormal columns (n, r), (m, s) of the smallest eigenspaces that both have, in the order of eigenvalues."""
    found = []
    for inside in _clusters(source.values, target.values):
        found += _cut(source.vectors[:, inside[0]], target.vectors[:, inside[1]], source, target, 1)
    return found


def _cut(left: Array, right: Array, source: _Elements, target: _Elements, level: int) -> list[Pair]:
    """Cuts a pair of eigenspaces by the next symmetric element until one finds nothing to cut."""
    if not left.shape[1] or not right.shape[1]:
        return []
    if level == _LEVELS:
        raise _NotSeparatedError
    one, other = (
        np.linalg.eigh(space.T @ elements.symmetric[level] @ space)
        for space, elements in ((left, source), (right, target))
    )
    both = np.concatenate([one.eigenvalues, other.eigenvalues])
    if np.ptp(both) <= _EQUAL * max(1.0, float(np.max(np.abs(both)))):
        return [(left, right)]
    found = []
    for inside in _clusters(one.eigenvalues, other.eigenvalues):
        parts = (left @ one.eigenvectors[:, inside[0]], right @ other.eigenvectors[:, inside[1]])
        found += _cut(*parts, source, target, level + 1)
    return found


def _clusters(left: Array, right: Array) -> list[tuple[np.ndarray, np.ndarray]]:
    """Ascending eigenvalues of both sides, together in groups apart: the indices of each group on either side."""
    both = np.sort(np.concatenate([left, right]))
    edges = np.flatnonzero(np.diff(both) > _APART * max(1.0, float(np.max(np.abs(both), initial=0.0))))
    bounds = [-np.inf, *((both[edges] + both[edges + 1]) / 2.0), np.inf]
    return [
        (np.flatnonzero((left > low) & (left < high)), np.flatnonzero((right > low) & (right < high)))
        for low, high in itertools.pairwise(bounds)
    ]


@dataclass(frozen=True, eq=False)
class _Frame:
    """The eigenspaces of one side side by side (n, N), where each lies, and the other elements between them."""

    columns: Array
    slices: tuple[slice, ...]
    others: Array

    @staticmethod
    def of(elements: _Elements, spaces: list[Array]) -> _Frame:
        columns = np.concatenate(spaces, axis=1)
        stops = np.cumsum([space.shape[1] for space in spaces]).tolist()
        slices = tuple(slice(stop - space.shape[1], stop) for space, stop in zip(spaces, stops, strict=True))
        return _Frame(columns, slices, columns.T @ elements.others @ columns)

    def _carried(self, first: int, piece: int) -> tuple[Array, float]:
        """The part of b that takes eigenspace `first` to `piece`, and its size: a multiple of an isometry."""
        part = self.others[0][self.slices[piece], self.slices[first]]
        return part, float(np.linalg.norm(part)) / part.shape[1] ** 0.5

    def reached(self, first: int, pieces: list[int]) -> list[int]:
        """The eigenspaces of the irreducible representation that `first` belongs to."""
        sizes = {piece: self._carried(first, piece)[1] for piece in pieces if piece != first}
        scale = max(1.0, float(np.max(np.abs(self.others[0]))))
        if any(_ZERO * scale < size < _SURE for size in sizes.values()):
            raise _NotSeparatedError
        return [first, *(piece for piece, size in sizes.items() if size >= _SURE)]

    def copies(self, first: int, reached: list[int]) -> Array:
        """Equal bases of all copies (d, n, copies, D): the eigenspaces, the space, and 1, i, j, k of the scalars."""
        place = self.slices[first]
        scalars = _scalar_frame([other[place, place] for other in self.others])
        bases = [self.columns[:, place]]
        for piece in reached[1:]:
            part, size = self._carried(first, piece)
            bases.append(self.columns[:, self.slices[piece]] @ part / size)
        return np.einsum("knr,rcx->kncx", np.stack(bases), scalars)


def _scalar_frame(blocks: list[Array]) -> Array:
    """Orthonormal vectors (r, copies, D) of an eigenspace as a space over R, C or H: e, i e, j e, k e for each copy.

    The blocks (r, r) are numbers of that division algebra; skew parts are imaginary.
    """
    skew = [(block - block.T) / 2.0 for block in blocks]
    size = len(skew[0])
    even = [block - skew_part for block, skew_part in zip(blocks, skew, strict=True)]
    if any(np.max(np.abs(part - np.trace(part) / size * np.eye(size))) > _ZERO * 10 for part in even):
        raise _NotSeparatedError
    units = []
    for part in skew:
        rest = part - sum((np.sum(part * unit) / size * unit for unit in units), np.zeros_like(part))
        norm = float(np.linalg.norm(rest)) / size**0.5
        if _ZERO < norm < _SURE:
            raise _NotSeparatedError
        if norm >= _SURE:
            units.append(rest / norm)
    products = [np.eye(size), *units]
    if len(units) == 2:
        products.append(units[0] @ units[1])
    if size % len(products):
        raise _NotSeparatedError
    operators, frame = np.stack(products), np.zeros((size, size // len(products), len(products)))
    left_over = np.eye(size)
    for copy in range(frame.shape[1]):
        start = left_over[:, np.argmax(np.einsum("ij,ij->j", left_over, left_over))]
        frame[:, copy] = (operators @ (start / np.linalg.norm(start))).T
        if len(products) > 1:
            left_over -= frame[:, copy] @ (frame[:, copy].T @ left_over)
        else:
            left_over[:, copy] = 0.0
    return frame


def _between_copies(source: Array, target: Array) -> Array:
    """The maps (k, n, m) that take each copy (d, m, copies, D) to each copy (d, n, copies, D), times each scalar."""
    degree = source.shape[-1]
    if target.shape[-1] != degree or len(source) != len(target):
        raise _NotSeparatedError
    units = _UNITS[:degree, :degree, :degree].astype(np.float64)
    check_entries(degree * source[0].size * target[0].size // degree**2, "the maps between equal irreducible pieces")
    turned = np.einsum("qxy,kajy->jqakx", units, target)
    copies, scalars, size = turned.shape[:3]
    joined = turned.reshape(-1, len(source) * degree)
    flat = source.transpose(0, 3, 2, 1).reshape(len(source) * degree, -1)
    maps = (joined @ flat).reshape(copies, scalars, size, source.shape[2], source.shape[1])
    return maps.transpose(0, 3, 1, 2, 4).reshape(-1, size, source.shape[1])
