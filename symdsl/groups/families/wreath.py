"""Wreath products: n copies of a group, one for each of n points, and the permutations of the points."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries, check_size
from symdsl.groups.arrays.matrices import Array, Matrices, block_diagonal, kronecker
from symdsl.groups.arrays.orbits import orbit_labels
from symdsl.groups.arrays.stabiliser_chain import permutation_matrices
from symdsl.groups.families.permutations import permutation_group
from symdsl.groups.group import Group
from symdsl.groups.representation import Indices, Representation


def wreath(inner: Group, outer: Group) -> Group:
    """wreath(G, H): an element of G for each of the n points that H permutes, and H, which permutes the n vectors.

    It acts on n vectors of G's space, one after another: (g_1, ..., g_n; h) moves the vector of point j by g_j and puts
    it where h takes j. H is a group of permutations, or C(n) for the cyclic shifts. The order is |G|^n |H|.
    Raises SymdslError SYM0404 for another H, SYM0702, SYM0704.
    """
    if outer.family == "cyclic":
        shift = [*range(2, (outer.order or 1) + 1), 1]
        points = permutation_group(len(shift), [shift])
    elif outer.permutes:
        points = outer
    else:
        raise SymdslError(
            Diagnostic(
                "SYM0404",
                f"wreath takes a group of permutations as its second, and {outer.name} permutes nothing",
                hint=f"write wreath({inner.name}, S(3)), for example; A, permutation_group and C(n) fit as well",
            )
        )
    count, size = points.dimension, inner.dimension
    dimension = check_size("a wreath product", count * size)
    name = f"wreath({inner.name}, {outer.name})"
    check_entries((count * inner.algebra_data.count + count) * dimension**2, f"the generators of {name}")
    places = range(count)
    algebra = [_placed(a, place, count, np.zeros((size, size))) for place in places for a in inner.lie_algebra]
    roots = np.unique(orbit_labels(list(np.argmax(points.discrete, axis=-2)), count), return_index=True)[1]
    discrete = [_placed(h, place, count, np.eye(size)) for place in roots.tolist() for h in inner.discrete]
    discrete += list(kronecker(points.discrete, np.eye(size)))
    known = None if inner.order is None or points.order is None else inner.order**count * points.order
    return Group(
        name=name, family="wreath", arguments=(), dimension=dimension,
        algebra_data=Matrices.of(np.array(algebra).reshape(-1, dimension, dimension)),
        discrete_data=Matrices.of(np.array(discrete).reshape(-1, dimension, dimension)),
        order=known, compact=inner.compact, orthogonal=inner.orthogonal, constituents=(inner, outer),
    )  # fmt: skip


def _placed(matrix: Array, place: int, count: int, other: Array) -> Array:
    return block_diagonal([matrix if position == place else other for position in range(count)])


@dataclass(frozen=True)
class BlockPermutation(Representation):
    """The permutations of the points alone: (g_1, ..., g_n; h) acts by h. Raises SymdslError SYM0424 elsewhere."""

    group: Group
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.group.family != "wreath":
            raise SymdslError(Diagnostic("SYM0424", f"{self.group.name} is no wreath product"))
        object.__setattr__(self, "dimension", self.group.dimension // self.group.constituents[0].dimension)

    def matrix(self, elements: Array) -> Array:
        check_entries(math.prod(elements.shape[:-2]) * self.dimension**2, f"matrices of {self.text}")
        return permutation_matrices(self.permutation_of(elements))

    def algebra_matrix(self, generators: Array) -> Array:
        return np.zeros((*generators.shape[:-2], self.dimension, self.dimension))

    def permutation_of(self, element: Array) -> Indices:
        size = self.group.constituents[0].dimension
        blocks = element.reshape(*element.shape[:-2], self.dimension, size, self.dimension, size)
        return np.argmax(np.max(np.abs(blocks), axis=(-3, -1)), axis=-2)

    @property
    def text(self) -> str:
        return "block permutation"

    @property
    def is_permutation(self) -> bool:
        return True

    @property
    def is_orthogonal(self) -> bool:
        return True

    @property
    def degree(self) -> int | None:
        return None

    def describe(self) -> dict[str, Any]:
        return {"kind": "block_permutation", "group": self.group.describe()}
