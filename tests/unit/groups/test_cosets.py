"""Representations along a subgroup: Frobenius reciprocity, one form for equal declarations, what is no subgroup."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.families.catalogue import cyclic, dihedral, lorentz, orthogonal, special_orthogonal, symmetric
from symdsl.groups.families.finite import alternating, octahedral
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.groups.representations.cosets import Induced, Quotient, Restricted
from symdsl.groups.representations.harmonics import Harmonic


@pytest.mark.parametrize(
    ("of", "to"),
    [
        (Harmonic(cyclic(2), 1, half=True), Harmonic(cyclic(8), 3)),
        (Defining(cyclic(4)), Defining(dihedral(4))),
        (Permutation(symmetric(3)), Permutation(symmetric(4))),
        (Trivial(alternating(4)), Regular(symmetric(4))),
    ],
    ids=lambda each: f"{each.text} of {each.group.name}",
)
def test_frobenius_reciprocity(of: Representation, to: Representation) -> None:
    """dim Hom_G(Ind U, V) = dim Hom_H(U, Res V), by characters and by solving."""
    induced = Induced(to.group, of)
    inside = hom_dimension(of, Restricted(of.group, to))
    assert hom_dimension(induced, to) == inside == len(hom_basis(induced, to))
    assert inside > 0


def test_orders_of_cosets() -> None:
    assert Quotient(cyclic(8), cyclic(2)).dimension == 4
    assert Quotient(symmetric(5), alternating(5)).dimension == 2
    assert Quotient(octahedral(), cyclic_turns()).dimension == 6


def cyclic_turns():
    """The quarter turns about z inside the octahedral group."""
    from symdsl.groups.families.catalogue import matrix_group

    return matrix_group(discrete=[[[0, -1, 0], [1, 0, 0], [0, 0, 1]]], name="quarter turns")


@pytest.mark.parametrize(
    ("declared", "form"),
    [
        (Quotient(cyclic(4), cyclic(1)), Regular(cyclic(4))),
        (Quotient(cyclic(4), cyclic(4)), Trivial(cyclic(4))),
        (Induced(cyclic(8), Trivial(cyclic(2))), Quotient(cyclic(8), cyclic(2))),
        (Restricted(orthogonal(3), Harmonic(orthogonal(3), 2)), Harmonic(orthogonal(3), 2)),
    ],
    ids=lambda each: each.text,
)
def test_one_form_for_equal_declarations(declared: Representation, form: Representation) -> None:
    assert canonical(declared) == form
    elements = declared.group.sample(np.random.default_rng(0), 4)
    assert np.max(np.abs(declared.matrix(elements) - form.matrix(elements))) < 1e-12


@pytest.mark.parametrize(
    "build",
    [
        lambda: Quotient(cyclic(8), cyclic(3)), lambda: Quotient(cyclic(8), symmetric(3)),
        lambda: Quotient(symmetric(3), symmetric(4)),
        lambda: Restricted(orthogonal(3), Defining(special_orthogonal(3))),
        lambda: Restricted(lorentz(3), Defining(orthogonal(3))), lambda: Restricted(cyclic(3), Regular(cyclic(8))),
    ],
)  # fmt: skip
def test_what_is_no_subgroup(build) -> None:
    with pytest.raises(SymdslError, match="SYM0424"):
        build()
