"""Permutation groups of any order, by chains of point stabilisers (Sims 1970; Seress 2003).

A permutation is its images, p[j] the image of j, and (p q)[j] = p[q[j]]. With base points b_1, b_2, ... and G_i the
elements that keep the first i - 1 of them, every element is one product u_1 u_2 ... of carriers u_i of G_i, one for
each point of the orbit of b_i under G_i.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, Matrices

Permutations = np.ndarray

_SEED: Final = 19700
_POOL: Final = 10
_SHUFFLES: Final = 60
_CHUNK: Final = 2**20
_MAXIMUM_STEPS: Final = 2**31
"""Entries of permutations that are multiplied, at most, until the order is known: some seconds."""
_MAXIMUM_CARRIED: Final = 2**24
"""Entries of all carriers."""


@dataclass(eq=False)
class _Level:
    """G_i by its generators, a base point, and for each point of its orbit a carrier and that carrier's inverse."""

    generators: list[Permutations]
    base: int
    orbit: np.ndarray
    place: np.ndarray
    carriers: Permutations
    back: Permutations

    @staticmethod
    def of(generators: list[Permutations], base: int) -> _Level:
        """The orbit of the base point, breadth first."""
        points = len(generators[0])
        place = np.full(points, -1)
        place[base] = 0
        orbit, carriers = [base], [np.arange(points)]
        for position, point in enumerate(orbit):
            for generator in generators:
                image = int(generator[point])
                if place[image] < 0:
                    place[image] = len(orbit)
                    orbit.append(image)
                    carriers.append(generator[carriers[position]])
        stacked = np.array(carriers)
        return _Level(generators, base, np.array(orbit), place, stacked, np.argsort(stacked, axis=1))

    def sifted(self, permutations: Permutations) -> tuple[Permutations, np.ndarray]:
        """u^-1 p with u the carrier of p's image of the base point, and where there is one."""
        places = self.place[permutations[:, self.base]]
        inside = places >= 0
        start = np.where(inside, places, 0)[:, None] * permutations.shape[1]
        return np.where(inside[:, None], self.back.ravel()[start + permutations], permutations), inside

    def stabilising(self, step: int) -> Iterator[Permutations]:
        """Schreier's generators of the stabiliser of the base point, u_s(p)^-1 s u_p, at most `step` at a time."""
        for generator in self.generators:
            for first in range(0, len(self.orbit), step):
                moved = generator[self.carriers[first : first + step]]
                yield self.sifted(moved)[0]


@dataclass(frozen=True, eq=False)
class StabiliserChain:
    """The base points, their orbits and carriers of a permutation group of `points` points."""

    points: int
    levels: tuple[_Level, ...]

    @property
    def order(self) -> int:
        """The exact order: the product of the lengths of the orbits."""
        return math.prod(len(level.orbit) for level in self.levels)

    def contains(self, permutations: Permutations) -> np.ndarray:
        """Whether each of some permutations (count, n) is an element (count,)."""
        left, depth = _sift(self.levels, permutations)
        return (depth == len(self.levels)) & np.all(left == np.arange(self.points), axis=1)

    def sample(self, generator: np.random.Generator, count: int) -> Permutations:
        """Elements (count, n), all equally likely."""
        result = np.broadcast_to(np.arange(self.points), (count, self.points))
        for level in self.levels:
            chosen = level.carriers[generator.integers(len(level.orbit), size=count)]
            result = np.take_along_axis(result, chosen, axis=1)
        return result.copy()

    def inverse_carriers(self) -> list[Permutations]:
        """u_i^-1 of each carrier, a stack (orbit, n) a level: p^-1 = ... u_2^-1 u_1^-1 for every element p."""
        return [level.back for level in self.levels]

    def elements(self) -> Permutations:
        """Every element (order, n), the identity first: products of carriers, those of the last base point fastest.

        Raises SymdslError SYM0704 over the limit.
        """
        check_entries(self.order * self.points, "a list of permutations")
        result = np.arange(self.points)[None]
        for level in self.levels:
            result = result[:, level.carriers].reshape(-1, self.points)
        return result


def permutation_matrices(permutations: Permutations) -> Array:
    """Matrices (..., n, n) of images (..., n): g e_j = e_p[j]."""
    points = permutations.shape[-1]
    check_entries(permutations.size * points, "permutation matrices")
    result = np.zeros((*permutations.shape, points))
    np.put_along_axis(result, permutations[..., None], 1.0, axis=-1)
    return np.ascontiguousarray(result.swapaxes(-1, -2))


def are_permutations(matrices: Array) -> np.ndarray:
    """Whether each matrix (..., n, n) has one 1 in each row and column, and zeros (...)."""
    binary = np.all((matrices == 0.0) | (matrices == 1.0), axis=(-2, -1))
    return binary & np.all(matrices.sum(axis=-1) == 1.0, axis=-1) & np.all(matrices.sum(axis=-2) == 1.0, axis=-1)


@functools.lru_cache(maxsize=64)
def chain_of_matrices(generators: Matrices) -> StabiliserChain:
    """The chain of the group that permutation matrices generate. Raises SymdslError SYM0701."""
    return stabiliser_chain(np.argmax(generators.array(), axis=-2))


