"""The roads to Hom_G(V, W) give one subspace: orbits, Schur's lemma, null space by weights and by sparse equations."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.arrays.matrices import Array, kronecker
from symdsl.groups.arrays.orbits import OrbitMaps, orbit_labels, orbits_of_pairs
from symdsl.groups.combinations import Product, Pulled, Sum, tensor_power
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
from symdsl.groups.families.classical import general_linear, special_linear, special_unitary, symplectic, unitary
from symdsl.groups.families.finite import icosahedral, quaternion
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis, hom_blocks
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.maps.invariants import generator_constraints, invariants
from symdsl.groups.maps.nullspace import invariant_tensors
from symdsl.groups.maps.schur import is_self_adjoint, schur_maps
from symdsl.groups.representation import Defining, Dual, Regular, Representation, Trivial
from symdsl.groups.representations.harmonics import Harmonic
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower

HEISENBERG = matrix_group([[[0, 1, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]], name="Heisenberg")
SHEAR = matrix_group([[[0, 1, 0], [0, 0, 1], [0, 0, 0]]], name="shear")


def _same_span(left: Array, right: Array) -> bool:
    """Whether two stacks of maps span one space: as many, and |Q1 - Q2 Q2^T Q1| < 1e-10."""
    one, other = (np.linalg.qr(maps.reshape(len(maps), int(np.prod(maps.shape[1:]))).T)[0] for maps in (left, right))
    distance = np.max(np.linalg.norm(one - other @ (other.T @ one), axis=0), initial=0.0)
    return len(left) == len(right) and bool(distance < 1e-10)


def _by_null_space(V: Representation, W: Representation) -> Array:
    exact, mixtures = generator_constraints(V.group, (W, Dual(V)))
    return invariant_tensors(exact, mixtures, (W.dimension, V.dimension))


def _by_samples(V: Representation, W: Representation) -> Array:
    """The null space of rho_W(g) M - M rho_V(g) over random elements and generators."""
    samples = V.group.sample(np.random.default_rng(4), 2 * len(V.group.lie_algebra) + 2, bound=1.0)
    elements = np.concatenate([samples, V.group.discrete])
    rows = [kronecker(W.matrix(g), np.eye(V.dimension)) - kronecker(np.eye(W.dimension), V.matrix(g).T)
            for g in elements]  # fmt: skip
    _, values, vectors = np.linalg.svd(np.concatenate(rows))
    return vectors[np.sum(values > 1e-8) :].reshape(-1, W.dimension, V.dimension)


REDUCTIVE = [
    special_orthogonal(2), special_orthogonal(3), orthogonal(3), special_orthogonal(2, 1), lorentz(3), cyclic(5),
    dihedral(4), symmetric(4), quaternion(8), quaternion(12), icosahedral(), unitary(1), unitary(2),
    special_unitary(2), symplectic(2), special_linear(2), general_linear(2), product(orthogonal(2), symmetric(3)),
]  # fmt: skip


@pytest.mark.parametrize("group", REDUCTIVE, ids=str)
def test_schur_finds_the_null_space(group: Group) -> None:
    vector = Defining(group)
    V = Sum((vector, Trivial(group, 2), Product((vector, vector)))) if group.dimension < 5 else vector
    for W in (V, Sum((Dual(vector), vector, Trivial(group)))):
        assert is_self_adjoint(group)
        found, expected = schur_maps(V, W), _by_null_space(V, W)
        assert found is not None
        assert len(found) == len(expected) > 0
        assert _same_span(found, expected)
        assert _same_span(found, hom_basis(V, W))


def test_real_complex_and_quaternionic_types() -> None:
    for group, scalars in ((symmetric(3), 1), (cyclic(3), 2), (quaternion(8), 4), (special_unitary(2), 4)):
        vector = Defining(group) if group.dimension != 3 else Sum((Defining(group),))
        maps = schur_maps(Product((Trivial(group, 3), vector)), Product((Trivial(group, 2), vector)))
        assert maps is not None
        assert len(maps) == 3 * 2 * (scalars if group.dimension != 3 else 2)


def test_schur_at_sizes_where_a_null_space_is_slow() -> None:
    group = special_orthogonal(3)
    maps = schur_maps(tensor_power(group, 4), tensor_power(group, 4))
    assert maps is not None
    assert len(maps) == 91
    expected = hom_basis(tensor_power(group, 4), tensor_power(group, 4))
    assert _same_span(maps, expected)
    special = special_unitary(3)
    assert len(invariants(special, (Defining(special),) * 4)) == hom_dimension(
        tensor_power(special, 2), tensor_power(special, 2)
    )


def test_only_groups_closed_under_transposes_are_taken_for_reductive() -> None:
    change = np.array([[1.0, 0.5], [0.0, 1.0]])
    sheared = matrix_group(discrete=[change @ cyclic(5).discrete[0] @ np.linalg.inv(change)])
    for group in (HEISENBERG, SHEAR, translations(2), translations(1, integer=True), sheared):
        assert not is_self_adjoint(group), group


NILPOTENT = [HEISENBERG, SHEAR, translations(2), translations(1, integer=True), translations(2, integer=True)]


@pytest.mark.parametrize("group", NILPOTENT, ids=str)
def test_sparse_equations_find_the_null_space(group: Group) -> None:
    for V, W in ((tensor_power(group, 1), tensor_power(group, 2)), (tensor_power(group, 0, 2), tensor_power(group, 1))):
        found = _by_null_space(V, W)
        assert _same_span(found, _by_samples(V, W))


def test_nilpotent_groups_at_sizes_over_a_dense_null_space() -> None:
    """SHEAR is the raising operator of spin 1: the kernel on 8 factors counts states of weight zero, 1107."""
    exact, _ = generator_constraints(SHEAR, (Defining(SHEAR),) * 8)
    assert len(invariant_tensors(exact, [], (3,) * 8)) == 1107
    element = HEISENBERG.sample(np.random.default_rng(0), 1)[0]
    exact, _ = generator_constraints(HEISENBERG, (Defining(HEISENBERG),) * 7)
    moved = tensors = invariant_tensors(exact, [], (3,) * 7)
    for axis in range(7):
        moved = np.moveaxis(np.tensordot(element, moved, axes=(1, axis + 1)), 0, axis + 1)
    assert tensors.shape[0] > 100
    assert np.max(np.abs(moved - tensors)) < 1e-10 * np.max(np.abs(element)) ** 7


def test_orbits_of_pairs_are_those_of_the_product() -> None:
    generator = np.random.default_rng(7)
    for n, m, count in ((6, 9, 1), (8, 5, 2), (12, 12, 2), (7, 7, 0), (1, 4, 1)):
        cut = n // 2
        rows = [
            np.concatenate([generator.permutation(cut), cut + generator.permutation(n - cut)]) for _ in range(count)
        ]
        half = m // 3
        columns = [np.concatenate([generator.permutation(half), half + np.roll(np.arange(m - half), 1)])
                   for _ in range(count)]  # fmt: skip
        found = orbits_of_pairs(rows, columns, (n, m))
        joint = [np.add.outer(row * m, column).ravel() for row, column in zip(rows, columns, strict=True)]
        expected = orbit_labels(joint, n * m).reshape(n, m)
        assert np.array_equal(_renumbered(found.labels), _renumbered(expected))
        assert found.count == len(found) == len(found.pairs()) == expected.max() + 1
        for number, (row, column) in enumerate(found.pairs()):
            assert np.all(found.labels[row, column] == number)


def _renumbered(labels: np.ndarray) -> np.ndarray:
    first, inverse = np.unique(labels, return_index=True, return_inverse=True)[1:]
    return np.argsort(np.argsort(first))[inverse].reshape(labels.shape)


def test_large_permutation_representations_come_as_orbits() -> None:
    group = product(cyclic(40), cyclic(40))
    grid = Product(tuple(Pulled(group, position, Regular(cyclic(40))) for position in (0, 1)))
    (block,) = hom_blocks(grid, grid)
    assert isinstance(block.maps, OrbitMaps)
    assert block.maps.labels.shape == (1600, 1600)
    assert block.count == 1600 == hom_dimension(grid, grid)
    points = symmetric(30)
    (block,) = hom_blocks(tensor_power(points, 2), tensor_power(points, 2))
    assert block.count == 15


def test_rounding_of_a_zero_generator_is_no_generator() -> None:
    """The determinant of E(2) in another basis: its derivative is 1e-17 where it should be 0."""
    change = np.array([[1.0, 0.2, -0.1], [0.1, 0.9, 0.3], [-0.2, 0.1, 1.1]])
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    algebra = change @ np.stack([turn, *translations(2).lie_algebra]) @ np.linalg.inv(change)
    group = matrix_group(algebra, [change @ np.diag([1.0, -1.0, 1.0]) @ np.linalg.inv(change)])
    volume = AlternatingPower(Defining(group), 3)
    assert np.any(volume.algebra_matrix(algebra))
    assert len(hom_basis(SymmetricPower(volume, 2), Trivial(group))) == 1
    assert len(hom_basis(volume, Trivial(group))) == 0


def test_duals_of_powers_keep_their_own_metric() -> None:
    group = lorentz(3)
    squares = SymmetricPower(Defining(group), 2)
    for V, W in ((squares, Dual(squares)), (Dual(squares), tensor_power(group, 1, 1)), (squares, Trivial(group))):
        assert len(hom_basis(V, W)) == hom_dimension(V, W) > 0


def test_one_variable_has_few_harmonics() -> None:
    with pytest.raises(SymdslError, match="SYM0424"):
        Harmonic(orthogonal(1), 2)


def test_a_generator_far_from_normal_is_decided_by_its_weights() -> None:
    """No sum of weights is near zero, but the equations have singular values of 7e-6 of their size."""
    matrix = [[-0.0694, 1.1052, 0.4163], [-0.5781, 0.4514, -1.3221], [-0.5988, 0.4071, -1.7158]]
    group = matrix_group([matrix])
    assert len(hom_basis(Defining(group), tensor_power(group, 1, 2))) == 0
    assert len(hom_basis(Defining(group), tensor_power(group, 2, 1))) == 15
