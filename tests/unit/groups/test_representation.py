"""Every construction is a homomorphism with the right derivative, character and permutation."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product, Pulled, Sum, tensor_power
from symdsl.groups.descriptions import representation_from_description
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.families.classical import special_unitary
from symdsl.groups.families.finite import octahedral
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.cosets import Induced, Quotient, Restricted
from symdsl.groups.representations.harmonics import Harmonic
from symdsl.groups.representations.homomorphism import derivative_error, homomorphism_error, is_homomorphism
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower
from symdsl.groups.representations.spin import Spin

SHEAR = matrix_group([[[0, 1], [0, 0]], [[1, 0], [0, -1]]], name="borel")
RIGID = matrix_group(
    [[[0, -1, 0], [1, 0, 0], [0, 0, 0]], [[0, 0, 1], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]],
    name="SE2",
)
PAIR = product(special_orthogonal(3), symmetric(3))


def _constructions(group: Group) -> list[Representation]:
    vector = Defining(group)
    return [
        Trivial(group, 3), vector, Dual(vector), Sum((vector, Trivial(group), Dual(vector))),
        Product((Dual(vector), vector)), tensor_power(group, 2, 1), Sum((Product((vector, Trivial(group, 2))), vector)),
    ]  # fmt: skip


CASES = [
    *(part for group in (cyclic(5), dihedral(3), symmetric(3), translations(2), special_orthogonal(3), orthogonal(2),
                         lorentz(3), SHEAR) for part in _constructions(group)),
    Regular(dihedral(3)), Product((Regular(cyclic(4)), Defining(cyclic(4)))), Permutation(symmetric(4)),
    LinearPart(RIGID), LinearPart(translations(3)), Pulled(PAIR, 0, Defining(PAIR.factors[0])),
    *(Harmonic(group, degree) for degree in (0, 1, 2, 3)
      for group in (special_orthogonal(2), orthogonal(3), orthogonal(4), lorentz(3), dihedral(6))),
    Harmonic(special_orthogonal(3), 10), Harmonic(orthogonal(3), 2, pseudo=True), Harmonic(lorentz(4), 2, pseudo=True),
    Harmonic(cyclic(6), 3, half=True), Harmonic(dihedral(4), 2, pseudo=True, half=True),
    *(Spin(special_unitary(2), twice) for twice in range(6)), Spin(special_unitary(2), 20),
    *(power(Defining(group), k) for power in (SymmetricPower, AlternatingPower) for k in (1, 2)
      for group in (symmetric(4), lorentz(3), special_orthogonal(3), special_unitary(2), SHEAR)),
    Quotient(cyclic(8), cyclic(2)), Quotient(symmetric(4), symmetric(3)), Quotient(dihedral(4), cyclic(4)),
    Induced(cyclic(6), Harmonic(cyclic(2), 1, half=True)), Induced(symmetric(3), Defining(symmetric(2))),
    Induced(dihedral(4), Defining(cyclic(4))), Restricted(octahedral(), Harmonic(orthogonal(3), 2)),
    Restricted(special_orthogonal(3), Harmonic(orthogonal(3), 1, pseudo=True)),
    Restricted(symmetric(3), Permutation(symmetric(4))), Restricted(cyclic(4), Regular(cyclic(8))),
    SymmetricPower(Regular(cyclic(3)), 2), SymmetricPower(Pulled(PAIR, 0, Defining(PAIR.factors[0])), 2),
    AlternatingPower(Sum((Defining(lorentz(3)), Dual(Defining(lorentz(3))))), 3),
    Product((Pulled(PAIR, 1, Permutation(PAIR.factors[1])), Pulled(PAIR, 0, tensor_power(PAIR.factors[0], 2)))),
]  # fmt: skip
NAMES = [f"{case.text} of {case.group}" for case in CASES]


@pytest.mark.parametrize("representation", CASES, ids=NAMES)
def test_homomorphism(representation: Representation) -> None:
    group = representation.group
    samples = group.sample(np.random.default_rng(0), 8)
    words = samples[[0, 1, 2]] @ samples[[3, 4, 5]] @ np.linalg.inv(samples[[6, 7, 0]])
    assert homomorphism_error(representation, np.concatenate([samples, words])) < 1e-12
    assert derivative_error(representation) < 1e-12
    assert is_homomorphism(representation, samples)
    identity = np.eye(group.dimension)
    assert np.max(np.abs(representation.matrix(identity) - np.eye(representation.dimension))) < 1e-14
    assert np.max(np.abs(np.trace(representation.matrix(samples), axis1=1, axis2=2)
                         - representation.character(samples))) < 1e-9  # fmt: skip


@pytest.mark.parametrize("representation", CASES, ids=NAMES)
def test_shapes_facts_and_descriptions(representation: Representation) -> None:
    group, size = representation.group, representation.dimension
    samples = group.sample(np.random.default_rng(0), 6).reshape(2, 3, group.dimension, group.dimension)
    matrices = representation.matrix(samples)
    assert matrices.shape == (2, 3, size, size)
    assert representation.algebra_matrix(group.lie_algebra).shape == (len(group.lie_algebra), size, size)
    if representation.is_permutation:
        image = np.zeros((size, size))
        image[representation.permutation_of(samples[0, 0]), np.arange(size)] = 1.0
        assert np.array_equal(matrices[0, 0], image)
    if representation.is_orthogonal:
        assert np.max(np.abs(matrices @ matrices.swapaxes(-1, -2) - np.eye(size))) < 1e-12
    again = representation_from_description(representation.describe())
    assert again == representation
    assert hash(again) == hash(representation)


def test_wrong_matrices_are_no_homomorphism() -> None:
    class Twisted(Defining):
        def matrix(self, elements: np.ndarray) -> np.ndarray:
            return elements.swapaxes(-1, -2)

    samples = orthogonal(3).sample(np.random.default_rng(0), 5)
    assert homomorphism_error(Twisted(orthogonal(3)), samples) > 0.1
    assert not is_homomorphism(Twisted(orthogonal(3)), samples)


def test_regular_moves_elements_by_left_multiplication() -> None:
    group = dihedral(4)
    matrices = Regular(group).matrix(group.elements())
    table = group.multiplication_table()
    for g in range(8):
        for h in range(8):
            assert matrices[g, table[g, h], h] == 1.0


def test_tensor_power_flattens_row_major() -> None:
    group = lorentz()
    element = group.sample(np.random.default_rng(0), 1)[0]
    tensor = np.random.default_rng(1).standard_normal((4, 4))
    inverse = np.linalg.inv(element)
    expected = np.einsum("ai,ij,jb->ab", element, tensor, inverse)
    moved = tensor_power(group, 1, 1).matrix(element) @ tensor.ravel()
    assert np.max(np.abs(moved - expected.ravel())) < 1e-12
    assert tensor_power(group, 0) == Trivial(group)
    assert tensor_power(group, 1) == Defining(group)


def test_text() -> None:
    group = cyclic(4)
    vector = Defining(group)
    assert Sum((Product((vector, Sum((vector, Trivial(group))))), Trivial(group, 3))).text == (
        "defining * (defining + trivial) + trivial(3)"
    )
    assert str(Dual(Regular(group))) == "dual(regular)"


def test_misuse_is_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0423"):
        Sum((Defining(cyclic(4)), Defining(cyclic(3))))
    with pytest.raises(SymdslError, match="SYM0424"):
        Product(())
    with pytest.raises(SymdslError, match="SYM0424"):
        Permutation(cyclic(4))
    with pytest.raises(SymdslError, match="SYM0424"):
        LinearPart(orthogonal(3))
    with pytest.raises(SymdslError, match="SYM0424"):
        Trivial(cyclic(4), 0)
    with pytest.raises(SymdslError, match="SYM0421"):
        Regular(orthogonal(3))
    with pytest.raises(SymdslError, match="SYM0423"):
        Pulled(PAIR, 1, Defining(PAIR.factors[0]))
    with pytest.raises(SymdslError, match="SYM0704"):
        tensor_power(orthogonal(10), 6).matrix(np.eye(10))
    with pytest.raises(SymdslError, match="SYM0424"):
        representation_from_description({"kind": "spinor"})
