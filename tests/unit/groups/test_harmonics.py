"""Harmonics against closed formulas, their irreducibility by counting maps, and the couplings of three degrees."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product
from symdsl.groups.families.catalogue import cyclic, dihedral, lorentz, orthogonal, special_orthogonal, symmetric
from symdsl.groups.families.classical import special_unitary
from symdsl.groups.maps.clebsch_gordan import clebsch_gordan
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Permutation, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.groups.representations.harmonics import Harmonic, harmonic_basis, spherical_harmonics
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower
from symdsl.groups.representations.spin import Spin

TURN, MIRROR, PLANE = special_orthogonal(3), orthogonal(3), orthogonal(2)


def points(n: int, count: int = 50) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, n))


def test_the_basis_is_that_of_e3nn() -> None:
    """The polynomials of e3nn's `o3.spherical_harmonics`, "component" normalisation, written out for l = 1, 2, 3."""
    x, y, z = points(3).T
    r2 = x**2 + z**2
    two = math.sqrt(5) * np.stack([
        math.sqrt(3) * x * z, math.sqrt(3) * x * y, y**2 - r2 / 2, math.sqrt(3) * y * z,
        math.sqrt(3) / 2 * (z**2 - x**2),
    ], axis=-1)  # fmt: skip
    three = math.sqrt(7) * np.stack([
        math.sqrt(5 / 8) * x * (3 * z**2 - x**2), math.sqrt(15) * x * y * z, math.sqrt(3 / 8) * x * (4 * y**2 - r2),
        y * (2 * y**2 - 3 * r2) / 2, math.sqrt(3 / 8) * z * (4 * y**2 - r2), math.sqrt(15) / 2 * y * (z**2 - x**2),
        math.sqrt(5 / 8) * z * (z**2 - 3 * x**2),
    ], axis=-1)  # fmt: skip
    for degree, expected in ((1, math.sqrt(3) * np.stack([x, y, z], -1)), (2, two), (3, three)):
        assert np.max(np.abs(spherical_harmonics(degree, points(3)) - expected)) < 1e-12


@pytest.mark.parametrize(("n", "degree"), [(2, 1), (2, 5), (3, 0), (3, 1), (3, 4), (3, 10), (4, 2), (5, 3)])
def test_harmonics_are_orthonormal_and_turn_as_their_representation(n: int, degree: int) -> None:
    basis = harmonic_basis((1,) * n, degree)
    assert np.max(np.abs(basis @ basis.T - np.eye(len(basis)))) < 1e-14
    group = special_orthogonal(n)
    (element,) = group.sample(np.random.default_rng(1), 1)
    matrix = Harmonic(group, degree).matrix(element)
    unit = points(n) / np.linalg.norm(points(n), axis=1, keepdims=True)
    values = spherical_harmonics(degree, unit)
    assert np.max(np.abs(spherical_harmonics(degree, unit @ element.T) - values @ matrix.T)) < 1e-12
    assert np.max(np.abs((values**2).sum(axis=1) - len(basis))) < 1e-11
    assert np.max(np.abs((spherical_harmonics(degree, unit, "norm") ** 2).sum(axis=1) - 1.0)) < 1e-12


@pytest.mark.parametrize(
    "different",
    [
        [Trivial(TURN), *(Harmonic(TURN, degree) for degree in range(1, 5))],
        [Harmonic(MIRROR, degree, pseudo) for degree in range(4) for pseudo in (False, True)],
        [*(Harmonic(PLANE, degree) for degree in range(4)), Harmonic(PLANE, 0, pseudo=True)],
        [Spin(special_unitary(2), twice) for twice in range(5)],
        [Harmonic(lorentz(4), degree) for degree in range(3)],
        [*(Harmonic(dihedral(6), degree) for degree in (0, 1, 2)), Harmonic(dihedral(6), 0, pseudo=True),
         *(Harmonic(dihedral(6), 3, pseudo, half=True) for pseudo in (False, True))],
        [*(Harmonic(cyclic(5), degree) for degree in (0, 1, 2))],
    ],
    ids=lambda given: given[1].group.name,
)  # fmt: skip
def test_irreducible_and_different(different: list[Representation]) -> None:
    """Schur's lemma: over the reals an endomorphism algebra is R, C or H."""
    complex_type = {"C(5)": 2}
    for first, second in itertools.product(different, repeat=2):
        maps = hom_dimension(first, second)
        if first != second:
            assert maps == 0, (first.text, second.text)
        elif isinstance(first, Spin):
            assert maps == (1 if first.is_real else 4)
        else:
            assert maps == (complex_type.get(first.group.name, 1) if first.dimension > 1 else 1)


