"""The classical groups and the finite ones by name: what they keep, their sizes, their invariants, their samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.matrices import as_real, exponential
from symdsl.groups.combinations import Product
from symdsl.groups.families.affine import galilei, heisenberg
from symdsl.groups.families.catalogue import group_from_description
from symdsl.groups.families.classical import general_linear, scale, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.families.finite import alternating, icosahedral, octahedral, quaternion, tetrahedral
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_blocks
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, Representation, Trivial

FINITE = {
    alternating(1): 1, alternating(2): 1, alternating(3): 3, alternating(4): 12, alternating(6): 360,
    alternating(7): 2520, quaternion(): 8, quaternion(4): 4, quaternion(12): 12, quaternion(40): 40,
    tetrahedral(): 12, tetrahedral(mirrors=True): 24, octahedral(): 24, octahedral(mirrors=True): 48,
    icosahedral(): 60, icosahedral(mirrors=True): 120,
}  # fmt: skip
CONTINUOUS = {
    unitary(1): 1, unitary(3): 9, special_unitary(1): 0, special_unitary(2): 3, special_unitary(4): 15,
    symplectic(2): 3, symplectic(6): 21, special_linear(1): 0, special_linear(2): 3, special_linear(3): 8,
    general_linear(1): 1, general_linear(3): 9, scale(): 1, scale(4): 1,
    galilei(1): 3, galilei(3): 10, heisenberg(): 3, heisenberg(3): 7,
}  # fmt: skip
SQUARE = (
    unitary(1), unitary(2), special_unitary(2), special_unitary(3), symplectic(2), symplectic(4), special_linear(2),
    special_linear(3), general_linear(2), scale(2), alternating(4), alternating(5), quaternion(), quaternion(12),
    tetrahedral(), octahedral(mirrors=True), icosahedral(),
)  # fmt: skip
"""Groups small enough that both roads to every dimension are quick."""


def complex_of(matrices: np.ndarray) -> np.ndarray:
    """The complex matrices of real ones of 2 x 2 blocks, which are checked to be such."""
    found = matrices[..., ::2, ::2] + 1j * matrices[..., 1::2, ::2]
    assert np.max(np.abs(as_real(found) - matrices), initial=0.0) < 1e-12
    return found


def power(group: Group, degree: int) -> Representation:
    return Product((Defining(group),) * degree) if degree > 1 else Defining(group)


@pytest.mark.parametrize("group", [*FINITE, *CONTINUOUS], ids=str)
def test_descriptions_round_trip(group: Group) -> None:
    again = group_from_description(group.describe())
    assert again == group
    assert again.name == group.name


@pytest.mark.parametrize("group", FINITE, ids=str)
def test_orders(group: Group) -> None:
    elements = group.elements()
    assert len(elements) == group.order == FINITE[group]
    assert np.max(np.abs(elements.transpose(0, 2, 1) @ elements - np.eye(group.dimension))) < 1e-12
    turns = "mirrors" not in group.name
    assert bool(np.all(np.linalg.det(elements) > 0.0)) == turns


@pytest.mark.parametrize("group", CONTINUOUS, ids=str)
def test_dimensions(group: Group) -> None:
    algebra = group.lie_algebra.reshape(-1, group.dimension**2)
    assert len(algebra) == CONTINUOUS[group]
    assert not len(algebra) or np.linalg.matrix_rank(algebra) == len(algebra)


def test_the_quaternion_group_is_that_of_hamilton() -> None:
    """One element of order 2, -1; six of order 4, whose squares it is."""
    elements = quaternion().elements()
    squares = elements @ elements
    assert np.sum(np.all(np.isclose(squares, np.eye(4)), axis=(1, 2))) == 2
    assert np.sum(np.all(np.isclose(squares, -np.eye(4)), axis=(1, 2))) == 6


def test_solids_are_kept() -> None:
    g = (1 + math.sqrt(5)) / 2
    signs = np.array([[a, b, c] for a in (1, -1) for b in (1, -1) for c in (1, -1)], dtype=float)
    half = [np.array([0, a, b * g]) for a in (1, -1) for b in (1, -1)]
    corners = {
        tetrahedral(mirrors=True): signs[np.prod(signs, axis=1) > 0],
        octahedral(mirrors=True): signs,
        icosahedral(mirrors=True): np.array([np.roll(corner, shift) for corner in half for shift in range(3)]),
    }
    for group, points in corners.items():
        moved = points @ group.elements().transpose(0, 2, 1)
        distances = np.linalg.norm(moved[:, :, None] - points[None, None], axis=-1)
        assert np.max(distances.min(axis=2)) < 1e-12
        assert np.max(distances.min(axis=1)) < 1e-12


@pytest.mark.parametrize("group", [unitary(3), special_unitary(3), unitary(1), special_unitary(2)], ids=str)
def test_unitary_samples_are_haar(group: Group) -> None:
    """Diaconis and Shahshahani 1994: the mean of |tr g|^2 is 1, that of |tr g|^4 is 2, or 1 for U(1)."""
    elements = complex_of(group.sample(np.random.default_rng(0), 20_000))
    n = elements.shape[-1]
    assert np.max(np.abs(elements.conj().transpose(0, 2, 1) @ elements - np.eye(n))) < 1e-12
    if "SU" in group.name:
        assert np.max(np.abs(np.linalg.det(elements) - 1.0)) < 1e-12
    traces = np.trace(elements, axis1=1, axis2=2)
    assert abs(traces.mean()) < 0.03
    assert abs(np.mean(np.abs(traces) ** 2) - 1.0) < 0.03
    assert abs(np.mean(np.abs(traces) ** 4) - (1.0 if n == 1 else 2.0)) < 0.12


@pytest.mark.parametrize("group", [alternating(4), alternating(9), alternating(30)], ids=str)
def test_even_permutations_are_drawn_evenly(group: Group) -> None:
    elements = group.sample(np.random.default_rng(0), 20_000)
    assert np.all(np.linalg.det(elements) > 0.5)
    assert np.max(np.abs(elements.mean(axis=0) - 1.0 / group.dimension)) < 0.02


@pytest.mark.parametrize("group", [symplectic(2), symplectic(6)], ids=str)
def test_symplectic_samples_keep_the_form(group: Group) -> None:
    half = group.dimension // 2
    form = np.block([[np.zeros((half, half)), np.eye(half)], [-np.eye(half), np.zeros((half, half))]])
    for element in (*group.sample(np.random.default_rng(0), 50), *exponential(group.lie_algebra)):
        assert np.max(np.abs(element.T @ form @ element - form)) < 1e-11 * np.max(np.abs(element)) ** 2


def test_galilean_motions_keep_times_and_distances_of_what_is_simultaneous() -> None:
    elements = galilei(3).sample(np.random.default_rng(0), 50)
    first, second = np.random.default_rng(1).standard_normal((2, 5))
    first[-1] = second[-1] = 1.0
    moved = (elements @ first - elements @ second)[:, :-1]
    assert np.max(np.abs(moved[:, 0] - (first - second)[0])) < 1e-12
    second[0] = first[0]
    apart = np.linalg.norm((elements @ first - elements @ second)[:, :-1], axis=1)
    assert np.max(np.abs(apart - np.linalg.norm((first - second)[:-1]))) < 1e-10
    assert np.ptp(elements[:, 1, 0]) > 0.1


def test_heisenberg_brackets() -> None:
    """[a_i, b_j] = delta_ij c, and c commutes with all."""
    algebra = heisenberg(2).lie_algebra
    brackets = algebra[:, None] @ algebra[None] - algebra[None] @ algebra[:, None]
    a, b, c = slice(0, 2), slice(2, 4), 4
    assert np.array_equal(brackets[a, b], np.eye(2)[:, :, None, None] * algebra[c])
    for commuting in (brackets[a, a], brackets[b, b], brackets[c]):
        assert not np.any(commuting)


@pytest.mark.parametrize("group", [special_linear(3), general_linear(3), scale(3)], ids=str)
def test_linear_samples(group: Group) -> None:
    determinants = np.linalg.det(group.sample(np.random.default_rng(0), 200))
    if group.family == "special_linear":
        assert np.max(np.abs(determinants - 1.0)) < 1e-9
    else:
        assert np.ptp(np.log(np.abs(determinants))) > 1.0
        assert {*np.sign(determinants)} == ({1.0, -1.0} if group.family == "general_linear" else {1.0})


@pytest.mark.parametrize("group", SQUARE, ids=str)
def test_maps_are_counted_as_they_are_solved(group: Group) -> None:
    """Characters, or ranks of sampled elements, against the solver's null spaces and orbits."""
    v = Defining(group)
    pairs = [(Trivial(group, 1), power(group, degree)) for degree in range(1, 5)]
    pairs += [(v, v), (v, Dual(v)), (v, power(group, 3)), (Product((v, Dual(v))), Product((v, Dual(v))))]
    for V, W in pairs:
        assert hom_dimension(V, W) == sum(block.count for block in hom_blocks(V, W)), (V.text, W.text)


