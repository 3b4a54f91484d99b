"""Linear representations of a group, as symbolic expressions: what acts on vectors, and by which matrices."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.group import Group

Indices = np.ndarray


class Representation(ABC):
    """A homomorphism rho from a group to the invertible matrices of one dimension.

    `degree` bounds the powers of the defining matrix (and its inverse) in rho; None where rho is not polynomial.
    """

    group: Group
    dimension: int

    @abstractmethod
    def matrix(self, elements: Array) -> Array:
        """rho(g) for elements (..., d, d) -> (..., n, n). Raises SymdslError SYM0704 over the limit."""

    @abstractmethod
    def algebra_matrix(self, generators: Array) -> Array:
        """drho(A) for Lie-algebra elements (..., d, d) -> (..., n, n)."""

    def character(self, elements: Array) -> Array:
        """tr rho(g) for elements (..., d, d) -> (...), without the matrices of sums and products."""
        return np.trace(self.matrix(elements), axis1=-2, axis2=-1)

    def permutation_of(self, element: Array) -> Indices:
        """p (n,) with rho(g) e_j = e_p[j], for one element (d, d) of a permutation representation.

        Raises SymdslError SYM0424 for any other.
        """
        raise _refuse(f"{self.text} does not permute its basis")

    @property
    @abstractmethod
    def text(self) -> str:
        """Short text for people, such as "defining * dual(defining) + trivial(3)"."""

    @property
    def is_permutation(self) -> bool:
        """Whether every rho(g) is a permutation matrix."""
        return False

    @property
    @abstractmethod
    def is_orthogonal(self) -> bool:
        """Whether every rho(g) is known to be an orthogonal matrix."""

    @property
    @abstractmethod
    def degree(self) -> int | None:
        """See the class."""

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """JSON data; `descriptions.representation_from_description` reads it back."""

    def __str__(self) -> str:
        return self.text


def _refuse(text: str, code: str = "SYM0424") -> SymdslError:
    return SymdslError(Diagnostic(code, text))


def shared_group(parts: tuple[Representation, ...], what: str) -> Group:
    """The one group of all parts. Raises SymdslError SYM0423 where they differ, SYM0424 without parts."""
    if not parts:
        raise _refuse(f"a {what} of representations needs at least one part")
    for part in parts[1:]:
        if part.group != parts[0].group:
            names = f"{parts[0].group.name} and {part.group.name}"
            raise _refuse(f"a {what} joins representations of different groups: {names}", "SYM0423")
    return parts[0].group


@dataclass(frozen=True)
class Trivial(Representation):
    """n numbers that do not move: rho(g) = 1."""

    group: Group
    dimension: int = 1

    def __post_init__(self) -> None:
        if self.dimension < 1:
            raise _refuse(f"a trivial representation needs a dimension of at least 1, not {self.dimension}")

    def matrix(self, elements: Array) -> Array:
        check_entries(math.prod(elements.shape[:-2]) * self.dimension**2, f"matrices of {self.text}")
        return np.broadcast_to(np.eye(self.dimension), (*elements.shape[:-2], self.dimension, self.dimension)).copy()

    def algebra_matrix(self, generators: Array) -> Array:
        check_entries(math.prod(generators.shape[:-2]) * self.dimension**2, f"matrices of {self.text}")
        return np.zeros((*generators.shape[:-2], self.dimension, self.dimension))

    def character(self, elements: Array) -> Array:
        return np.full(elements.shape[:-2], float(self.dimension))

    def permutation_of(self, element: Array) -> Indices:
        return np.arange(self.dimension)

    @property
    def text(self) -> str:
        return "trivial" if self.dimension == 1 else f"trivial({self.dimension})"

    @property
    def is_permutation(self) -> bool:
        return True

    @property
    def is_orthogonal(self) -> bool:
        return True

    @property
    def degree(self) -> int | None:
        return 0

    def describe(self) -> dict[str, Any]:
        return {"kind": "trivial", "group": self.group.describe(), "dimension": self.dimension}


@dataclass(frozen=True)
class Defining(Representation):
    """The defining matrices themselves: rho(g) = g."""

    group: Group
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimension", self.group.dimension)

    def matrix(self, elements: Array) -> Array:
        return elements

    def algebra_matrix(self, generators: Array) -> Array:
        return generators

    def character(self, elements: Array) -> Array:
        return np.trace(elements, axis1=-2, axis2=-1)

    def permutation_of(self, element: Array) -> Indices:
        return np.argmax(element, axis=0)

    @property
    def text(self) -> str:
        return "defining"

    @property
    def is_permutation(self) -> bool:
        return self.group.permutes

    @property
    def is_orthogonal(self) -> bool:
        return self.group.orthogonal

    @property
    def degree(self) -> int | None:
        return 1

    def describe(self) -> dict[str, Any]:
        return {"kind": "defining", "group": self.group.describe()}


@dataclass(frozen=True)
class Permutation(Defining):
    """A permutation group on its points: rho(g) e_j = e_g(j). Raises SymdslError SYM0424 for any other group."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.group.permutes:
            raise _refuse(f"{self.group.name} is not a permutation group: it has no points to permute")

    @property
    def text(self) -> str:
        return "permutation"

    def describe(self) -> dict[str, Any]:
        return {"kind": "permutation", "group": self.group.describe()}


