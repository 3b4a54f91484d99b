"""The irreducible representations (j1, j2) of the groups of a metric of signature (1, 3), for j1 != j2.

(j, j) is real: the harmonics of degree 2 j. (j1, j2) is complex otherwise, its conjugate is (j2, j1), and both together
are one real representation, which reflections join as well (Gelfand, Minlos and Shapiro 1963).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array, as_real
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Representation
from symdsl.groups.representations.harmonics import LARGEST_DEGREE, metric_of
from symdsl.groups.representations.powers import complete_symmetric, symmetric_power_derivative, symmetric_power_matrix

Complex = NDArray[np.complex128]
_PAULI: Final = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_PARITY: Final = np.diag([1.0, -1.0, -1.0, -1.0])
_EPSILON: Final = np.array([[0.0, 1.0], [-1.0, 0.0]])


def is_of_spacetime(group: Group) -> bool:
    """Whether a group keeps a metric of one sign against three."""
    metric = metric_of(group)
    return metric is not None and len(metric) == 4 and abs(sum(metric)) == 2 and group.signature is not None


@dataclass(frozen=True)
class LorentzPair(Representation):
    """(j1, j2) + (j2, j1) with j1 > j2 and j1 + j2 whole, `twice` = (2 j1, 2 j2): (1, 0) + (0, 1) is the field tensor.

    Vectors are (Re, Im) of the numbers of Sym^2j1 C^2 x conj Sym^2j2 C^2, on which M in SL(2, C) acts; rotations act by
    orthogonal matrices. Reflections are those of tensors: -1 acts by (-1)^2j1.
    Raises SymdslError SYM0424.
    """

    group: Group
    twice: tuple[int, int]
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not is_of_spacetime(self.group):
            raise SymdslError(Diagnostic("SYM0424", f"{self.group.name} keeps no metric of signature (1, 3)"))
        first, second = self.twice
        if not 0 <= second < first <= LARGEST_DEGREE or (first + second) % 2:
            message = f"there is no pair of 2 j1 = {first} and 2 j2 = {second}"
            raise SymdslError(
                Diagnostic("SYM0424", message, hint=f"j1 > j2 >= 0, j1 + j2 whole, j1 <= {LARGEST_DEGREE / 2:g}")
            )
        object.__setattr__(self, "dimension", 2 * (first + 1) * (second + 1))

    def matrix(self, elements: Array) -> Array:
        moved = _time_first(self.group, elements)
        backward = moved[..., 0, 0] < 0.0
        moved = np.where(backward[..., None, None], -moved, moved)
        mirrored = np.linalg.det(moved) < 0.0
        moved = np.where(mirrored[..., None, None], _PARITY @ moved, moved)
        result = as_real(self._complex_matrix(spinor_matrices(moved)))
        result = np.where(mirrored[..., None, None], self._parity() @ result, result)
        return np.where(backward[..., None, None], (-1.0) ** self.twice[0] * result, result)

    def algebra_matrix(self, generators: Array) -> Array:
        spinors = _spinor_derivatives(_time_first(self.group, generators))
        left = symmetric_power_derivative(spinors, self.twice[0])
        right = _power(symmetric_power_derivative, spinors.conj(), self.twice[1])
        ones = [np.eye(twice + 1) for twice in self.twice]
        return as_real(_kronecker(left, ones[1]) + _kronecker(ones[0], right))

    def _complex_matrix(self, spinors: Complex) -> Complex:
        left = symmetric_power_matrix(spinors, self.twice[0])
        return _kronecker(left, _power(symmetric_power_matrix, spinors.conj(), self.twice[1]))

    def _parity(self) -> Array:
        """z to D(epsilon) conj z: parity takes M to M^-+ = epsilon conj(M) epsilon^-1."""
        turned = as_real(self._complex_matrix(_EPSILON.astype(np.complex128)))
        return turned * np.tile([1.0, -1.0], self.dimension // 2)

    def character(self, elements: Array) -> Array:
        # the Jacobi-Trudi determinant of O(4) for rows j1 + j2 and j1 - j2 (Koike and Terada 1987): a polynomial, which
        # holds for the complex forms of the group as well
        rows = (sum(self.twice) // 2, (self.twice[0] - self.twice[1]) // 2)
        complete = complete_symmetric(Defining(self.group), elements, rows[0] + 1)

        def less(upper: int, lower: int) -> Array:
            zero = np.zeros(elements.shape[:-2])
            return (complete[upper] if upper >= 0 else zero) - (complete[lower] if lower >= 0 else zero)

        diagonal = less(rows[0], rows[0] - 2) * less(rows[1], rows[1] - 4)
        return diagonal - less(rows[0] + 1, rows[0] - 3) * less(rows[1] - 1, rows[1] - 3)

    @property
    def text(self) -> str:
        return f"irrep({_half(self.twice[0])}, {_half(self.twice[1])})"

    @property
    def is_orthogonal(self) -> bool:
        return False

    @property
    def degree(self) -> int | None:
        return self.twice[0]

    def describe(self) -> dict[str, Any]:
        return {"kind": "lorentz_pair", "group": self.group.describe(), "twice": list(self.twice)}


def _half(twice: int) -> str:
    return str(twice // 2) if twice % 2 == 0 else f"{twice}/2"


def _power(of: Any, matrices: Complex, power: int) -> Complex:
    """`of` the matrices, where power 0 is the number 1, or its derivative 0."""
    if power:
        return of(matrices, power)
    value = 0.0 if of is symmetric_power_derivative else 1.0
    return np.full((*matrices.shape[:-2], 1, 1), value, dtype=np.complex128)


def _kronecker(left: Any, right: Any) -> Complex:
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    size = left.shape[-1] * right.shape[-1]
    return product.reshape(*product.shape[:-4], size, size)


def _time_first(group: Group, matrices: Array) -> Array:
    """The same matrices with the one coordinate of its own sign first."""
    metric = metric_of(group) or ()
    own = next(axis for axis in range(4) if metric.count(metric[axis]) == 1)
    order = [own, *(axis for axis in range(4) if axis != own)]
    return matrices[..., order, :][..., order]


def _on_forms(matrices: Array) -> Complex:
    """Matrices (..., 4, 4) on x = (t, x, y, z) as maps of Hermitian forms X = x_a s_a: T[.., i, k, j, l] X_jl."""
    return np.einsum("aik,...ab,blj->...ikjl", _PAULI, matrices, _PAULI / 2.0)


def spinor_matrices(elements: Array) -> Complex:
    """M (..., 2, 2) of SL(2, C) with M X M^+ = X', up to its sign, for elements of the connected group."""
    forms = _on_forms(elements)
    products = forms.transpose(*range(forms.ndim - 4), -4, -2, -3, -1).reshape(*forms.shape[:-4], 4, 4)
    # M_ij conj M_kl is of rank 1: its largest diagonal entry is |M_ij|^2
    largest = np.argmax(np.diagonal(products, axis1=-2, axis2=-1).real, axis=-1)[..., None, None]
    column = np.take_along_axis(products, largest, axis=-1)
    entry = np.take_along_axis(column, largest, axis=-2).real
    spinors = (column / np.sqrt(entry)).reshape(*forms.shape[:-4], 2, 2)
    return spinors / np.sqrt(np.linalg.det(spinors))[..., None, None]


def _spinor_derivatives(generators: Array) -> Complex:
    """a (..., 2, 2) of sl(2, C) with a X + X a^+ = X'."""
    return np.einsum("...ikjk->...ij", _on_forms(generators)) / 2.0
