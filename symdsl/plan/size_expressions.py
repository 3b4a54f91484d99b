"""Polynomials in named dimensions with small integer coefficients: `4 * out_fields`, `kernel * kernel`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import prod

LARGEST_COEFFICIENT = 64
LARGEST_OFFSET = 4


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of terms coefficient * name * name * ...; a term without names is a number."""

    terms: tuple[tuple[int, tuple[str, ...]], ...]

    @classmethod
    def of(cls, *names: str, coefficient: int = 1, offset: int = 0) -> Expression:
        """coefficient * names[0] * names[1] * ... + offset."""
        tail: tuple[tuple[int, tuple[str, ...]], ...] = ((offset, ()),) if offset else ()
        return cls(((coefficient, names), *tail))

    @property
    def names(self) -> frozenset[str]:
        """The dimensions that occur."""
        return frozenset(name for _, names in self.terms for name in names)

    def render(self, prefix: str = "") -> str:
        """Python source, each name with `prefix` before it, such as "self."."""
        text = ""
        for coefficient, names in self.terms:
            size = abs(coefficient)
            factors = [prefix + name for name in names]
            if size != 1 or not factors:
                factors.insert(0, str(size))
            sign = ("-" if coefficient < 0 else "") if not text else (" - " if coefficient < 0 else " + ")
            text += sign + " * ".join(factors)
        return text

    def evaluate(self, values: Mapping[str, int | float]) -> int | float:
        """The number it stands for. Raises KeyError for a name without a value."""
        return sum(coefficient * prod(values[name] for name in names) for coefficient, names in self.terms)


Size = int | float | Expression


def find_expression(column: Sequence[int | float], dimensions: Mapping[str, Sequence[int]]) -> Expression | None:
    """The simplest expression that equals `column` at every instance, None where there is none.

    Tried in this order: one dimension, a multiple of one, products of two and of three, a dimension plus or minus
    a small number, a dimension plus a multiple of another product.
    """
    if any(isinstance(value, float) for value in column):
        return None
    numbers = [int(value) for value in column]
    monomials = _monomials(dimensions)
    for names, values in monomials:
        ratio = _ratio(numbers, values)
        if ratio is not None:
            return Expression.of(*names, coefficient=ratio)
    for names, values in monomials:
        offsets = {a - b for a, b in zip(numbers, values, strict=True)}
        if len(offsets) == 1 and abs(offset := offsets.pop()) <= LARGEST_OFFSET:
            return Expression.of(*names, offset=offset)
    for names, values in monomials:
        rest = [a - b for a, b in zip(numbers, values, strict=True)]
        for others, other_values in monomials:
            ratio = _ratio(rest, other_values)
            if ratio is not None:
                return Expression(((1, names), (ratio, others)))
    return None


def _monomials(dimensions: Mapping[str, Sequence[int]]) -> list[tuple[tuple[str, ...], list[int]]]:
    """Products of up to three dimensions, fewest factors first."""
    found: list[tuple[tuple[str, ...], list[int]]] = []
    for degree in (1, 2, 3):
        for names in combinations_with_replacement(dimensions, degree):
            found.append((names, [prod(values) for values in zip(*(dimensions[n] for n in names), strict=True)]))
    return found


def _ratio(numbers: Sequence[int], values: Sequence[int]) -> int | None:
    """The whole number r in 1..64 with numbers = r * values."""
    if any(value == 0 for value in values):
        return None
    ratio, remainder = divmod(numbers[0], values[0])
    fits = remainder == 0 and all(a == ratio * b for a, b in zip(numbers, values, strict=True))
    return ratio if fits and 1 <= ratio <= LARGEST_COEFFICIENT else None
