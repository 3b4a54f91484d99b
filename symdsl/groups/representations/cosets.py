"""Representations along a subgroup: functions on its cosets, induced from it, restricted to it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.composed import Composed
from symdsl.groups.containment import embedded, is_subgroup
from symdsl.groups.group import Group
from symdsl.groups.representation import FiniteGroupPermutation, FiniteGroupRepresentation, Indices, Representation


@functools.lru_cache(maxsize=64)
def _cosets(group: Group, subgroup: Group) -> tuple[np.ndarray, np.ndarray]:
    """The coset number (order,) of every element g in gH, numbered by first elements, and these (cosets,).

    Raises SymdslError SYM0420, SYM0421, SYM0424 where the subgroup is none.
    """
    elements = group.elements()
    inside = embedded(subgroup.elements(), group)
    labels = np.full(len(elements), -1)
    first = []
    for index, element in enumerate(elements):
        if labels[index] < 0:
            labels[group.index_of(element @ inside)] = len(first)
            first.append(index)
    return labels, np.array(first)


def _checked_cosets(group: Group, subgroup: Group) -> tuple[np.ndarray, np.ndarray]:
    try:
        return _cosets(group, subgroup)
    except SymdslError as refusal:
        if refusal.diagnostics[0].code != "SYM0420":
            raise
        message = f"{subgroup.name} is no subgroup of {group.name}: some of its matrices are not among the group's"
        raise SymdslError(Diagnostic("SYM0424", message)) from None


@dataclass(frozen=True)
class Quotient(FiniteGroupPermutation):
    """Functions on the cosets of a subgroup of a finite group: rho(g) e_rH = e_grH, cosets in the order of elements.

    Raises SymdslError SYM0424 where it is no subgroup, SYM0421 for infinite groups, SYM0701 over the limit on orders.
    """

    group: Group
    subgroup: Group
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimension", len(_checked_cosets(self.group, self.subgroup)[1]))

    def permutation_of(self, element: Array) -> Indices:
        labels, first = _cosets(self.group, self.subgroup)
        return labels[self.group.index_of(element @ self.group.elements()[first])]

    @property
    def text(self) -> str:
        return f"quotient({self.subgroup.name})"

    def describe(self) -> dict[str, Any]:
        return {"kind": "quotient", "group": self.group.describe(), "subgroup": self.subgroup.describe()}


@dataclass(frozen=True)
class Induced(FiniteGroupRepresentation):
    """Induced from a representation of a subgroup: for g r_j = r_i h the block (i, j) is of(h), r the first of a coset.

    Raises SymdslError as `Quotient`.
    """

    group: Group
    of: Representation
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        count = len(_checked_cosets(self.group, self.of.group)[1])
        object.__setattr__(self, "dimension", count * self.of.dimension)

    def matrix(self, elements: Array) -> Array:
        lead = elements.shape[:-2]
        check_entries(math.prod(lead) * self.dimension**2, f"matrices of {self.text}")
        labels, first = _cosets(self.group, self.of.group)
        representatives = self.group.elements()[first]
        flat = elements.reshape(-1, *elements.shape[-2:])
        size = self.of.dimension
        result = np.zeros((len(flat), len(first), size, len(first), size))
        for position, element in enumerate(flat):
            moved = element @ representatives
            rows = labels[self.group.index_of(moved)]
            inner = np.linalg.inv(representatives[rows]) @ moved
            inner = inner[:, : self.of.group.dimension, : self.of.group.dimension]
            result[position, rows, :, np.arange(len(first))] = self.of.matrix(inner)
        return result.reshape(*lead, self.dimension, self.dimension)

    @property
    def text(self) -> str:
        return f"induced({self.of.group.name}, {self.of.text})"

    @property
    def is_orthogonal(self) -> bool:
        return self.of.is_orthogonal

    def describe(self) -> dict[str, Any]:
        return {"kind": "induced", "group": self.group.describe(), "of": self.of.describe()}


@dataclass(frozen=True)
class Restricted(Composed):
    """A representation of a larger group on the elements of this one. Raises SymdslError SYM0424 for no subgroup."""

    group: Group
    of: Representation
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not is_subgroup(self.group, self.of.group):
            message = f"{self.group.name} is not known to be a subgroup of {self.of.group.name}"
            raise SymdslError(Diagnostic("SYM0424", message))
        object.__setattr__(self, "dimension", self.of.dimension)

    def image(self, matrices: Array) -> Array:
        return embedded(matrices, self.of.group)

    def algebra_matrix(self, generators: Array) -> Array:
        if not self.group.algebra_data.count:
            return np.zeros((*generators.shape[:-2], self.dimension, self.dimension))
        return self.of.algebra_matrix(generators)

    @property
    def text(self) -> str:
        return f"restricted({self.of.group.name}, {self.of.text})"

    def describe(self) -> dict[str, Any]:
        return {"kind": "restricted", "group": self.group.describe(), "of": self.of.describe()}
