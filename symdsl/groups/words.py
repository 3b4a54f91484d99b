"""Finite groups by words in their generators: the Cayley graph, conjugacy classes, and maps known on generators."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

import numpy as np

from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.orbits import connected_labels
from symdsl.groups.group import Group


@dataclass(frozen=True, eq=False)
class CayleyGraph:
    """`steps` (M, N): the number of h_m g in `Group.elements()`, and a tree of shortest words.

    Every element but the identity is h_letter times its `parent`; `layers` are the elements by the length of words.
    """

    steps: np.ndarray
    parent: np.ndarray
    letter: np.ndarray
    layers: tuple[np.ndarray, ...]

    def spread(self, images: Array, indices: np.ndarray) -> Array:
        """The images (count, n, n) of elements `indices` (count,) under the map that takes h_m to images (M, n, n).

        Only what these words pass is computed. Raises SymdslError SYM0704 over the limit.
        """
        needed = np.zeros(len(self.parent), dtype=bool)
        needed[indices] = True
        for layer in self.layers[:0:-1]:
            needed[self.parent[layer[needed[layer]]]] = True
        needed[0] = True
        size = images.shape[-1]
        check_entries(int(needed.sum()) * size**2, f"{int(needed.sum()):,} matrices of size {size}")
        place = np.cumsum(needed) - 1
        found = np.zeros((int(needed.sum()), size, size))
        found[0] = np.eye(size)
        for layer in self.layers[1:]:
            chosen = layer[needed[layer]]
            found[place[chosen]] = images[self.letter[chosen]] @ found[place[self.parent[chosen]]]
        return found[place[indices]]

    def word(self, index: int) -> list[int]:
        """The letters of a shortest word for an element, from the left."""
        letters = []
        while index:
            letters.append(int(self.letter[index]))
            index = int(self.parent[index])
        return letters


@functools.lru_cache(maxsize=64)
def cayley_graph(group: Group) -> CayleyGraph:
    """The graph of a finite group and its discrete generators. Raises SymdslError SYM0421, SYM0701."""
    elements = group.elements()
    steps = np.array([group.index_of(h @ elements) for h in group.discrete], np.int64).reshape(-1, len(elements))
    parent, letter = np.zeros(len(elements), np.int64), np.full(len(elements), -1)
    reached = np.arange(len(elements)) == 0
    layers = [np.zeros(1, np.int64)]
    while len(layers[-1]):
        fresh = []
        for number, step in enumerate(steps):
            images = step[layers[-1]]
            new, first = np.unique(np.where(reached[images], -1, images), return_index=True)
            first, new = first[new >= 0], new[new >= 0]
            parent[new], letter[new], reached[new] = layers[-1][first], number, True
            fresh.append(new)
        layers.append(np.concatenate(fresh) if fresh else np.zeros(0, np.int64))
    return CayleyGraph(steps, parent, letter, tuple(layers[:-1]))


@dataclass(frozen=True, eq=False)
class ConjugacyClasses:
    """The class number (N,) of every element, by first elements, and of each class the first, the size, the squares."""

    labels: np.ndarray
    first: np.ndarray
    sizes: np.ndarray
    squares: np.ndarray


@functools.lru_cache(maxsize=64)
def conjugacy_classes(group: Group) -> ConjugacyClasses:
    """The conjugacy classes of a finite group. Raises SymdslError SYM0421, SYM0701."""
    elements = group.elements()
    everyone = np.arange(len(elements))
    conjugations = [group.index_of(h @ elements @ np.linalg.inv(h)) for h in group.discrete]
    labels = connected_labels([(everyone, conjugated) for conjugated in conjugations], len(elements))
    _, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    squares = labels[group.index_of(elements[first] @ elements[first])]
    return ConjugacyClasses(labels, first, sizes, squares)


def word_text(letters: list[int]) -> str:
    """ "h1^3 h2" for [0, 0, 0, 1]; "1" for no letters."""
    runs = ((letter, len(list(run))) for letter, run in itertools.groupby(letters))
    parts = [f"h{letter + 1}" + (f"^{count}" if count > 1 else "") for letter, count in runs]
    return " ".join(parts) or "1"