@dataclass(frozen=True)
class LinearPart(Representation):
    """The linear part of an affine motion: rho([[A, b], [0, 1]]) = A. Raises SymdslError SYM0424 for other groups."""

    group: Group
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.group.affine or self.group.dimension < 2:
            raise _refuse(f"{self.group.name} is not a group of affine motions")
        object.__setattr__(self, "dimension", self.group.dimension - 1)

    def matrix(self, elements: Array) -> Array:
        return elements[..., :-1, :-1]

    def algebra_matrix(self, generators: Array) -> Array:
        return generators[..., :-1, :-1]

    def character(self, elements: Array) -> Array:
        return np.trace(elements, axis1=-2, axis2=-1) - 1.0

    def permutation_of(self, element: Array) -> Indices:
        return np.argmax(element[:-1, :-1], axis=0)

    @property
    def text(self) -> str:
        return "linear part"

    @property
    def is_permutation(self) -> bool:
        return not np.any(self.algebra_matrix(self.group.lie_algebra)) and _all_permutations(self.group, self)

    @property
    def is_orthogonal(self) -> bool:
        algebra = self.algebra_matrix(self.group.lie_algebra)
        discrete = self.matrix(self.group.discrete)
        skew = np.all(algebra == -algebra.transpose(0, 2, 1))
        return bool(skew) and bool(np.all(discrete.transpose(0, 2, 1) @ discrete == np.eye(self.dimension)))

    @property
    def degree(self) -> int | None:
        return 1

    def describe(self) -> dict[str, Any]:
        return {"kind": "linear_part", "group": self.group.describe()}


def _all_permutations(group: Group, representation: Representation) -> bool:
    matrices = representation.matrix(group.discrete)
    binary = np.all((matrices == 0.0) | (matrices == 1.0))
    return bool(binary and np.all(matrices.sum(axis=-1) == 1.0) and np.all(matrices.sum(axis=-2) == 1.0))


class FiniteGroupRepresentation(Representation):
    """A representation of a finite group by its listed elements."""

    def algebra_matrix(self, generators: Array) -> Array:
        return np.zeros((*generators.shape[:-2], self.dimension, self.dimension))

    @property
    def degree(self) -> int | None:
        return None


class FiniteGroupPermutation(FiniteGroupRepresentation):
    """One whose matrices are those of `permutation_of`."""

    def matrix(self, elements: Array) -> Array:
        lead = elements.shape[:-2]
        check_entries(math.prod(lead) * self.dimension**2, f"matrices of {self.text}")
        flat = elements.reshape(-1, *elements.shape[-2:])
        result = np.zeros((len(flat), self.dimension, self.dimension))
        for position, element in enumerate(flat):
            result[position, self.permutation_of(element), np.arange(self.dimension)] = 1.0
        return result.reshape(*lead, self.dimension, self.dimension)

    @property
    def is_permutation(self) -> bool:
        return True

    @property
    def is_orthogonal(self) -> bool:
        return True


@dataclass(frozen=True)
class Regular(FiniteGroupPermutation):
    """Functions on a finite group: rho(g) e_h = e_gh, in the order of `Group.elements()`.

    Raises SymdslError SYM0421 for an infinite group, SYM0701 over the limit on the order.
    """

    group: Group
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimension", len(self.group.elements()))

    def character(self, elements: Array) -> Array:
        identity = np.eye(self.group.dimension)
        is_identity = np.max(np.abs(elements - identity), axis=(-2, -1)) < 1e-8
        return np.where(is_identity, float(self.dimension), 0.0)

    def permutation_of(self, element: Array) -> Indices:
        return self.group.index_of(element @ self.group.elements())

    @property
    def text(self) -> str:
        return "regular"

    def describe(self) -> dict[str, Any]:
        return {"kind": "regular", "group": self.group.describe()}


def _inverse(matrices: Array) -> Array:
    return np.asarray(np.linalg.inv(matrices), dtype=np.float64)


class Derived(Representation):
    """A representation that permutes, is orthogonal and has the degree where the one that it is made `of` does."""

    of: Representation

    @property
    def is_permutation(self) -> bool:
        return self.of.is_permutation

    @property
    def is_orthogonal(self) -> bool:
        return self.of.is_orthogonal

    @property
    def degree(self) -> int | None:
        return self.of.degree


@dataclass(frozen=True)
class Dual(Derived):
    """The dual (contragredient): rho*(g) = rho(g)^-T, drho*(A) = -drho(A)^T."""

    of: Representation
    group: Group = field(init=False, repr=False, compare=False)
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", self.of.group)
        object.__setattr__(self, "dimension", self.of.dimension)

    def matrix(self, elements: Array) -> Array:
        matrices = self.of.matrix(elements)
        return matrices if self.of.is_orthogonal else _inverse(matrices).swapaxes(-1, -2)

    def algebra_matrix(self, generators: Array) -> Array:
        return -self.of.algebra_matrix(generators).swapaxes(-1, -2)

    def character(self, elements: Array) -> Array:
        return self.of.character(elements if self.of.is_orthogonal else _inverse(elements))

    def permutation_of(self, element: Array) -> Indices:
        return self.of.permutation_of(element)

    @property
    def text(self) -> str:
        return f"dual({self.of.text})"

    def describe(self) -> dict[str, Any]:
        return {"kind": "dual", "of": self.of.describe()}
