"""Clebsch-Gordan coefficients of SO(3), as invariants of three degrees."""

from __future__ import annotations

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.combinations import Product
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.maps.constraints import invariant_basis
from symdsl.groups.representations.harmonics import Harmonic


def clebsch_gordan(first: int, second: int, third: int) -> Array:
    """The coupling (2 l1 + 1, 2 l2 + 1, 2 l3 + 1) of three degrees that SO(3) leaves alone, of norm 1; its first entry
    that is not 0 is positive. It is e3nn's `wigner_3j` up to that sign.

    Raises SymdslError SYM0424 unless |l1 - l2| <= l3 <= l1 + l2.
    """
    if not abs(first - second) <= third <= first + second:
        message = f"degrees {first}, {second} and {third} do not couple: |l1 - l2| <= l3 <= l1 + l2"
        raise SymdslError(Diagnostic("SYM0424", message))
    group = special_orthogonal(3)
    (coupling,) = invariant_basis(Product(tuple(Harmonic(group, degree) for degree in (first, second, third))))
    coupling = coupling / np.linalg.norm(coupling)
    leading = coupling[np.flatnonzero(np.abs(coupling) > 1e-9)[0]]
    return (coupling * np.sign(leading)).reshape(2 * first + 1, 2 * second + 1, 2 * third + 1)
