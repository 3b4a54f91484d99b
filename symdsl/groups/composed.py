"""Representations that see a group through a homomorphism to another: rho(g) = of(phi(g))."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group
from symdsl.groups.representation import Derived, Indices, Representation


class Composed(Derived):
    """A representation `of` the image of phi, which a subclass gives of elements and of the Lie algebra alike."""

    @abstractmethod
    def image(self, matrices: Array) -> Array:
        """phi of elements (..., d, d), or its derivative of elements of the Lie algebra."""

    def matrix(self, elements: Array) -> Array:
        return self.of.matrix(self.image(elements))

    def algebra_matrix(self, generators: Array) -> Array:
        return self.of.algebra_matrix(self.image(generators))

    def character(self, elements: Array) -> Array:
        return self.of.character(self.image(elements))

    def permutation_of(self, element: Array) -> Indices:
        return self.of.permutation_of(self.image(element))


@dataclass(frozen=True)
class OfLinearPart(Composed):
    """A representation `of` the linear part of affine motions: rho([[A, b], [0, 1]]) = of(A).

    Raises SymdslError SYM0424 where `of` is no representation of the linear part.
    """

    group: Group
    of: Representation
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.group.linear != self.of.group:
            text = f"{self.of.group.name} is not the linear part of {self.group.name}"
            raise SymdslError(Diagnostic("SYM0424", text))
        object.__setattr__(self, "dimension", self.of.dimension)

    def image(self, matrices: Array) -> Array:
        return matrices[..., :-1, :-1]

    @property
    def text(self) -> str:
        return self.of.text

    def describe(self) -> dict[str, Any]:
        return {"kind": "of_linear_part", "group": self.group.describe(), "of": self.of.describe()}
