"""What a closed Lie algebra of matrices is called, and coordinates in which it looks like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.lie_algebra import LieAlgebra, lie_algebra_of
from symdsl.groups.arrays.matrices import Array, Matrices
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.group import Group
from symdsl.groups.identification.classical import Classical
from symdsl.groups.identification.frames import signature_of
from symdsl.groups.identification.naming import constants_of, is_sum_of_irreducibles, name_of
from symdsl.groups.identification.parts import irreducible_parts, representation_text
from symdsl.groups.identification.structure import structure_of
from symdsl.groups.identification.tensors import Kept, kept_by


@dataclass(frozen=True, eq=False)
class Identification:
    """What generators A (r, d, d) of an exact Lie algebra are.

    `name` is that of the algebra, "so(1,3)", and `text` says more. `constants` (r, r, r) satisfy
    [A_i, A_j] = sum_k c_ijk A_k. `forms` (F, d, d) are the invariant bilinear forms, symmetric ones first. Where the
    catalogue has such a group, `canonical` is it, up to its components, and its elements h become P h P^-1 with
    P = `frame` (d, d). `representation` says how it acts, and `contraction` that the algebra is not reductive: noise in
    generators makes others of such, and of others such, see `stable_name`.
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
    basis = span_of(generators).reshape(-1, size, size)
    try:
        algebra = lie_algebra_of(Matrices.of(generators))
        kept = kept_by(generators)
        structure = structure_of(constants_of(basis))
        parts = irreducible_parts(basis) if is_sum_of_irreducibles(basis, structure) else None
        known = name_of(basis, structure, parts)
    except (SymdslError, np.linalg.LinAlgError):
        name = f"unnamed algebra of dimension {count}"
        none = np.zeros((0, size, size))
        return Identification(name, name, constants, None, none, None, None, "", contraction=True)
    return Identification(
        name=known.name,
        text=_text(known),
        constants=constants,
        algebra=algebra,
        forms=_forms(kept, known),
        canonical=known.group,
        frame=known.frame,
        representation=representation_text(basis, parts) if parts else f"indecomposable({size})",
        contraction=not algebra.reductive,
    )


def _text(known: Classical) -> str:
    name = known.name
    if known.form is None or signature_of(known.form) == (0, 0):
        return name
    scaled = known.form / np.max(np.abs(known.form))
    rounded = np.round(scaled, 2) + 0.0
    diagonal = np.diag(np.diag(rounded))
    if not np.array_equal(rounded, diagonal):
        return name
    values = ", ".join(f"{value:g}" for value in np.diag(rounded))
    about = "" if np.max(np.abs(scaled - rounded)) < 1e-9 else ", to two decimals"
    return f"{name}; invariant form diag({values}) in these coordinates{about}"


def _forms(kept: Kept, known: Classical) -> Array:
    if known.form is not None and len(kept.symmetric) + len(kept.alternating) == 1:
        return known.form[None]
    return np.concatenate([kept.symmetric, kept.alternating])
