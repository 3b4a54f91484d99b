"""The irreducible representations of SU(2) by spin: symmetric powers of C^2, real where the spin is whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array, as_real
from symdsl.groups.group import Group
from symdsl.groups.representation import Representation
from symdsl.groups.representations.harmonics import LARGEST_DEGREE, harmonic_basis
from symdsl.groups.representations.powers import symmetric_power_derivative, symmetric_power_matrix

_PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


@dataclass(frozen=True)
class Spin(Representation):
    """Spin j of SU(2), `twice` = 2 j.

    Half-integer: Sym^2j of C^2, as real matrices of size 2 (2 j + 1), (Re, Im) of each number in turn. Integer: real of
    size 2 j + 1, the harmonics of degree j under the rotation R with g s_b g^-1 = sum_a R_ab s_a (Pauli matrices s).
    Raises SymdslError SYM0424.
    """

    group: Group
    twice: int
    dimension: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.group.family != "special_unitary" or self.group.dimension != 4:
            raise SymdslError(Diagnostic("SYM0424", f"{self.group.name} has no spins: these are SU(2)'s"))
        if not 0 <= self.twice <= 2 * LARGEST_DEGREE:
            hint = f"write 1/2, 1, 3/2, ... up to {LARGEST_DEGREE}"
            raise SymdslError(Diagnostic("SYM0424", f"there is no spin {self.twice / 2:g}", hint=hint))
        object.__setattr__(self, "dimension", self.twice + 1 if self.is_real else 2 * (self.twice + 1))

    @property
    def is_real(self) -> bool:
        """Whether the spin is a whole number."""
        return self.twice % 2 == 0

    def matrix(self, elements: Array) -> Array:
        complex_matrices = _complex(elements)
        if not self.is_real:
            return as_real(symmetric_power_matrix(complex_matrices, self.twice))
        if self.twice == 0:
            return np.ones((*elements.shape[:-2], 1, 1))
        turned = complex_matrices[..., None, :, :] @ _PAULI @ complex_matrices.conj().swapaxes(-1, -2)[..., None, :, :]
        rows = harmonic_basis((1, 1, 1), self.twice // 2)
        return rows @ symmetric_power_matrix(_components(turned), self.twice // 2) @ rows.T

    def algebra_matrix(self, generators: Array) -> Array:
        complex_matrices = _complex(generators)
        if not self.is_real:
            return as_real(symmetric_power_derivative(complex_matrices, self.twice))
        if self.twice == 0:
            return np.zeros((*generators.shape[:-2], 1, 1))
        left = complex_matrices[..., None, :, :]
        rows = harmonic_basis((1, 1, 1), self.twice // 2)
        turned = _components(left @ _PAULI - _PAULI @ left)
        return rows @ symmetric_power_derivative(turned, self.twice // 2) @ rows.T

    @property
    def text(self) -> str:
        return f"irrep({self.twice // 2})" if self.is_real else f"irrep({self.twice}/2)"

    @property
    def is_orthogonal(self) -> bool:
        return True

    @property
    def degree(self) -> int | None:
        return self.twice

    def describe(self) -> dict[str, Any]:
        return {"kind": "spin", "group": self.group.describe(), "twice": self.twice}


def _complex(matrices: Array) -> Any:
    """Real matrices of 2 x 2 blocks as complex ones (..., 2, 2)."""
    return matrices[..., ::2, ::2] + 1j * matrices[..., 1::2, ::2]


def _components(turned: Any) -> Array:
    """R_ab = tr(s_a t_b) / 2 for t_b (..., 3, 2, 2) -> (..., 3, 3)."""
    return np.einsum("aij,...bji->...ab", _PAULI, turned).real / 2.0
