"""Symmetric and alternating powers of a representation, in orthonormal bases of monomials.

Sym^k V has the basis e_a = sqrt(k! / a!) sym(e_1^a_1 ... e_n^a_n) for exponents a of sum k, Alt^k V the basis
sqrt(k!) alt(e_i1 ... e_ik) for i1 < ... < ik. Both are cut out of the power before: P_k = E_k (P_(k-1) x V) E_k^T.
"""

from __future__ import annotations

import functools
import itertools
import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_VECTOR, check_entries
from symdsl.groups.arrays.matrices import Array, frozen, kronecker
from symdsl.groups.group import Group
from symdsl.groups.representation import Indices, Representation

Monomials = tuple[tuple[int, ...], ...]
Embedding = Callable[[int, int], Array]
LARGEST_POWER = 64


@functools.lru_cache(maxsize=256)
def symmetric_monomials(size: int, power: int) -> Monomials:
    """The indices i1 <= ... <= ik of the basis of Sym^k R^n, in lexicographic order."""
    return tuple(itertools.combinations_with_replacement(range(size), power))


@functools.lru_cache(maxsize=256)
def alternating_monomials(size: int, power: int) -> Monomials:
    """The indices i1 < ... < ik of the basis of Alt^k R^n, in lexicographic order."""
    return tuple(itertools.combinations(range(size), power))


@functools.lru_cache(maxsize=256)
def _symmetric_embedding(size: int, power: int) -> Array:
    """Sym^k in Sym^(k-1) x V, orthonormal rows: e_a = sum_i sqrt(a_i / k) e_(a - i) x e_i."""
    monomials, lower = symmetric_monomials(size, power), symmetric_monomials(size, power - 1)
    place = {monomial: position for position, monomial in enumerate(lower)}
    check_entries(len(monomials) * len(lower) * size, f"the symmetric power {power} of {size} numbers")
    rows = np.zeros((len(monomials), len(lower), size))
    for row, monomial in enumerate(monomials):
        for index in set(monomial):
            rest = list(monomial)
            rest.remove(index)
            rows[row, place[tuple(rest)], index] = math.sqrt(monomial.count(index) / power)
    return frozen(rows.reshape(len(monomials), -1))


@functools.lru_cache(maxsize=256)
def _alternating_embedding(size: int, power: int) -> Array:
    """Alt^k in Alt^(k-1) x V, orthonormal rows: e_S = sum_i +-(1 / sqrt k) e_(S - i) x e_i, + for the last of S."""
    monomials, lower = alternating_monomials(size, power), alternating_monomials(size, power - 1)
    place = {monomial: position for position, monomial in enumerate(lower)}
    check_entries(len(monomials) * len(lower) * size, f"the alternating power {power} of {size} numbers")
    rows = np.zeros((len(monomials), len(lower), size))
    for row, monomial in enumerate(monomials):
        for position, index in enumerate(monomial):
            sign = (-1.0) ** (power - 1 - position)
            rest = monomial[:position] + monomial[position + 1 :]
            rows[row, place[rest], index] = sign / math.sqrt(power)
    return frozen(rows.reshape(len(monomials), -1))


def symmetric_power_matrix(matrices: NDArray[Any], power: int) -> NDArray[Any]:
    """Sym^k of real or complex matrices (..., n, n) -> (..., N, N), N = (n + k - 1 choose k)."""
    return _power_matrix(matrices, power, _symmetric_embedding)


def _power_matrix(matrices: NDArray[Any], power: int, embedding: Embedding) -> NDArray[Any]:
    result = np.asarray(matrices)
    for degree in range(2, power + 1):
        rows = embedding(matrices.shape[-1], degree)
        count = math.prod(matrices.shape[:-2])
        check_entries((count + 1) * rows.shape[1] ** 2, f"matrices of a power {power}")
        result = rows @ kronecker(result, matrices) @ rows.T
    return result


def symmetric_power_derivative(generators: NDArray[Any], power: int) -> NDArray[Any]:
    """The derivative of `symmetric_power_matrix` at 1 in the directions (..., n, n)."""
    return _power_derivative(generators, power, _symmetric_embedding)


def _power_derivative(generators: NDArray[Any], power: int, embedding: Embedding) -> NDArray[Any]:
    size = generators.shape[-1]
    result = np.asarray(generators)
    for degree in range(2, power + 1):
        rows = embedding(size, degree)
        check_entries((math.prod(generators.shape[:-2]) + 1) * rows.shape[1] ** 2, f"matrices of a power {power}")
        sums = kronecker(result, np.eye(size)) + kronecker(np.eye(result.shape[-1]), generators)
        result = rows @ sums @ rows.T
    return result


