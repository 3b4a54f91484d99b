"""What does not depend on the basis of a Lie algebra: sizes of its parts, its Killing form, its simple ideals."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import check_entries
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.arrays.spans import are_zero, right_singular

_OPEN: Final = 1e-9
"""A bracket is in the span of the generators if no more than this part of its factors' norms lies outside."""
_MOST: Final = 128
_SEED: Final = 1894
_ISOLATED: Final = 1e-4
_INSIDE, _OUTSIDE = 1e-7, 1e-3


@dataclass(frozen=True)
class LieAlgebra:
    """Invariants of a real Lie algebra (Jacobson 1962): the dimensions of [g, g], the centre and the radical.

    `killing` are the numbers of positive, negative and zero squares of the Killing form tr(ad x ad y); `ideals` the
    dimensions of the simple ideals of a semisimple algebra.
    """

    dimension: int
    derived: int
    centre: int
    radical: int
    killing: tuple[int, int, int]
    nilpotent: bool
    ideals: tuple[int, ...]

    @property
    def abelian(self) -> bool:
        """Whether all brackets vanish."""
        return self.derived == 0

    @property
    def solvable(self) -> bool:
        """Whether it is its own radical."""
        return self.radical == self.dimension

    @property
    def reductive(self) -> bool:
        """Whether the radical is the centre."""
        return self.radical == self.centre

    @property
    def semisimple(self) -> bool:
        """Whether the radical is zero, and the algebra is not."""
        return self.radical == 0 < self.dimension

    @property
    def simple(self) -> bool:
        """Whether it is not abelian and has no ideals."""
        return self.ideals == (self.dimension,)

    @property
    def of_compact_type(self) -> bool:
        """Whether it is the algebra of some compact group: reductive, no positive square in the Killing form."""
        return self.reductive and self.killing[0] == 0

    @property
    def words(self) -> tuple[str, ...]:
        """The classes that it is in, without those that follow: nilpotent is not said of an abelian algebra."""
        if self.abelian:
            return ("abelian",)
        if self.simple:
            return ("simple",)
        named = {"nilpotent": self.nilpotent, "semisimple": self.semisimple}
        wider = {"solvable": self.solvable, "reductive": self.reductive}
        return tuple(word for word, holds in named.items() if holds) or tuple(
            word for word, holds in wider.items() if holds
        )

    def describe(self) -> dict[str, Any]:
        """The invariants as JSON data."""
        return {
            "dimension": self.dimension,
            "derived": self.derived,
            "centre": self.centre,
            "radical": self.radical,
            "killing": list(self.killing),
            "simple_ideals": list(self.ideals),
            "words": list(self.words),
        }


@functools.lru_cache(maxsize=128)
def lie_algebra_of(generators: Matrices) -> LieAlgebra:
    """The invariants of the algebra that matrices (D, d, d) span.

    Raises SymdslError SYM0408 where they do not close under brackets, SYM0422 for an unclear rank, SYM0702 for more
    than 128 generators, SYM0704.
    """
    if not generators.count:
        return LieAlgebra(0, 0, 0, 0, (0, 0, 0), True, ())
    constants = structure_constants(generators.array())
    size = len(constants)
    derived = row_space(constants.reshape(size * size, size), 1.0)
    if not len(derived):
        constants = np.zeros_like(constants)  # else rounding would be all there is to measure rounding by
    strength = float(np.max(np.sum(constants**2, axis=(1, 2))))
    killing = np.einsum("ikl,jlk->ij", constants, constants, optimize=True)
    squares = _signs(np.asarray(np.linalg.eigvalsh(killing), np.float64), strength)
    radical = size - len(row_space(derived @ killing, strength))
    ideals = simple_ideals(constants) if not radical else ()
    return LieAlgebra(
        dimension=size,
        derived=len(derived),
        centre=size - len(row_space(constants.transpose(1, 2, 0).reshape(size * size, size), 1.0)),
        radical=radical,
        killing=squares,
        nilpotent=_is_nilpotent(constants, derived),
        ideals=tuple(sorted(map(len, ideals))),
    )


