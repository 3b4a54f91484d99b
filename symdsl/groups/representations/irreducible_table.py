"""All irreducible real representations of a finite group, as orthogonal matrices of its generators.

The group's own matrices are cut into irreducible pieces, and so are the products of these with every piece found: a
faithful representation reaches all (Burnside 1911; Curtis and Reiner 1962, 32.9). A product is cut at the eigenspaces
of a random symmetric element of the group algebra, in which every vector spans an irreducible piece (the peaks of the
MeatAxe: Holt and Rees 1994). Each piece proves itself by its characters: <x, x> is 1, 2, 4 and the mean of x(g^2) is
1, 0, -2 for real, complex, quaternionic type (Frobenius and Schur 1906), and nothing else has these; together they are
complete when the squares of their dimensions, over 1, 2, 4, add to the order.
"""

from __future__ import annotations

import functools
import heapq
import itertools
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.echelon import canonical_basis
from symdsl.groups.arrays.limits import MAXIMUM_DENSE
from symdsl.groups.arrays.matrices import Array, frozen, kronecker, snapped
from symdsl.groups.group import Group
from symdsl.groups.words import CayleyGraph, ConjugacyClasses, cayley_graph, conjugacy_classes

Kind = Literal["real", "complex", "quaternionic"]
DEGREES: Final[dict[Kind, int]] = {"real": 1, "complex": 2, "quaternionic": 4}
"""The dimension over R of the maps of an irreducible representation to itself."""

_INDICATORS: Final[dict[Kind, int]] = {"real": 1, "complex": 0, "quaternionic": -2}

MAXIMUM_CLASSES: Final = 500
_SEED: Final = 1896
_SAMPLES: Final = 8
_ATTEMPTS: Final = 8
_EQUAL, _APART = 1e-10, 1e-6
_ZERO, _SURE = 1e-7, 1e-4


class _NotSeparatedError(Exception):
    """These random elements do not tell the irreducible pieces apart."""


@dataclass(frozen=True, eq=False)
class RealIrreducible:
    """Orthogonal matrices of the generators (M, n, n), the character on each conjugacy class, and the type."""

    images: Array
    characters: Array
    kind: Kind

    @property
    def dimension(self) -> int:
        """The number n of real numbers that it moves."""
        return self.images.shape[-1]


@functools.lru_cache(maxsize=64)
def irreducible_table(group: Group) -> tuple[RealIrreducible, ...]:
    """All of them: by dimension, the trivial one first, then by falling characters of the classes in their order.

    Raises SymdslError SYM0421 (infinite), SYM0701, SYM0703 (elements, classes, or products over the limits), SYM0422.
    """
    return _Search(group).all_pieces()