def complete_symmetric(of: Representation, elements: Array, power: int) -> list[Array]:
    """The characters of Sym^0 ... Sym^k of a representation on elements (..., d, d), by Newton's identities."""
    sums = _power_sums(of, elements, power)
    complete = [np.ones(elements.shape[:-2])]
    for k in range(1, power + 1):
        complete.append(sum((sums[i - 1] * complete[k - i] for i in range(1, k + 1)), np.zeros(())) / k)
    return complete


def _power_sums(of: Representation, elements: Array, power: int) -> list[Array]:
    """tr rho(g^i) for i = 1 ... k."""
    sums, moved = [], np.asarray(elements)
    for _ in range(power):
        sums.append(of.character(moved))
        moved = moved @ elements
    return sums


@dataclass(frozen=True)
class _Power(Representation):
    """A power of `of`, of degree `power` >= 1. Raises SymdslError SYM0424, SYM0702."""

    of: Representation
    power: int
    group: Group = field(init=False, repr=False, compare=False)
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        dimension = self._size()
        if not 1 <= self.power <= LARGEST_POWER or dimension < 1:
            raise SymdslError(
                Diagnostic("SYM0424", f"{self.text} does not exist", hint=f"write a power from 1 to {self._highest()}")
            )
        if dimension > MAXIMUM_VECTOR:
            message = f"{self.text} has dimension {dimension:,}; the limit is {MAXIMUM_VECTOR:,}"
            raise SymdslError(Diagnostic("SYM0702", message))
        object.__setattr__(self, "group", self.of.group)
        object.__setattr__(self, "dimension", dimension)

    @abstractmethod
    def _size(self) -> int: ...

    @abstractmethod
    def _highest(self) -> int: ...

    @property
    def is_orthogonal(self) -> bool:
        return self.of.is_orthogonal

    @property
    def degree(self) -> int | None:
        return None if self.of.degree is None else self.power * self.of.degree


@dataclass(frozen=True)
class SymmetricPower(_Power):
    """Sym^k of a representation: the products of k numbers that it moves, such as the quadratic terms for k = 2."""

    def _size(self) -> int:
        return math.comb(self.of.dimension + self.power - 1, self.power) if self.power > 0 else 0

    def _highest(self) -> int:
        return LARGEST_POWER

    def matrix(self, elements: Array) -> Array:
        matrices: Array = symmetric_power_matrix(self.of.matrix(elements), self.power)
        # monomials are permuted as their factors are
        return np.round(matrices) if self.is_permutation else matrices

    def algebra_matrix(self, generators: Array) -> Array:
        return symmetric_power_derivative(self.of.algebra_matrix(generators), self.power)

    def character(self, elements: Array) -> Array:
        return complete_symmetric(self.of, elements, self.power)[-1]

    def permutation_of(self, element: Array) -> Indices:
        images = self.of.permutation_of(element)
        monomials = symmetric_monomials(self.of.dimension, self.power)
        place = {monomial: position for position, monomial in enumerate(monomials)}
        return np.array([place[tuple(sorted(int(images[i]) for i in monomial))] for monomial in monomials])

    @property
    def text(self) -> str:
        return f"sym({self.of.text}, {self.power})"

    @property
    def is_permutation(self) -> bool:
        return self.of.is_permutation

    def describe(self) -> dict[str, Any]:
        return {"kind": "symmetric_power", "of": self.of.describe(), "power": self.power}


@dataclass(frozen=True)
class AlternatingPower(_Power):
    """Alt^k of a representation: k-forms, such as the planes of k = 2, and the determinant of k = n."""

    def _size(self) -> int:
        return math.comb(self.of.dimension, self.power) if self.power > 0 else 0

    def _highest(self) -> int:
        return self.of.dimension

    def matrix(self, elements: Array) -> Array:
        return _power_matrix(self.of.matrix(elements), self.power, _alternating_embedding)

    def algebra_matrix(self, generators: Array) -> Array:
        return _power_derivative(self.of.algebra_matrix(generators), self.power, _alternating_embedding)

    def character(self, elements: Array) -> Array:
        sums = _power_sums(self.of, elements, self.power)
        elementary = [np.ones(elements.shape[:-2])]
        for k in range(1, self.power + 1):
            terms = (sums[i - 1] * elementary[k - i] * (-1.0) ** (i - 1) for i in range(1, k + 1))
            elementary.append(sum(terms, np.zeros(())) / k)
        return elementary[-1]

    @property
    def text(self) -> str:
        return f"alt({self.of.text}, {self.power})"

    def describe(self) -> dict[str, Any]:
        return {"kind": "alternating_power", "of": self.of.describe(), "power": self.power}
