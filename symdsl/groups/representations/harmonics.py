"""Harmonic polynomials: the irreducible representations of O(n) and SO(n), spherical harmonics, Clebsch-Gordan.

A polynomial of degree l on R^n is a vector of Sym^l R^n; those that the Laplacian of the metric brings to 0 are moved
among themselves. For n = 3 their basis is that of e3nn (Geiger and Smidt 2022, 2207.09453): real solid harmonics about
the y axis, m = -l ... l, so that degree 1 is (x, y, z). For n = 2 it is (Re, Im) of (x + iy)^l.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.echelon import canonical_basis
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, frozen
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Representation
from symdsl.groups.representations.powers import (
    complete_symmetric,
    symmetric_monomials,
    symmetric_power_derivative,
    symmetric_power_matrix,
)

LARGEST_DEGREE = 32
Polynomial = Counter[tuple[int, ...]]
"""Coefficients by exponents."""


def harmonic_basis(metric: tuple[int, ...], degree: int) -> Array:
    """Orthonormal harmonic polynomials of a degree in the basis of Sym^l R^n: read-only (k, (n + l - 1 choose l)).

    `metric` are the n signs of a diagonal metric, whose Laplacian is meant. Raises SymdslError SYM0704.
    """
    return _harmonic_basis(metric, degree)


@functools.lru_cache(maxsize=256)
def _harmonic_basis(metric: tuple[int, ...], degree: int) -> Array:
    n = len(metric)
    if degree == 0:
        return frozen(np.ones((1, 1)))
    if n == 2 and metric[0] == metric[1]:
        return frozen(_rows([_complex_power(degree, (0, 1), 2, part) for part in (0, 1)], n, degree))
    if n == 3 and len(set(metric)) == 1:
        return frozen(_rows([_solid_harmonic(degree, m) for m in range(-degree, degree + 1)], n, degree))
    if degree == 1:
        return frozen(np.eye(n))
    return frozen(_null_laplacian(metric, degree))


def _rows(polynomials: list[Polynomial], n: int, degree: int) -> Array:
    """Polynomials as unit vectors of Sym^l: x^a is sqrt(a! / l!) e_a."""
    rows = np.zeros((len(polynomials), math.comb(n + degree - 1, degree)))
    places = {_exponents(monomial, n): i for i, monomial in enumerate(symmetric_monomials(n, degree))}
    for row, polynomial in zip(rows, polynomials, strict=True):
        for exponents, coefficient in polynomial.items():
            weight = math.prod(math.factorial(each) for each in exponents) / math.factorial(degree)
            row[places[exponents]] = float(coefficient) * math.sqrt(weight)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _exponents(monomial: tuple[int, ...], n: int) -> tuple[int, ...]:
    return tuple(monomial.count(index) for index in range(n))


def _complex_power(power: int, axes: tuple[int, int], n: int, part: int) -> Polynomial:
    """The real (part 0) or imaginary (part 1) part of (x_axes[0] + i x_axes[1])^power; whole coefficients."""
    found: Polynomial = Counter()
    for k in range(part, power + 1, 2):
        exponents = [0] * n
        exponents[axes[0]], exponents[axes[1]] = power - k, k
        found[tuple(exponents)] = math.comb(power, k) * (-1) ** (k // 2)
    return found


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    found: Polynomial = Counter()
    for a, x in left.items():
        for b, y in right.items():
            found[tuple(i + j for i, j in zip(a, b, strict=True))] += x * y
    return found


def _solid_harmonic(degree: int, m: int) -> Polynomial:
    """The real solid harmonic (l, m) about the y axis, times 2^l; coefficients are whole numbers.

    Pi(y, r) times Re (z + ix)^m for m >= 0, and Im (z + ix)^|m| for m < 0 (Varshalovich et al. 1988, 5.1 and 5.2).
    """
    around = _complex_power(abs(m), (2, 0), 3, int(m < 0))
    square: Polynomial = Counter({(2, 0, 0): 1, (0, 2, 0): 1, (0, 0, 2): 1})
    total: Polynomial = Counter()
    radius: Polynomial = Counter({(0, 0, 0): 1})
    for k in range((degree - abs(m)) // 2 + 1):
        along = degree - 2 * k - abs(m)
        falling = math.factorial(degree - 2 * k) // math.factorial(along)
        weight = (-1) ** k * math.comb(degree, k) * math.comb(2 * degree - 2 * k, degree) * falling
        total.update(_product(radius, Counter({(0, along, 0): weight})))
        radius = _product(radius, square)
    return _product(total, around)


def _null_laplacian(metric: tuple[int, ...], degree: int) -> Array:
    n = len(metric)
    monomials, lower = symmetric_monomials(n, degree), symmetric_monomials(n, degree - 2)
    check_entries(len(monomials) * len(monomials), f"harmonic polynomials of degree {degree} on {n} numbers")
    place = {monomial: position for position, monomial in enumerate(lower)}
    laplacian = np.zeros((len(lower), len(monomials)))
    for column, monomial in enumerate(monomials):
        weight = math.sqrt(math.factorial(degree) / math.prod(map(math.factorial, _exponents(monomial, n))))
        for index in range(n):
            count = monomial.count(index)
            if count > 1:
                rest = list(monomial)
                rest.remove(index)
                rest.remove(index)
                laplacian[place[tuple(rest)], column] += metric[index] * count * (count - 1) * weight
    _, _, rows = np.linalg.svd(laplacian, full_matrices=True)
    return canonical_basis(rows[len(lower) :])


@dataclass(frozen=True)
class Harmonic(Representation):
    """Harmonic polynomials of a degree, for a group that keeps a metric; times det g where `pseudo`.

    Irreducible under SO(n) and O(n) for n > 2, O(2), and over the reals SO(2), where `degree` is the frequency; under a
    subgroup it is their restriction. For C(n) and D(n) with `half`, degree n/2: the first of its two components alone.
    Raises SymdslError SYM0424.
    """

    group: Group
    degree_of: int
    pseudo: bool = False
    half: bool = False
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if metric_of(self.group) is None:
            raise SymdslError(Diagnostic("SYM0424", f"{self.group.name} keeps no diagonal metric that is known"))
        if not 0 <= self.degree_of <= LARGEST_DEGREE:
            hint = f"write a degree from 0 to {LARGEST_DEGREE}"
            raise SymdslError(Diagnostic("SYM0424", f"no harmonics of degree {self.degree_of}", hint=hint))
        if self.group.dimension == 1 and self.degree_of > 1:
            text = f"one variable has no harmonics of degree {self.degree_of}"
            raise SymdslError(Diagnostic("SYM0424", text, hint="write 0 or 1"))
        object.__setattr__(self, "dimension", 1 if self.half else len(self._rows))

    @property
    def _rows(self) -> Array:
        metric = metric_of(self.group)
        assert metric is not None
        rows = harmonic_basis(metric, self.degree_of)
        return rows[:1] if self.half else rows

    def matrix(self, elements: Array) -> Array:
        if self.degree_of == 0:
            result = np.ones((*elements.shape[:-2], 1, 1))
        else:
            result = self._rows @ symmetric_power_matrix(elements, self.degree_of) @ self._rows.T
        return result * _signs(elements)[..., None, None] if self.pseudo else result

    def algebra_matrix(self, generators: Array) -> Array:
        if self.degree_of == 0:
            return np.zeros((*generators.shape[:-2], 1, 1))
        return self._rows @ symmetric_power_derivative(generators, self.degree_of) @ self._rows.T

    def character(self, elements: Array) -> Array:
        if self.half:
            return super().character(elements)
        # Sym^l less the metric times Sym^(l-2): a polynomial, which holds for the complex forms of the group as well
        complete = complete_symmetric(Defining(self.group), elements, self.degree_of)
        values = complete[-1] - (complete[-3] if self.degree_of > 1 else 0.0)
        return values * _signs(elements) if self.pseudo else values

    @property
    def text(self) -> str:
        return f"irrep({self.degree_of}, pseudo)" if self.pseudo else f"irrep({self.degree_of})"

    @property
    def is_orthogonal(self) -> bool:
        return self.group.orthogonal

    @property
    def degree(self) -> int | None:
        return self.degree_of + (self.group.dimension if self.pseudo else 0)

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "harmonic",
            "group": self.group.describe(),
            "degree": self.degree_of,
            "pseudo": self.pseudo,
            "half": self.half,
        }


def _signs(elements: Array) -> Array:
    return np.sign(np.linalg.det(elements))


def metric_of(group: Group) -> tuple[int, ...] | None:
    """The signs of the diagonal metric that a group keeps; None where none is known."""
    if group.signature is not None:
        plus, minus = group.signature
        return (1,) * plus + (-1,) * minus
    return (1,) * group.dimension if group.orthogonal and not group.factors else None


def spherical_harmonics(degree: int, vectors: Array, normalisation: str = "component") -> Array:
    """Harmonics of vectors (..., n) -> (..., k), homogeneous of `degree`; for n = 3 those of e3nn, unnormalised inputs.

    On the unit sphere the square of their length is k ("component"), 1 ("norm"), or k / (4 pi) ("integral", n = 3).
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    n = vectors.shape[-1]
    rows = harmonic_basis((1,) * n, degree)
    values = _powers(vectors, degree) @ rows.T
    unit = _powers(np.eye(n)[:1], degree) @ rows.T
    wanted = {"component": len(rows), "norm": 1.0, "integral": len(rows) / (4.0 * math.pi)}[normalisation]
    return values * math.sqrt(wanted) / float(np.linalg.norm(unit))


def _powers(vectors: Array, degree: int) -> Array:
    """x^l as a vector of Sym^l: the entry of e_a is sqrt(l! / a!) x^a."""
    n = vectors.shape[-1]
    columns = []
    for monomial in symmetric_monomials(n, degree):
        weight = math.factorial(degree) / math.prod(map(math.factorial, _exponents(monomial, n)))
        columns.append(math.sqrt(weight) * np.prod(vectors[..., list(monomial)], axis=-1))
    return np.stack(columns, axis=-1)