def test_first_invariants_are_the_known_ones() -> None:
    """Weyl 1939: Hermitian and symplectic forms, determinants, and nothing for GL."""

    def invariants(group: Group) -> list[int]:
        return [hom_dimension(Trivial(group, 1), power(group, degree)) for degree in range(1, 5)]

    assert invariants(unitary(3)) == [0, 2, 0, 12]
    assert invariants(special_unitary(3)) == [0, 2, 2, 12]
    assert invariants(special_unitary(2)) == [0, 4, 0, 32]
    assert invariants(symplectic(4)) == [0, 1, 0, 3]
    assert invariants(symplectic(2)) == invariants(special_linear(2)) == [0, 1, 0, 2]
    assert invariants(special_linear(3)) == [0, 0, 1, 0]
    assert invariants(general_linear(3)) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("build", "code", "words"),
    [
        (lambda: symplectic(3), "SYM0405", "even dimension"),
        (lambda: quaternion(6), "SYM0405", "multiple of 4"),
        (lambda: quaternion(2), "SYM0405", "at least 4"),
        (lambda: unitary(0), "SYM0405", "at least 1"),
        (lambda: unitary(10_000), "SYM0702", "over the limit"),
        (lambda: special_unitary(200), "SYM0704", "Lie algebra of SU"),
        (lambda: general_linear(500), "SYM0704", "Lie algebra of GL"),
        (lambda: tetrahedral(3), "SYM0404", "true or false"),  # type: ignore[arg-type]
    ],
)
def test_groups_that_do_not_exist(build, code: str, words: str) -> None:
    with pytest.raises(SymdslError, match=code) as caught:
        build()
    assert words in str(caught.value)
