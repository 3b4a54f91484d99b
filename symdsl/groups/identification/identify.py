"""What a closed Lie algebra of matrices is called, and coordinates in which it looks like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.lie_algebra import LieAlgebra, lie_algebra_of
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.group import Group
from symdsl.groups.identification.classical import Classical, classical
from symdsl.groups.identification.tensors import Kept, kept_by


@dataclass(frozen=True, eq=False)
class Identification:
    """What generators A (r, d, d) of an exact Lie algebra are.

    `name` is that of the algebra, "so(1,3)", and `text` says more. `constants` (r, r, r) satisfy
    [A_i, A_j] = sum_k c_ijk A_k. `forms` (F, d, d) are the invariant bilinear forms, symmetric ones first. Where the
    catalogue has such a group, `canonical` is it, up to its components, and its elements h become P h P^-1 with
    P = `frame` (d, d). `representation` says how it acts, and `contraction` that noise may have hidden what it is: it
    is no reductive algebra, or nearly none.
    """

    name: str
    text: str
    constants: Array
    algebra: LieAlgebra | None
    forms: Array
    canonical: Group | None
    frame: Array | None
    representation: str
    contraction: bool


def identify(generators: Array) -> Identification:
    """Names the Lie algebra that closed, independent generators (r, d, d) are a basis of."""
    count, size = len(generators), generators.shape[-1]
    constants = constants_of(generators)
    try:
        algebra = lie_algebra_of(Matrices.of(generators))
        kept = kept_by(generators)
    except SymdslError:
        name = f"unnamed algebra of dimension {count}"
        none = np.zeros((0, size, size))
        return Identification(name, name, constants, None, none, None, None, "", contraction=True)
    known = classical(generators, kept)
    name = known.name if known else _unnamed(algebra)
    return Identification(
        name=name,
        text=_text(name, known),
        constants=constants,
        algebra=algebra,
        forms=_forms(kept, known),
        canonical=known.group if known else None,
        frame=known.frame if known else None,
        representation=f"vector({size})" if known else "",
        contraction=not algebra.reductive,
    )


def constants_of(generators: Array) -> Array:
    """c (r, r, r) with [A_i, A_j] = sum_k c_ijk A_k of a basis A (r, d, d) of a Lie algebra, by least squares."""
    count = len(generators)
    products = generators[:, None] @ generators[None]
    brackets = (products - products.swapaxes(0, 1)).reshape(count * count, -1)
    inverse = np.linalg.pinv(generators.reshape(count, -1))
    return np.asarray((brackets @ inverse).reshape(count, count, count), dtype=np.float64)


def jacobi_defect(constants: Array) -> float:
    """The largest entry of [[x, y], z] + [[y, z], x] + [[z, x], y] over a basis with structure constants (r, r, r)."""
    nested = np.tensordot(constants, constants, axes=(2, 0))
    return float(np.max(np.abs(nested + nested.transpose(1, 2, 0, 3) + nested.transpose(2, 0, 1, 3)), initial=0.0))


def _unnamed(algebra: LieAlgebra) -> str:
    return ", ".join([f"unnamed algebra of dimension {algebra.dimension}", *algebra.words])


def _text(name: str, known: Classical | None) -> str:
    if known is None or known.form is None or np.array_equal(known.form, -known.form.T):
        return name
    rounded = np.round(known.form / np.max(np.abs(known.form)), 2) + 0.0
    diagonal = np.diag(np.diag(rounded))
    if not np.array_equal(rounded, diagonal):
        return name
    values = ", ".join(f"{value:g}" for value in np.diag(rounded))
    return f"{name}; invariant form diag({values}) in these coordinates, to two decimals"


def _forms(kept: Kept, known: Classical | None) -> Array:
    if known is not None and known.form is not None and len(kept.symmetric) + len(kept.alternating) == 1:
        return known.form[None]
    return np.concatenate([kept.symmetric, kept.alternating])
