"""Invariants of Lie algebras and finite groups against the tables of the textbooks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.lie_algebra import lie_algebra_of, structure_constants
from symdsl.groups.arrays.matrices import Matrices
from symdsl.groups.families.affine import affine, galilei, heisenberg, poincare, special_euclidean
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    symmetric,
    translations,
)
from symdsl.groups.families.catalogue import special_orthogonal as so
from symdsl.groups.families.classical import general_linear, scale, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.families.finite import alternating, icosahedral, octahedral, quaternion, tetrahedral
from symdsl.groups.families.permutations import rubiks_cube
from symdsl.groups.families.wreath import wreath
from symdsl.groups.group import Group
from symdsl.groups.group_invariants import group_invariants, invariants_text

KNOWN: dict[Group, tuple[int, int, int, int, tuple[int, int, int], str, bool]] = {
    so(2): (1, 0, 1, 1, (0, 0, 1), "abelian", True),
    so(3): (3, 3, 0, 0, (0, 3, 0), "simple", True),
    so(2, 1): (3, 3, 0, 0, (2, 1, 0), "simple", False),
    so(4): (6, 6, 0, 0, (0, 6, 0), "semisimple", True),
    so(5): (10, 10, 0, 0, (0, 10, 0), "simple", True),
    so(8): (28, 28, 0, 0, (0, 28, 0), "simple", True),
    so(2, 2): (6, 6, 0, 0, (4, 2, 0), "semisimple", False),
    lorentz(): (6, 6, 0, 0, (3, 3, 0), "simple", False),
    special_linear(2): (3, 3, 0, 0, (2, 1, 0), "simple", False),
    special_linear(4): (15, 15, 0, 0, (9, 6, 0), "simple", False),
    symplectic(4): (10, 10, 0, 0, (6, 4, 0), "simple", False),
    symplectic(6): (21, 21, 0, 0, (12, 9, 0), "simple", False),
    general_linear(3): (9, 8, 1, 1, (5, 3, 1), "reductive", False),
    unitary(2): (4, 3, 1, 1, (0, 3, 1), "reductive", True),
    unitary(3): (9, 8, 1, 1, (0, 8, 1), "reductive", True),
    special_unitary(3): (8, 8, 0, 0, (0, 8, 0), "simple", True),
    special_euclidean(2): (3, 2, 0, 3, (0, 1, 2), "solvable", False),
    special_euclidean(3): (6, 6, 0, 3, (0, 3, 3), "", False),
    poincare(): (10, 10, 0, 4, (3, 3, 4), "", False),
    galilei(3): (10, 9, 0, 7, (0, 3, 7), "", False),
    heisenberg(): (3, 1, 1, 3, (0, 0, 3), "nilpotent", False),
    heisenberg(3): (7, 1, 1, 7, (0, 0, 7), "nilpotent", False),
    translations(3): (3, 0, 3, 3, (0, 0, 3), "abelian", False),
    scale(3): (1, 0, 1, 1, (0, 0, 1), "abelian", False),
    affine(general_linear(2)): (6, 5, 0, 3, (3, 1, 2), "", False),
    product(so(3), translations(1)): (4, 3, 1, 1, (0, 3, 1), "reductive", False),
}
"""(dimension, derived, centre, radical, Killing form, the word, compact): Jacobson 1962, Helgason 1978, and by hand."""

FINITE = {
    cyclic(12): (True, 12, 12), dihedral(4): (False, 5, 4), dihedral(5): (False, 4, 10), symmetric(5): (False, 7, 60),
    alternating(5): (False, 5, 30), quaternion(8): (False, 5, 4), tetrahedral(): (False, 4, 6), cyclic(1): (True, 1, 1),
    octahedral(): (False, 5, 12), icosahedral(mirrors=True): (False, 10, 30),
    product(cyclic(2), cyclic(2)): (True, 4, 2), wreath(orthogonal(1), symmetric(3)): (False, 10, 12),
}  # fmt: skip
"""(abelian, conjugacy classes, exponent)."""


@pytest.mark.parametrize(("group", "known"), KNOWN.items(), ids=str)
def test_known_algebras(group: Group, known: tuple) -> None:
    found = lie_algebra_of(group.algebra_data)
    assert (found.dimension, found.derived, found.centre, found.radical, found.killing) == known[:5]
    assert found.words == ((known[5],) if known[5] else ())
    assert group_invariants(group)["compact"] == known[6]


@pytest.mark.parametrize("group", KNOWN, ids=str)
def test_invariants_do_not_depend_on_the_basis(group: Group) -> None:
    """Another basis of R^d, other generators of the same span, and too many of them."""
    generator = np.random.default_rng(3)
    algebra = group.lie_algebra
    change = np.eye(group.dimension) + 0.4 * generator.uniform(-1.0, 1.0, (group.dimension,) * 2)
    mixed = np.einsum("kl,lij->kij", generator.standard_normal((len(algebra) + 2, len(algebra))), algebra)
    moved = change @ mixed @ np.linalg.inv(change)
    assert lie_algebra_of(Matrices.of(moved)) == lie_algebra_of(group.algebra_data)


def test_simple_ideals() -> None:
    """so(4) = so(3) + so(3); the Lorentz algebra is simple over R though not over C; equal copies are told apart."""
    cases = {
        so(4): (3, 3), lorentz(): (6,), so(2, 2): (3, 3), product(lorentz(), special_unitary(3)): (6, 8),
        wreath(so(3), symmetric(3)): (3, 3, 3), product(so(5), special_linear(2), so(4)): (3, 3, 3, 10),
    }  # fmt: skip
    for group, ideals in cases.items():
        assert lie_algebra_of(group.algebra_data).ideals == ideals


def test_structure_constants_keep_the_jacobi_identity() -> None:
    c = structure_constants(galilei(3).lie_algebra)
    jacobi = np.einsum("ijl,lkm->ijkm", c, c)
    assert np.max(np.abs(jacobi + jacobi.transpose(1, 2, 0, 3) + jacobi.transpose(2, 0, 1, 3))) < 1e-12
    assert np.max(np.abs(c + c.transpose(1, 0, 2))) < 1e-12
    assert np.max(np.abs(c)) > 0.1


def test_generators_that_do_not_close_are_named() -> None:
    """Turns about x and y make one about z: [L_x, L_y] = L_z, of norm sqrt 2 beside factors of norm sqrt 2."""
    turns = so(3).lie_algebra
    with pytest.raises(SymdslError, match="SYM0408") as caught:
        structure_constants(turns[:2])
    fault = caught.value.diagnostics[0]
    assert "generators 1 and 2" in fault.message
    assert "0.71 of the product" in fault.notes[0]
    said = group_invariants(matrix_group(turns[:2]))
    assert "do not close" in said["unknown"]
    assert "do not close" in invariants_text(said)


def test_an_unclear_rank_is_refused() -> None:
    """se(2) whose translations commute only up to 1e-7 is neither solvable nor simple."""
    turn, first, second = special_euclidean(2).lie_algebra
    nearly = np.stack([turn, first - 1e-7 * first.T, second - 1e-7 * second.T])
    with pytest.raises(SymdslError, match="SYM0422"):
        lie_algebra_of(Matrices.of(nearly))


def test_too_many_generators_are_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0702"):
        lie_algebra_of(so(20).algebra_data)


@pytest.mark.parametrize(("group", "known"), FINITE.items(), ids=str)
def test_finite_groups(group: Group, known: tuple[bool, int, int]) -> None:
    found = group_invariants(group)
    assert (found["abelian"], found["conjugacy_classes"], found["exponent"]) == known
    assert found["order"] == group.order
    assert found["compact"]


def test_of_a_huge_group_only_what_is_cheap_is_said() -> None:
    assert invariants_text(group_invariants(rubiks_cube())) == "order 43,252,003,274,489,856,000, not abelian"
    assert group_invariants(symmetric(30))["order"] == math.factorial(30)


def test_compactness_is_said_where_it_is_decided() -> None:
    slanted = np.diag([2.0, 1.0, 1.0]) @ so(3).lie_algebra @ np.diag([0.5, 1.0, 1.0])
    ellipse = matrix_group([[[0, -2], [1, 0]]])
    cases = {
        matrix_group(slanted): True, ellipse: None, matrix_group([[[0, 1], [0, 0]]]): False,
        matrix_group([[[1, 0], [0, -1]]]): False, translations(2, integer=True): False, unitary(1): True,
    }  # fmt: skip
    for group, compact in cases.items():
        assert group_invariants(group)["compact"] is compact