def structure_constants(generators: Array) -> Array:
    """c (k, k, k) with [e_i, e_j] = sum c[i, j, l] e_l for an orthonormal basis e of the span of matrices (D, d, d).

    By least squares. Raises SymdslError SYM0408 for brackets outside the span, SYM0422, SYM0702, SYM0704.
    """
    count, dimension = len(generators), generators.shape[-1]
    if count > _MOST:
        text = f"a Lie algebra of {count:,} generators is over the limit of {_MOST} for its invariants"
        raise SymdslError(Diagnostic("SYM0702", text))
    check_entries(2 * count**2 * dimension**2, "the brackets of a Lie algebra")
    unit = generators / np.linalg.norm(generators, axis=(1, 2), keepdims=True)
    basis = row_space(unit.reshape(count, -1), float(np.sqrt(count)))
    brackets = _brackets(unit).reshape(count * count, -1)
    outside = np.linalg.norm(brackets - (brackets @ basis.T) @ basis, axis=1).reshape(count, count)
    if np.max(outside) > _OPEN:
        first, second = np.unravel_index(np.argmax(outside), outside.shape)
        raise SymdslError(
            Diagnostic(
                "SYM0408",
                "the generators do not close: "
                f"the bracket of generators {first + 1} and {second + 1} is not in their span",
                notes=(f"{outside[first, second]:.2g} of the product of their norms lies outside their span",),
                hint="they generate a larger Lie algebra: add that bracket, and those that it makes, to `generators`",
            )
        )
    own = _brackets(basis.reshape(-1, dimension, dimension))
    return (own.reshape(len(basis) ** 2, -1) @ basis.T).reshape(len(basis), len(basis), len(basis))


def _brackets(matrices: Array) -> Array:
    products = matrices[:, None] @ matrices[None]
    return products - products.swapaxes(0, 1)


def row_space(rows: Array, scale: float) -> Array:
    """An orthonormal basis (r, n) of the span of rows (m, n), whose size is judged against `scale`.

    Raises SymdslError SYM0422 for an unclear rank.
    """
    triangle = np.linalg.qr(rows, mode="r") if len(rows) > rows.shape[1] else rows
    values, basis = right_singular(np.asarray(triangle, dtype=np.float64))
    return basis[_clear(values, scale)]


def _clear(values: Array, scale: float) -> np.ndarray:
    """Which values are not zero. Raises SymdslError SYM0422 for one that is neither."""
    relative = np.abs(values) / max(scale, 1e-300)
    named = "where zero is expected, relative values lie"
    return ~are_zero(relative, "which Lie algebra they span", named)


def _signs(values: Array, scale: float) -> tuple[int, int, int]:
    kept = values[_clear(values, scale)]
    positive = int(np.sum(kept > 0.0))
    return positive, len(kept) - positive, len(values) - len(kept)


def _is_nilpotent(constants: Array, derived: Array) -> bool:
    """Whether g, [g, g], [g, [g, g]], ... comes to zero."""
    size, current = len(constants), derived
    previous = size
    while 0 < len(current) < previous:
        previous = len(current)
        current = row_space(np.einsum("ijk,mj->imk", constants, current).reshape(-1, size), 1.0)
    return not len(current)


def simple_ideals(constants: Array) -> tuple[Array, ...]:
    """Orthonormal bases (m, k) of the simple ideals of a semisimple algebra with structure constants (k, k, k).

    An eigenvector of ad x, for a random x, of a simple eigenvalue other than 0 is a root vector, and lies in one ideal
    of the complex algebra; brackets with everything make of its real and imaginary part one simple ideal of the real.
    Raises SymdslError SYM0422 where they are not decided.
    """
    size = len(constants)
    element = np.random.default_rng(_SEED).standard_normal(size)
    values, vectors = np.linalg.eig(np.einsum("i,ijk->kj", element, constants))
    gaps = np.abs(values[:, None] - values[None]) + np.diag(np.full(size, np.inf))
    isolation = np.minimum(np.min(gaps, axis=1), np.abs(values)) / np.max(np.abs(values))
    found: Array = np.zeros((0, size))
    ideals: list[Array] = []
    for place in np.argsort(-isolation, kind="stable"):
        vector = vectors[:, place]
        outside = float(np.linalg.norm(vector - found.T @ (found @ vector)))
        if outside < _INSIDE:
            continue
        if isolation[place] < _ISOLATED or outside < _OUTSIDE:
            break
        ideal = _ideal(constants, np.stack([np.real(vector), np.imag(vector)]))
        ideals.append(ideal)
        found = row_space(np.concatenate([found, ideal]), 1.0)
        if len(found) == size:
            return tuple(ideals)
    raise SymdslError(Diagnostic("SYM0422", "the generators do not decide which simple ideals their Lie algebra has"))


def _ideal(constants: Array, vectors: Array) -> Array:
    """An orthonormal basis of the ideal that vectors (m, k) generate."""
    current = row_space(vectors, 1.0)
    while True:
        moved = np.einsum("ijk,mj->imk", constants, current).reshape(-1, len(constants))
        larger = row_space(np.concatenate([current, moved]), 1.0)
        if len(larger) == len(current):
            return current
        current = larger
