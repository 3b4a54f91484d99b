"""Representations made of representations: direct sum, tensor product, and those of a factor of a product group."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, block_diagonal, kronecker
from symdsl.groups.composed import Composed
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, Indices, LinearPart, Representation, Trivial, shared_group


@dataclass(frozen=True)
class Sum(Representation):
    """The direct sum: block-diagonal, in the order of the parts. Raises SymdslError SYM0423, SYM0424."""

    parts: tuple[Representation, ...]
    group: Group = field(init=False, repr=False, compare=False)
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", shared_group(self.parts, "sum"))
        object.__setattr__(self, "dimension", sum(part.dimension for part in self.parts))

    def matrix(self, elements: Array) -> Array:
        check_entries(math.prod(elements.shape[:-2]) * self.dimension**2, f"matrices of {self.text[:80]}")
        return block_diagonal([part.matrix(elements) for part in self.parts])

    def algebra_matrix(self, generators: Array) -> Array:
        check_entries(math.prod(generators.shape[:-2]) * self.dimension**2, f"matrices of {self.text[:80]}")
        return block_diagonal([part.algebra_matrix(generators) for part in self.parts])

    def character(self, elements: Array) -> Array:
        return np.sum([part.character(elements) for part in self.parts], axis=0)

    def permutation_of(self, element: Array) -> Indices:
        starts = np.cumsum([0, *(part.dimension for part in self.parts)])
        return np.concatenate([part.permutation_of(element) + s for part, s in zip(self.parts, starts, strict=False)])

    @property
    def text(self) -> str:
        return " + ".join(part.text for part in self.parts)

    @property
    def is_permutation(self) -> bool:
        return all(part.is_permutation for part in self.parts)

    @property
    def is_orthogonal(self) -> bool:
        return all(part.is_orthogonal for part in self.parts)

    @property
    def degree(self) -> int | None:
        degrees = [part.degree for part in self.parts]
        known = [degree for degree in degrees if degree is not None]
        return max(known) if len(known) == len(degrees) else None

    def describe(self) -> dict[str, Any]:
        return {"kind": "sum", "parts": [part.describe() for part in self.parts]}


@dataclass(frozen=True)
class Product(Representation):
    """The tensor product: Kronecker product of the parts' matrices, flattened row-major (last part fastest).

    Raises SymdslError SYM0423, SYM0424.
    """

    parts: tuple[Representation, ...]
    group: Group = field(init=False, repr=False, compare=False)
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", shared_group(self.parts, "product"))
        object.__setattr__(self, "dimension", math.prod(part.dimension for part in self.parts))

    def matrix(self, elements: Array) -> Array:
        check_entries(math.prod(elements.shape[:-2]) * self.dimension**2, f"matrices of {self.text[:80]}")
        result = self.parts[0].matrix(elements)
        for part in self.parts[1:]:
            result = kronecker(result, part.matrix(elements))
        return result

    def algebra_matrix(self, generators: Array) -> Array:
        check_entries(math.prod(generators.shape[:-2]) * self.dimension**2, f"matrices of {self.text[:80]}")
        result = self.parts[0].algebra_matrix(generators)
        for part in self.parts[1:]:
            left, right = np.eye(result.shape[-1]), np.eye(part.dimension)
            result = kronecker(result, right) + kronecker(left, part.algebra_matrix(generators))
        return result

    def character(self, elements: Array) -> Array:
        return np.prod([part.character(elements) for part in self.parts], axis=0)

    def permutation_of(self, element: Array) -> Indices:
        result = np.zeros(1, dtype=np.int64)
        for part in self.parts:
            result = np.add.outer(result * part.dimension, part.permutation_of(element)).ravel()
        return result

    @property
    def text(self) -> str:
        return " * ".join(f"({part.text})" if isinstance(part, Sum) else part.text for part in self.parts)

    @property
    def is_permutation(self) -> bool:
        return all(part.is_permutation for part in self.parts)

    @property
    def is_orthogonal(self) -> bool:
        return all(part.is_orthogonal for part in self.parts)

    @property
    def degree(self) -> int | None:
        degrees = [part.degree for part in self.parts]
        known = [degree for degree in degrees if degree is not None]
        return sum(known) if len(known) == len(degrees) else None

    def describe(self) -> dict[str, Any]:
        return {"kind": "product", "parts": [part.describe() for part in self.parts]}


@dataclass(frozen=True)
class Pulled(Composed):
    """A representation `of` factor number `position` of a product group: rho(g_1, ..., g_n) = of(g_position).

    Raises SymdslError SYM0423 where `of` is no representation of that factor.
    """

    group: Group
    position: int
    of: Representation
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        factors = self.group.factors
        if not 0 <= self.position < len(factors) or factors[self.position] != self.of.group:
            text = f"{self.of.group.name} is not factor {self.position} of {self.group.name}"
            raise SymdslError(Diagnostic("SYM0423", text))
        object.__setattr__(self, "dimension", self.of.dimension)

    def image(self, matrices: Array) -> Array:
        block = self.group.blocks()[self.position]
        return matrices[..., block, block]

    @property
    def text(self) -> str:
        return f"{self.of.text} of {self.of.group.name}"

    def describe(self) -> dict[str, Any]:
        return {"kind": "pulled", "group": self.group.describe(), "position": self.position, "of": self.of.describe()}


def tensor_power(group: Group, contravariant: int, covariant: int = 0) -> Representation:
    """T(p, q) = V^p (V*)^q of the defining V, on arrays (d,) * (p + q) flattened row-major; T(0, 0) is trivial."""
    vector = Defining(group)
    parts = (vector,) * contravariant + (Dual(vector),) * covariant
    if not parts:
        return Trivial(group)
    return parts[0] if len(parts) == 1 else Product(parts)


def vectors_of(group: Group) -> Representation:
    """How vectors of the group's space move: by the linear part of affine motions, else by the defining matrices."""
    if any(part.moves_points for part in group.factors):
        pulled = (Pulled(group, position, vectors_of(factor)) for position, factor in enumerate(group.factors))
        return Sum(tuple(pulled))
    return LinearPart(group) if group.moves_points else Defining(group)