class _Search:
    """Cuts products of known pieces until all are known."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.graph: CayleyGraph = cayley_graph(group)
        self.classes: ConjugacyClasses = conjugacy_classes(group)
        self.order = len(self.classes.labels)
        if len(self.classes.first) > MAXIMUM_CLASSES:
            raise SymdslError(
                Diagnostic(
                    "SYM0703",
                    f"{group.name} has {len(self.classes.first):,} conjugacy classes, over the limit of "
                    f"{MAXIMUM_CLASSES:,} up to which irreducible representations are found",
                    hint="write powers of its own matrices, or representations of a subgroup",
                )
            )
        self.chosen = np.random.default_rng(_SEED).integers(self.order, size=_SAMPLES)
        self.found: list[RealIrreducible] = []
        self.samples: list[Array] = []

    def all_pieces(self) -> tuple[RealIrreducible, ...]:
        """The table. Raises SymdslError."""
        images, samples = self._own_matrices()
        self._cut(images, samples, self.group.dimension)
        factors = len(self.found)
        if not np.any([np.all(piece.characters == 1.0) for piece in self.found]):
            self._add(np.ones((len(images), 1, 1)))
        waiting: list[tuple[int, int, int]] = []
        paired = 0
        while self._reached() < self.order:
            for piece, factor in itertools.product(range(paired, len(self.found)), range(factors)):
                size = self.found[piece].dimension * self.found[factor].dimension
                heapq.heappush(waiting, (size, piece, factor))
            paired = len(self.found)
            size, piece, factor = heapq.heappop(waiting)
            self._cut_product(self.found[piece], self.found[factor], self.samples[piece], self.samples[factor])
        return tuple(sorted(self.found, key=_place))

    def _reached(self) -> int:
        return sum(piece.dimension**2 // DEGREES[piece.kind] for piece in self.found)

    def _own_matrices(self) -> tuple[Array, Array]:
        """The defining matrices of the generators and of the sampled elements, in a basis where they are orthogonal."""
        elements, generators = self.group.elements(), self.group.discrete
        samples = elements[self.chosen]
        if self.group.orthogonal:
            return generators, samples
        lower = np.linalg.cholesky(np.einsum("gki,gkj->ij", elements, elements) / self.order)
        back = np.linalg.inv(lower.T)
        return lower.T @ generators @ back, lower.T @ samples @ back

    def _cut_product(self, left: RealIrreducible, right: RealIrreducible, first: Array, second: Array) -> None:
        """Cuts a tensor product if it holds more than what is known."""
        size = left.dimension * right.dimension
        characters = left.characters * right.characters
        if self._known_dimension(characters) == size:
            return
        if size > MAXIMUM_DENSE:
            text = f"the irreducible representations of {self.group.name} need products of {size:,} dimensions"
            raise SymdslError(Diagnostic("SYM0703", f"{text}; the limit is {MAXIMUM_DENSE:,}"))
        self._cut(kronecker(left.images, right.images), kronecker(first, second), size)

    def _known_dimension(self, characters: Array) -> int:
        """How many dimensions of a representation the known pieces fill."""
        counts = self._mean(np.stack([piece.characters for piece in self.found]) * characters)
        sizes = [piece.dimension / DEGREES[piece.kind] for piece in self.found]
        return round(float(np.dot(counts, sizes)))

    def _mean(self, values: Array) -> Array:
        """The averages over the group of class functions (..., classes)."""
        return values @ self.classes.sizes / self.order

    def _cut(self, images: Array, samples: Array, size: int) -> None:
        """Adds what is new in a representation, by the matrices of the generators and of the sampled elements."""
        known = len(self.found)
        for attempt in range(_ATTEMPTS):
            try:
                return self._cut_once(images, samples, size, attempt)
            except _NotSeparatedError:
                del self.found[known:], self.samples[known:]
        text = f"the irreducible pieces of a representation of {self.group.name} do not separate clearly"
        raise SymdslError(Diagnostic("SYM0422", text))

    def _cut_once(self, images: Array, samples: Array, size: int, attempt: int) -> None:
        weights = np.random.default_rng(_SEED + attempt).standard_normal(len(images) + len(samples))
        letters = np.concatenate([images, samples])
        values, vectors = np.linalg.eigh(_mixture(weights, letters))
        scale = max(1.0, float(np.max(np.abs(values))))
        gaps = np.diff(values) / scale
        if np.any((gaps > _EQUAL) & (gaps < _APART)):
            raise _NotSeparatedError
        starts = np.concatenate([[0], np.flatnonzero(gaps >= _APART) + 1, [size]])
        done = np.zeros(size, dtype=bool)
        for piece, own in zip(self.found, self.samples, strict=True):
            done |= _among(values, _mixture(weights, np.concatenate([piece.images, own])), scale)
        for start, stop in itertools.pairwise(starts):
            if not done[start]:
                rows = _spanned(vectors[:, start:stop], letters[: len(images) + 2])
                piece = self._add(rows @ images @ rows.T)
                done |= _among(values, _mixture(weights, np.concatenate([piece.images, self.samples[-1]])), scale)
        characters = np.trace(self.graph.spread(images, self.classes.first), axis1=-2, axis2=-1)
        if self._known_dimension(characters) != size:
            raise _NotSeparatedError

    def _add(self, images: Array) -> RealIrreducible:
        """Keeps an irreducible piece. Raises _NotSeparatedError for any other."""
        images = frozen(snapped(_orthogonalised(images)))
        spread = self.graph.spread(images, np.concatenate([self.classes.first, self.chosen]))
        characters = np.trace(spread[: len(self.classes.first)], axis1=-2, axis2=-1)
        square = float(self._mean(characters**2))
        indicator = float(self._mean(characters[self.classes.squares]))
        for kind, expected in _INDICATORS.items():
            if abs(square - DEGREES[kind]) < 1e-6 and abs(indicator - expected) < 1e-6:
                piece = RealIrreducible(images, frozen(snapped(characters)), kind)
                self.found.append(piece)
                self.samples.append(spread[len(self.classes.first) :])
                return piece
        raise _NotSeparatedError


def _place(piece: RealIrreducible) -> tuple[int, tuple[float, ...]]:
    return piece.dimension, tuple((-np.round(piece.characters, 6) + 0.0).tolist())


def _mixture(weights: Array, letters: Array) -> Array:
    total = np.tensordot(weights, letters, axes=1)
    return total + total.T


def _among(values: Array, symmetric: Array, scale: float) -> Array:
    """Which of some ascending values are eigenvalues of a symmetric matrix."""
    others = np.linalg.eigvalsh(symmetric)
    place = np.searchsorted(others, values)
    near = np.stack([others[np.clip(place - step, 0, len(others) - 1)] for step in (0, 1)])
    return np.min(np.abs(near - values), axis=0) < 2.0 * _EQUAL * scale


def _spanned(space: Array, letters: Array) -> Array:
    """Orthonormal rows (r, n) of what a vector of an eigenspace (n, e) spans under matrices (L, n, n).

    The vector is the projection of the first unit vector that lies well in the eigenspace; vector and rows depend on
    spaces alone, not on the eigenvectors that were found.
    """
    inside = np.einsum("ne,ne->n", space, space)
    first = int(np.argmax(inside >= 0.37 * inside.max()))
    vector = space @ space[first]
    basis = (vector / np.linalg.norm(vector))[:, None]
    newest = basis
    while newest.shape[1]:
        moved = np.moveaxis(letters @ newest, 0, 1).reshape(len(basis), -1)
        for _ in range(2):
            moved = moved - basis @ (basis.T @ moved)
        left, sizes, _ = np.linalg.svd(moved, full_matrices=False)
        if np.any((sizes > _ZERO) & (sizes < _SURE)):
            raise _NotSeparatedError
        newest = left[:, sizes >= _SURE]
        basis = np.concatenate([basis, newest], axis=1)
    return canonical_basis(np.ascontiguousarray(basis.T))


def _orthogonalised(matrices: Array) -> Array:
    """The nearest orthogonal matrices, by Newton's iteration (Higham 1986)."""
    for _ in range(3):
        matrices = 1.5 * matrices - 0.5 * matrices @ matrices.swapaxes(-1, -2) @ matrices
    return matrices
