"""Representations by matrices of the generators: which are accepted, which relation others break, and how much."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.lie_closure import LieClosure
from symdsl.groups.arrays.matrices import Array, as_real
from symdsl.groups.combinations import Product, Sum
from symdsl.groups.descriptions import representation_from_description
from symdsl.groups.families import affine, classical
from symdsl.groups.families.catalogue import (
    cyclic,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.families.finite import octahedral, quaternion
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.harmonics import Harmonic
from symdsl.groups.representations.homomorphism import derivative_error, homomorphism_error
from symdsl.groups.representations.images import Images, by_images
from symdsl.groups.representations.lorentz_irreducible import LorentzPair
from symdsl.groups.representations.powers import SymmetricPower
from symdsl.groups.representations.spin import Spin

TURN, MIRROR, PLANE = special_orthogonal(3), orthogonal(3), special_orthogonal(2)
QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])


def in_another_basis(of: Representation) -> Images:
    change = np.eye(of.dimension) + 0.3 * np.random.default_rng(3).uniform(-1.0, 1.0, (of.dimension, of.dimension))
    back, group = np.linalg.inv(change), of.group
    return by_images(
        group, change @ of.algebra_matrix(group.lie_algebra) @ back, change @ of.matrix(group.discrete) @ back
    )


def torus(*windings: tuple[float, float]) -> Group:
    """Turns of two planes, by combinations of the two angles."""
    algebra = np.zeros((len(windings), 4, 4))
    for matrix, (first, second) in zip(algebra, windings, strict=True):
        matrix[:2, :2], matrix[2:, 2:] = first * QUARTER, second * QUARTER
    return matrix_group(algebra, name="torus")


GOOD = [
    Harmonic(TURN, 2), Harmonic(MIRROR, 1, pseudo=True), Harmonic(special_orthogonal(4), 2), Defining(TURN),
    LorentzPair(lorentz(4), (2, 0)), Defining(lorentz(4)), SymmetricPower(Defining(orthogonal(1, 2)), 2),
    Spin(classical.special_unitary(2), 3), Spin(classical.special_unitary(2), 2), Defining(classical.unitary(2)),
    SymmetricPower(Defining(classical.special_linear(2)), 3), Dual(Defining(classical.general_linear(2))),
    Defining(classical.symplectic(4)), Defining(affine.euclidean(2)), Defining(affine.heisenberg(1)),
    Defining(affine.poincare(2)), Defining(translations(2)), Defining(classical.scale(2)),
    Sum((Defining(product(PLANE, orthogonal(2))), Trivial(product(PLANE, orthogonal(2))))),
    FiniteIrreducible(symmetric(5), 4), FiniteIrreducible(quaternion(8), 4), Harmonic(cyclic(7), 3),
    FiniteIrreducible(octahedral(True), 6), Defining(torus((1.0, 1.0), (1.0, -1.0))),
]  # fmt: skip


@pytest.mark.parametrize("of", GOOD, ids=lambda of: f"{of.text} of {of.group.name}")
def test_accepted_and_the_same_as_what_it_was_made_of(of: Representation) -> None:
    group, given = of.group, in_another_basis(of)
    samples = group.sample(np.random.default_rng(0), 12, bound=2.0)
    assert homomorphism_error(given, samples) < 1e-10
    assert derivative_error(given) < 1e-10
    traces = np.trace(given.matrix(samples), axis1=1, axis2=2)
    assert np.allclose(traces, np.trace(of.matrix(samples), axis1=1, axis2=2), rtol=1e-9, atol=1e-9)
    expected = hom_dimension(of, of)
    assert hom_dimension(given, of) == hom_dimension(of, given) == expected
    assert given.dimension > 5 or len(hom_basis(given, of)) == expected
    assert representation_from_description(given.describe()) == given


def su2_on_spinors() -> Array:
    """Spin 1/2 for the planes (x, y), (x, z), (y, z) of SO(3): s_z, -s_y, s_x."""
    pauli = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    spins = as_real(-0.5j * pauli)
    return np.stack([spins[2], -spins[1], spins[0]])


def refusal(group: Group, algebra: object, discrete: object = ()) -> str:
    given = [np.array(stack, dtype=np.float64) for stack in (algebra, discrete)]
    size = next(stack.shape[-1] for stack in given if stack.size)
    with pytest.raises(SymdslError) as caught:
        by_images(group, *(stack.reshape(-1, size, size) for stack in given))
    (fault,) = caught.value.diagnostics
    return "\n".join([str(fault.message), *fault.notes])


def test_a_spinor_is_no_representation_of_rotations() -> None:
    text = refusal(TURN, su2_on_spinors())
    assert "exp(2 pi A1) = 1 fails by 2" in text
    assert "spinor" in text


@pytest.mark.parametrize(
    ("group", "algebra", "discrete", "relation"),
    [
        (TURN, np.stack([np.eye(2)] * 3), (), "[A1, A2] = A3 fails by 1"),
        (PLANE, [0.5 * QUARTER], (), "exp(2 pi A1) = 1 fails by 2"),
        (PLANE, [[[1.0]]], (), "exp(2 pi A1) = 1 fails by 5.3e+02"),
        (orthogonal(2), [QUARTER], [np.eye(2)], "h1 A1 h1^-1 = -A1 fails by 2"),
        (orthogonal(2), [2.0 * QUARTER], [2.0 * np.diag([1.0, -1.0])], "h1^2 = 1 fails by 3"),
        (cyclic(3), (), [[[-1.0]]], "h1^3 = 1 fails by 2"),
        (cyclic(3), (), [[[1.0 + 1e-6]]], "h1^3 = 1 fails by 3e-06"),
        (symmetric(3), (), [[[1.0]], [[-1.0]]], "h2^3 = 1 fails by 2"),
        (symmetric(3), (), [[[-1.0]], [[-1.0]]], "fails by 2"),
        (quaternion(8), (), [[[0.0, -1.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]], "fails by 2"),
        (torus((1.0, 1.0), (1.0, -1.0)), [QUARTER, 0.0 * QUARTER], (), "along two ways from 1 to g, fails by"),
        (lorentz(4, False, False), np.zeros((6, 1, 1)) + np.arange(6)[:, None, None], (), "fails by"),
        (TURN, [1e5 * np.eye(2)] * 3, (), "[A1, A2] = A3 fails by"),
        (TURN, [1e7 * np.eye(2)] * 3, (), "a number over 1e+06"),
        (TURN, [QUARTER], (), "3 of the Lie algebra and 0 discrete ones"),
        (translations(1, True), (), [[[1.0]]], "infinite without a Lie algebra"),
    ],
)  # fmt: skip
def test_which_relation_fails_and_by_how_much(group: Group, algebra: object, discrete: object, relation: str) -> None:
    assert relation in refusal(group, algebra, discrete)


def test_every_relation_counts() -> None:
    """One wrong matrix anywhere is found."""
    for group in (MIRROR, symmetric(4), affine.euclidean(2), lorentz(3)):
        own = (group.lie_algebra, group.discrete)
        for kind in range(2):
            for index in range(len(own[kind])):
                images = [np.array(part) for part in own]
                images[kind][index] = images[kind][index] @ np.diag([*[1.0] * (group.dimension - 1), 1.01])
                if np.any(images[kind] != own[kind]):
                    assert "fails by" in refusal(group, *images)


def test_algebras_that_are_not_closed() -> None:
    """Two generators of SO(3) make the third; images of brackets are brackets of images."""
    two = TURN.lie_algebra[:2]
    closure, relations = LieClosure.of(two, Harmonic(TURN, 2).algebra_matrix(two))
    assert closure.names == ("A1", "A2", "[A1, A2]")
    assert max(relation.error for relation in relations) < 1e-14
    group = matrix_group(two, name="two turns")
    given = by_images(group, Harmonic(TURN, 2).algebra_matrix(two), np.zeros((0, 5, 5)))
    assert homomorphism_error(given, TURN.sample(np.random.default_rng(0), 10)) < 1e-10
    same = matrix_group(np.concatenate([two, two[:1] + two[1:]]), name="dependent")
    text = refusal(same, np.zeros((3, 1, 1)) + np.array([0.0, 0.0, 1.0])[:, None, None])
    assert "A3 = A1 + A2 fails by 1" in text


def test_one_form_for_equal_declarations() -> None:
    assert canonical(by_images(TURN, TURN.lie_algebra, TURN.discrete)) == Defining(TURN)
    assert canonical(by_images(MIRROR, np.zeros((3, 2, 2)), np.eye(2)[None])) == Trivial(MIRROR, 2)
    given = in_another_basis(Defining(TURN))
    assert canonical(Product((given, Trivial(TURN)))) == given
