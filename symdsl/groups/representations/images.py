"""Representations given by the matrices of the generators, proved to be homomorphisms before they are used."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.generators import is_orthogonal_group
from symdsl.groups.arrays.lie_closure import LieClosure
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.arrays.paths import Components, images_of
from symdsl.groups.group import Group
from symdsl.groups.representation import Representation
from symdsl.groups.representations.homomorphism_relations import check_finite, check_lie
from symdsl.groups.words import cayley_graph

LARGEST_IMAGE = 1e6
_MOST_SHOWN = 6


@dataclass(frozen=True)
class Images(Representation):
    """drho(A) for each Lie-algebra generator of the group and rho(h) for each discrete one, in their order.

    Elements of finite groups are words; any other element is walked to, so that rho(g) is a product of exponentials.
    Raises SymdslError SYM0424 where the matrices do not match the generators or break a relation (which, and by how
    much, is said), SYM0421, SYM0701, SYM0703, SYM0704 where that cannot be decided.
    """

    group: Group
    algebra_images: Matrices
    discrete_images: Matrices
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wanted = (self.group.algebra_data.count, self.group.discrete_data.count)
        given = (self.algebra_images.count, self.discrete_images.count)
        if given != wanted:
            raise _mismatched(self.group, given)
        for images in (self.algebra_images.array(), self.discrete_images.array()):
            if np.max(np.abs(images), initial=0.0) > LARGEST_IMAGE:
                message = f"a matrix of a representation has a number over {LARGEST_IMAGE:g}"
                raise SymdslError(Diagnostic("SYM0424", message, hint="relations between such are lost in rounding"))
        object.__setattr__(self, "dimension", self.algebra_images.dimension)
        _proved(self.group, self.algebra_images, self.discrete_images)

    def matrix(self, elements: Array) -> Array:
        lead = elements.shape[:-2]
        check_entries(math.prod(lead) * self.dimension**2, f"matrices of {self.text}")
        flat = elements.reshape(-1, *elements.shape[-2:])
        proved = _proved(self.group, self.algebra_images, self.discrete_images)
        if proved is None:
            matrices = cayley_graph(self.group).spread(self.discrete_images.array(), self.group.index_of(flat))
        else:
            matrices, places = images_of(*proved, flat)
            if np.any(places < 0):
                raise SymdslError(Diagnostic("SYM0420", f"no way was found to an element of {self.group.name}"))
        return matrices.reshape(*lead, self.dimension, self.dimension)

    def algebra_matrix(self, generators: Array) -> Array:
        proved = _proved(self.group, self.algebra_images, self.discrete_images)
        if proved is None:
            return np.zeros((*generators.shape[:-2], self.dimension, self.dimension))
        return proved[0].image(generators)

    @property
    def text(self) -> str:
        return f"matrices of size {self.dimension}"

    @property
    def is_orthogonal(self) -> bool:
        return is_orthogonal_group(self.algebra_images.array(), self.discrete_images.array())

    @property
    def degree(self) -> int | None:
        return None

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "images",
            "group": self.group.describe(),
            "dimension": self.dimension,
            "generators": self.algebra_images.array().tolist(),
            "discrete": self.discrete_images.array().tolist(),
        }


def by_images(group: Group, algebra: Array, discrete: Array) -> Images:
    """The representation with these matrices (D, n, n), (M, n, n). Raises SymdslError as `Images`."""
    return Images(group, Matrices.of(algebra), Matrices.of(discrete))


@functools.lru_cache(maxsize=64)
def _proved(group: Group, algebra: Matrices, discrete: Matrices) -> tuple[LieClosure, Components] | None:
    """What maps elements of a Lie group; None for a finite one. Raises SymdslError where it is no homomorphism."""
    if group.order is not None:
        check_finite(group, discrete.array())
        return None
    if not len(group.lie_algebra):
        hint = "write powers and products of its own matrices"
        message = f"{group.name} is infinite without a Lie algebra, and has no list of relations to be tested"
        raise SymdslError(Diagnostic("SYM0424", message, hint=hint))
    return check_lie(group, algebra.array(), discrete.array())


def _mismatched(group: Group, given: tuple[int, int]) -> SymdslError:
    def counted(counts: tuple[int, int]) -> str:
        return f"{counts[0]} of the Lie algebra and {counts[1]} discrete ones"

    wanted = (group.algebra_data.count, group.discrete_data.count)
    message = f"{group.name} has as generators {counted(wanted)}; matrices are given for {counted(given)}"
    notes = []
    if group.dimension <= 4 and sum(wanted) <= _MOST_SHOWN:
        for name, matrices in (("A", group.lie_algebra), ("h", group.discrete)):
            notes += [f"{name}{index + 1} = {_written(matrix)}" for index, matrix in enumerate(matrices)]
    hint = "write one matrix for each: matrices(generators = [...], discrete = [...])"
    return SymdslError(Diagnostic("SYM0424", message, notes=tuple(notes), hint=hint))


def _written(matrix: Array) -> str:
    rows = (", ".join(f"{entry + 0.0:.6g}" for entry in row) for row in matrix)
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