def test_all_irreducibles_of_a_dihedral_group_are_there() -> None:
    """The squares of their dimensions add to the order."""
    sizes = [Harmonic(dihedral(6), degree).dimension for degree in (0, 1, 2)] + [1, 1, 1]
    assert sum(size**2 for size in sizes) == dihedral(6).order


def test_couplings() -> None:
    assert np.max(np.abs(clebsch_gordan(1, 1, 0)[:, :, 0] - np.eye(3) / math.sqrt(3))) < 1e-14
    cross = clebsch_gordan(1, 1, 1)
    assert np.max(np.abs(cross + cross.transpose(1, 0, 2))) < 1e-14
    assert abs(abs(cross[0, 1, 2]) - 1 / math.sqrt(6)) < 1e-14
    (element,) = TURN.sample(np.random.default_rng(2), 1)
    for degrees in ((1, 2, 3), (2, 2, 2), (3, 2, 4)):
        coupling = clebsch_gordan(*degrees)
        moved = np.einsum(
            "ai,bj,ck,ijk->abc", *(Harmonic(TURN, degree).matrix(element) for degree in degrees), coupling
        )
        assert np.max(np.abs(moved - coupling)) < 1e-12
        assert abs(np.linalg.norm(coupling) - 1.0) < 1e-12
    with pytest.raises(SymdslError, match="SYM0424"):
        clebsch_gordan(1, 1, 3)


def test_couplings_of_large_degrees_are_quick() -> None:
    assert clebsch_gordan(6, 5, 8).shape == (13, 11, 17)


@pytest.mark.parametrize(
    ("declared", "form"),
    [
        (Harmonic(TURN, 0), Trivial(TURN)),
        (Harmonic(TURN, 1), Defining(TURN)),
        (Harmonic(TURN, 2, pseudo=True), Harmonic(TURN, 2)),
        (Harmonic(MIRROR, 1, pseudo=True), Harmonic(MIRROR, 1, pseudo=True)),
        (Spin(special_unitary(2), 0), Trivial(special_unitary(2))),
        (Spin(special_unitary(2), 1), Defining(special_unitary(2))),
        (SymmetricPower(Defining(symmetric(3)), 1), Permutation(symmetric(3))),
        (AlternatingPower(Defining(MIRROR), 3), Harmonic(MIRROR, 0, pseudo=True)),
        (AlternatingPower(Defining(TURN), 3), Trivial(TURN)),
    ],
    ids=lambda each: each.text,
)
def test_one_form_for_equal_declarations(declared: Representation, form: Representation) -> None:
    assert canonical(declared) == form
    elements = declared.group.sample(np.random.default_rng(0), 5)
    assert np.max(np.abs(declared.matrix(elements) - form.matrix(elements))) < 1e-12


def test_powers_count_as_the_theory_says() -> None:
    """Sym^2 + Alt^2 = V x V; one metric in Sym^2 of O(n), no form in Alt^2; symplectic the other way round."""
    for group in (MIRROR, lorentz(4), special_unitary(2)):
        v = Defining(group)
        whole = hom_dimension(v, Product((v, Product((v, v)))))
        parts = [hom_dimension(v, Product((v, power(v, 2)))) for power in (SymmetricPower, AlternatingPower)]
        assert sum(parts) == whole
    v = Defining(MIRROR)
    assert hom_dimension(Trivial(MIRROR), SymmetricPower(v, 2)) == 1
    assert hom_dimension(Trivial(MIRROR), AlternatingPower(v, 2)) == 0


@pytest.mark.parametrize(
    "build",
    [
        lambda: Harmonic(TURN, 99), lambda: Harmonic(special_unitary(3), -1), lambda: Spin(TURN, 1),
        lambda: AlternatingPower(Defining(TURN), 4), lambda: SymmetricPower(Defining(TURN), 0),
    ],
)  # fmt: skip
def test_what_does_not_exist(build) -> None:
    with pytest.raises(SymdslError, match="SYM0424"):
        build()
