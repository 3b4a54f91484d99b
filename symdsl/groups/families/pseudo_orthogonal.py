"""The groups that keep a metric of p plus and q minus signs: O(p, q), SO(p, q) and Lorentz."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.limits import check_entries, check_size
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.group import Group


def special_orthogonal(n: int, negative: int = 0) -> Group:
    """SO(n), or SO(p, q) = {g : g^T eta g = eta, det g = 1} with eta of n plus and `negative` minus signs.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    return _pseudo_orthogonal("special_orthogonal", "SO", n, negative)


def orthogonal(n: int, negative: int = 0) -> Group:
    """O(n), or O(p, q) = {g : g^T eta g = eta} with eta of n plus and `negative` minus signs.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    return _pseudo_orthogonal("orthogonal", "O", n, negative)


def _pseudo_orthogonal(family: str, symbol: str, plus: int, minus: int) -> Group:
    check_size(symbol, plus)
    check_size(symbol, minus, minimum=0)
    dimension = check_size(symbol, plus + minus)
    if family == "orthogonal":
        reflections = [_reflection(dimension, 0)] + ([_reflection(dimension, plus)] if minus else [])
    else:
        reflections = [_reflection(dimension, 0, plus)] if minus else []
    return Group(
        name=f"{symbol}({plus}, {minus})" if minus else f"{symbol}({plus})", family=family,
        arguments=(("n", plus), ("negative", minus)), dimension=dimension,
        algebra_data=Matrices.of(_pseudo_orthogonal_algebra(plus, minus)),
        discrete_data=Matrices.of(np.array(reflections).reshape(-1, dimension, dimension)),
        order=2 ** len(reflections) if dimension == 1 else None,
        compact=minus == 0, orthogonal=minus == 0, planar=dimension == 2 and minus == 0,
    )  # fmt: skip


def lorentz(n: int = 4, parity: bool = True, time_reversal: bool = True) -> Group:
    """Lorentz() = O(1, 3) of (t, x, y, z) with metric diag(1, -1, -1, -1); Lorentz(n) = O(1, n - 1) in n dimensions.

    `parity = false` leaves out reflections of space (one axis reflected, which is parity up to a rotation in even n),
    `time_reversal = false` those of time; without both it is the connected group SO+(1, n - 1).
    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("Lorentz", n, minimum=2)
    reflections = ([_reflection(n, 1)] if parity else []) + ([_reflection(n, 0)] if time_reversal else [])
    flags = "".join(
        f", {name} = false" for name, kept in (("parity", parity), ("time_reversal", time_reversal)) if not kept
    )
    return Group(
        name=f"Lorentz({n}{flags})", family="lorentz",
        arguments=(("n", n), ("parity", parity), ("time_reversal", time_reversal)), dimension=n,
        algebra_data=Matrices.of(_pseudo_orthogonal_algebra(1, n - 1)),
        discrete_data=Matrices.of(np.array(reflections).reshape(-1, n, n)),
        order=None, compact=False, orthogonal=False,
    )  # fmt: skip


def _reflection(dimension: int, *axes: int) -> Array:
    matrix = np.eye(dimension)
    matrix[list(axes), list(axes)] = -1.0
    return matrix


def _pseudo_orthogonal_algebra(plus: int, minus: int) -> Array:
    """E_ji - E_ij within a sign, E_ji + E_ij across signs, for i < j (D, d, d)."""
    dimension = plus + minus
    check_entries(dimension**3 * (dimension - 1) // 2, f"the Lie algebra of {dimension} x {dimension} matrices")
    rows, columns = np.triu_indices(dimension, 1)
    algebra = np.zeros((len(rows), dimension, dimension))
    index = np.arange(len(rows))
    algebra[index, columns, rows] = 1.0
    algebra[index, rows, columns] = np.where((rows < plus) & (columns >= plus), 1.0, -1.0)
    return algebra
