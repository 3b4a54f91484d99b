"""The classical groups beside O(p, q): unitary ones as real matrices, symplectic, linear, and scalings.

A complex number x + iy is the pair (x, y), and a vector of C^n is (x_1, y_1, ..., x_n, y_n), as NumPy views complex
arrays: a complex matrix is a real one of 2 x 2 blocks [[x, -y], [y, x]].
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.limits import MAXIMUM_DEFINING_DIMENSION, check_entries, check_size
from symdsl.groups.arrays.matrices import Array, Matrices, as_real, symplectic_form
from symdsl.groups.group import Group, Scalar

MOST_COMPLEX = MAXIMUM_DEFINING_DIMENSION // 2


def unitary(n: int) -> Group:
    """U(n): the unitary matrices of C^n, as real ones of size 2n; a vector is (Re, Im) of each number in turn.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("U", n, maximum=MOST_COMPLEX)
    check_entries(4 * n**4, f"the Lie algebra of U({n})")
    phases = [_unit(n, k, k, 1j) for k in range(n)]
    return _compact("unitary", f"U({n})", n, as_real(np.stack([*_anti_hermitian(n), *phases])))


def special_unitary(n: int) -> Group:
    """SU(n): the unitary matrices of C^n of determinant 1, as real ones of size 2n, (Re, Im) of each number in turn.

    Raises SymdslError SYM0404, SYM0405, SYM0702.
    """
    check_size("SU", n, maximum=MOST_COMPLEX)
    check_entries(4 * n**4, f"the Lie algebra of SU({n})")
    phases = [_unit(n, k, k, 1j) - _unit(n, k + 1, k + 1, 1j) for k in range(n - 1)]
    algebra = [*_anti_hermitian(n), *phases]
    return _compact("special_unitary", f"SU({n})", n, as_real(np.array(algebra).reshape(-1, n, n)))


def symplectic(n: int) -> Group:
    """Sp(n) with n even: the matrices of R^n that keep q . p' - p . q', for vectors (q, p) of two halves.

    It is Sp(n, R), of dimension n (n + 1) / 2. Raises SymdslError SYM0404, SYM0405 (odd n), SYM0702.
    """
    check_size("Sp", n, minimum=2)
    if n % 2:
        message = f"Sp({n}) does not exist: a symplectic space has an even dimension"
        hint = f"write Sp({n + 1}) for matrices of that size, or Sp({2 * n}) for {n} coordinates and momenta"
        raise SymdslError(Diagnostic("SYM0405", message, hint=hint))
    check_entries(n**3 * (n + 1) // 2, f"the Lie algebra of Sp({n})")
    turn = symplectic_form(n // 2)
    # A = J S with S symmetric is the whole algebra
    pairs = itertools.combinations_with_replacement(range(n), 2)
    algebra = [turn @ (_entry(n, i, j) + (_entry(n, j, i) if i != j else 0.0)) for i, j in pairs]
    return _linear("symplectic", f"Sp({n})", n, np.stack(algebra))


def special_linear(n: int) -> Group:
    """SL(n): the real matrices of determinant 1. Raises SymdslError SYM0404, SYM0405, SYM0702."""
    check_size("SL", n)
    check_entries(n**4, f"the Lie algebra of SL({n})")
    algebra = [_entry(n, i, j) for i, j in itertools.permutations(range(n), 2)]
    algebra += [_entry(n, k, k) - _entry(n, k + 1, k + 1) for k in range(n - 1)]
    return _linear("special_linear", f"SL({n})", n, np.array(algebra).reshape(-1, n, n))


def general_linear(n: int) -> Group:
    """GL(n): all invertible real matrices. Raises SymdslError SYM0404, SYM0405, SYM0702."""
    check_size("GL", n)
    check_entries(n**4, f"the Lie algebra of GL({n})")
    algebra = np.eye(n * n).reshape(-1, n, n)
    mirror = np.diag([-1.0, *[1.0] * (n - 1)])
    return _linear("general_linear", f"GL({n})", n, algebra, mirror[None])


def scale(n: int = 1) -> Group:
    """scale(n): the positive multiples of the vectors of R^n. Raises SymdslError SYM0404, SYM0405, SYM0702."""
    check_size("scale", n)
    return _linear("scale", f"scale({n})", n, np.eye(n)[None])


def _anti_hermitian(n: int) -> list[NDArray[np.complex128]]:
    """E_ij - E_ji and i (E_ij + E_ji) for i < j."""
    found = []
    for i, j in itertools.combinations(range(n), 2):
        found += [_unit(n, i, j, 1.0) - _unit(n, j, i, 1.0), _unit(n, i, j, 1j) + _unit(n, j, i, 1j)]
    return found


def _unit(n: int, row: int, column: int, value: complex) -> NDArray[np.complex128]:
    matrix = np.zeros((n, n), np.complex128)
    matrix[row, column] = value
    return matrix


def _entry(n: int, row: int, column: int) -> Array:
    return _unit(n, row, column, 1.0).real


def _compact(family: str, name: str, n: int, algebra: Array) -> Group:
    arguments: tuple[tuple[str, Scalar], ...] = (("n", n),)
    return Group(
        name=name, family=family, arguments=arguments, dimension=2 * n, algebra_data=Matrices.of(algebra),
        discrete_data=Matrices.none(2 * n), order=None if len(algebra) else 1, compact=True, orthogonal=True,
        planar=n == 1,
    )  # fmt: skip


def _linear(family: str, name: str, n: int, algebra: Array, discrete: Array | None = None) -> Group:
    trivial = not len(algebra)
    return Group(
        name=name, family=family, arguments=(("n", n),), dimension=n, algebra_data=Matrices.of(algebra),
        discrete_data=Matrices.none(n) if discrete is None else Matrices.of(discrete),
        order=1 if trivial else None, compact=trivial, orthogonal=trivial, planar=n == 2,
    )  # fmt: skip