def stabiliser_chain(generators: Permutations) -> StabiliserChain:
    """The chain of the group that permutations (M, n) generate, the same on every run.

    A chain is guessed from random elements (product replacement: Celler et al. 1995), then every one of Schreier's
    generators is sifted through it (Sims), from the last level to the first, and what is left of one is added. So the
    result is right whatever was drawn. Raises SymdslError SYM0701 where that takes too long.
    """
    builder = _Builder(generators.shape[1], [])
    distinct = _distinct(generators)
    builder.guess(distinct)
    builder.complete()
    return StabiliserChain(generators.shape[1], tuple(builder.levels))


@dataclass(eq=False)
class _Builder:
    points: int
    levels: list[_Level]
    steps: int = 0

    def guess(self, generators: list[Permutations]) -> None:
        """Levels whose generators are Schreier's, where these are few, else random elements of the stabiliser."""
        random = np.random.default_rng(_SEED)
        wanted = max(4, len(generators) + 1)
        while generators:
            self._append(generators)
            level = self.levels[-1]
            if len(level.orbit) * len(generators) <= 4 * wanted:
                generators = _distinct(np.concatenate(list(level.stabilising(wanted))))
            else:
                generators = _distinct(level.sifted(_random_elements(random, generators, wanted))[0])

    def _append(self, generators: list[Permutations]) -> None:
        moved = np.any(np.array(generators) != np.arange(self.points), axis=0)
        self.levels.append(_Level.of(generators, int(np.argmax(moved))))
        if sum(level.carriers.size for level in self.levels) > _MAXIMUM_CARRIED:
            raise self._too_long()

    def complete(self) -> None:
        """Adds what is left of Schreier's generators until the stabiliser at each level is the level below it."""
        ahead = sum(
            level.carriers.size * len(level.generators) * (len(self.levels) - place)
            for place, level in enumerate(self.levels)
        )
        if ahead > _MAXIMUM_STEPS:
            raise self._too_long()
        index = len(self.levels) - 1
        while index >= 0:
            deepest = index
            for batch in self.levels[index].stabilising(max(1, _CHUNK // self.points)):
                deepest = max(deepest, self._absorb(index, batch))
            index = deepest if deepest > index else index - 1

    def _absorb(self, index: int, batch: Permutations) -> int:
        """Makes the levels below `index` contain a batch that keeps its base point; the deepest level that changed."""
        deepest = index
        while True:
            below = self.levels[index + 1 :]
            self._count(batch.size * (1 + len(below)))
            left, depth = _sift(below, batch)
            outside = (depth < len(below)) | np.any(left != np.arange(self.points), axis=1)
            if not np.any(outside):
                return deepest
            first = int(np.argmax(outside))
            reached = index + 1 + int(depth[first])
            self._add(left[first], index + 1, reached)
            deepest = max(deepest, reached)
            batch = batch[first:]

    def _add(self, element: Permutations, start: int, stop: int) -> None:
        """One more generator, which keeps the base points before `stop`, of the levels from `start` to `stop`."""
        for position in range(start, min(stop + 1, len(self.levels))):
            level = self.levels[position]
            self.levels[position] = _Level.of([*level.generators, element], level.base)
        if stop == len(self.levels):
            self._append([element])

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > _MAXIMUM_STEPS:
            raise self._too_long()

    def _too_long(self) -> SymdslError:
        return SymdslError(
            Diagnostic(
                "SYM0701",
                f"the order of this group of permutations of {self.points:,} points takes too long to find",
                hint="take fewer points, or name the group: S(n) and A(n) are all and all even permutations",
            )
        )


def _sift(levels: tuple[_Level, ...] | list[_Level], permutations: Permutations) -> tuple[Permutations, np.ndarray]:
    """What is left (count, n) of permutations after as many levels (count,) as have a carrier for them."""
    left, depth = permutations, np.zeros(len(permutations), dtype=np.int64)
    running = np.ones(len(permutations), dtype=np.bool_)
    for level in levels:
        further, inside = level.sifted(left)
        running &= inside
        left = np.where(running[:, None], further, left)
        depth += running
    return left, depth


def _distinct(permutations: Permutations) -> list[Permutations]:
    """Without repetitions and the identity, in the order given."""
    seen = {np.arange(permutations.shape[1]).tobytes()}
    kept = []
    for permutation in permutations.astype(np.int64):
        if permutation.tobytes() not in seen:
            seen.add(permutation.tobytes())
            kept.append(permutation)
    return kept


def _random_elements(random: np.random.Generator, generators: list[Permutations], count: int) -> Permutations:
    """Products (count, n) of the generators, nearly uniform."""
    pool = [generators[place % len(generators)] for place in range(max(_POOL, len(generators)))]
    found = []
    for step in range(_SHUFFLES + count):
        left, right = random.choice(len(pool), size=2, replace=False)
        other = pool[right] if random.random() < 0.5 else np.argsort(pool[right])
        pool[left] = pool[left][other] if random.random() < 0.5 else other[pool[left]]
        if step >= _SHUFFLES:
            found.append(pool[left])
    return np.array(found)
