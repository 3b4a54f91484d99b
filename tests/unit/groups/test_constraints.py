"""Bases of equivariant maps: published counts, equivariance, projection, subgroups, change of basis, determinism."""

import subprocess
import sys

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
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
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis, hom_blocks, invariant_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Dual, Permutation, Regular, Representation, Trivial

FORM = np.block([[np.zeros((2, 2)), np.eye(2)], [-np.eye(2), np.zeros((2, 2))]])
UNITS = np.eye(4)
SYMPLECTIC = matrix_group(
    [FORM @ (np.outer(UNITS[i], UNITS[j]) + np.outer(UNITS[j], UNITS[i])) for i in range(4) for j in range(i, 4)],
    name="Sp",
)
SPECIAL_LINEAR = matrix_group([[[1, 0], [0, -1]], [[0, 1], [0, 0]], [[0, 0], [1, 0]]], name="SL")
HEISENBERG = matrix_group([[[0, 1, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]], name="Heisenberg")
RIGID = matrix_group(
    [[[0, -1, 0], [1, 0, 0], [0, 0, 0]], [[0, 0, 1], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]],
    name="SE",
)
CONNECTED = lorentz(4, parity=False, time_reversal=False)

PUBLISHED = [
    (special_orthogonal(2), [1, 0, 2, 0, 6, 0, 20, 0, 70]),
    (special_orthogonal(3), [1, 0, 1, 1, 3, 6, 15, 36, 91]),
    (special_orthogonal(4), [1, 0, 1, 0, 4, 0, 25, 0]),
    (special_orthogonal(5), [1, 0, 1, 0, 3, 1, 15, 15]),
    (special_orthogonal(6), [1, 0, 1, 0, 3, 0, 16]),
    (special_orthogonal(7), [1, 0, 1, 0, 3]),
    (special_orthogonal(8), [1, 0, 1, 0, 3]),
    (orthogonal(2), [1, 0, 1, 0, 3, 0, 10]),
    (orthogonal(3), [1, 0, 1, 0, 3, 0, 15]),
    (orthogonal(4), [1, 0, 1, 0, 3, 0, 15]),
    (CONNECTED, [1, 0, 1, 0, 4, 0, 25]),
    (lorentz(), [1, 0, 1, 0, 3, 0, 15]),
    (SYMPLECTIC, [1, 0, 1, 0, 3, 0, 14]),
    (symmetric(6), [1, 1, 2, 5, 15, 52]),
    (symmetric(3), [1, 1, 2, 5, 14]),
]


@pytest.mark.parametrize(("group", "counts"), PUBLISHED, ids=[str(group) for group, _ in PUBLISHED])
def test_published_counts_of_invariant_tensors(group: Group, counts: list[int]) -> None:
    assert [len(invariant_basis(tensor_power(group, rank))) for rank in range(len(counts))] == counts
    assert [hom_dimension(Trivial(group), tensor_power(group, rank)) for rank in range(len(counts))] == counts


GROUPS = [
    cyclic(1), cyclic(4), cyclic(5), dihedral(3), symmetric(4), symmetric(9), translations(2),
    translations(1, integer=True), special_orthogonal(1), special_orthogonal(2), orthogonal(3),
    special_orthogonal(1, 3), orthogonal(2, 1), lorentz(),
    SPECIAL_LINEAR, HEISENBERG, RIGID, product(orthogonal(3), symmetric(4)), product(cyclic(3), symmetric(3)),
    product(translations(2), symmetric(3)),
]  # fmt: skip


def _representations(group: Group) -> list[Representation]:
    vector = Defining(group)
    found: list[Representation] = [
        Trivial(group, 2), vector, Dual(vector), tensor_power(group, 1, 1),
        Sum((Product((vector, Trivial(group, 2))), Trivial(group), tensor_power(group, 0, 2))),
    ]  # fmt: skip
    if group.order is not None and group.order <= 24:
        found += [Regular(group), Product((Regular(group), Dual(vector)))]
    return [part for part in found if part.dimension <= 60]


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_bases_are_equivariant_orthonormal_and_complete(group: Group) -> None:
    representations = _representations(group)
    samples = group.sample(np.random.default_rng(3), 3)
    words = np.concatenate([samples, samples @ samples[[1, 2, 0]]])
    for V in representations:
        for W in representations:
            basis = hom_basis(V, W)
            assert len(basis) == hom_dimension(V, W)
            gram = np.einsum("kij,lij->kl", basis, basis)
            assert np.max(np.abs(gram - np.eye(len(basis))), initial=0.0) < 1e-12
            for source, target in zip(V.matrix(words), W.matrix(words), strict=True):
                left, right = target @ basis, basis @ source
                scale = max(1.0, np.max(np.abs(left), initial=0.0))
                assert np.max(np.abs(left - right), initial=0.0) / scale < 1e-11


@pytest.mark.parametrize("group", [cyclic(4), dihedral(3), symmetric(4), product(cyclic(3), symmetric(3))], ids=str)
def test_group_average_of_any_matrix_lies_in_the_span(group: Group) -> None:
    V = Sum((Defining(group), Trivial(group)))
    W = tensor_power(group, 2)
    elements = group.elements()
    raw = np.random.default_rng(0).standard_normal((W.dimension, V.dimension))
    average = np.mean(W.matrix(elements) @ raw @ V.matrix(np.linalg.inv(elements)), axis=0)
    basis = hom_basis(V, W)
    remainder = average - np.einsum("kij,kab,ab->ij", basis, basis, average)
    assert np.max(np.abs(average)) > 0.01
    assert np.max(np.abs(remainder)) < 1e-13


def test_haar_average_lies_in_the_span() -> None:
    """SO(2): a trigonometric polynomial is averaged exactly by enough equal turns."""
    turns, group = cyclic(16).elements(), special_orthogonal(2)
    V, W = tensor_power(group, 2), tensor_power(group, 3)
    V = Sum((V, Defining(group)))
    raw = np.random.default_rng(0).standard_normal((W.dimension, V.dimension))
    average = np.mean(W.matrix(turns) @ raw @ V.matrix(turns.swapaxes(1, 2)), axis=0)
    basis = hom_basis(V, W)
    assert np.max(np.abs(average)) > 0.01
    assert np.max(np.abs(average - np.einsum("kij,kab,ab->ij", basis, basis, average))) < 1e-13


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (cyclic(4), dihedral(4)), (cyclic(2), cyclic(4)), (cyclic(5), special_orthogonal(2)),
        (special_orthogonal(3), orthogonal(3)), (CONNECTED, lorentz()), (dihedral(6), orthogonal(2)),
    ],
)  # fmt: skip
def test_a_subgroup_never_has_a_smaller_basis(smaller: Group, larger: Group) -> None:
    for rank in range(5):
        small, large = (invariant_basis(tensor_power(group, rank)) for group in (smaller, larger))
        assert len(small) >= len(large)
        assert np.max(np.abs(large - large @ small.T @ small), initial=0.0) < 1e-12


def test_trivial_group_leaves_everything_free() -> None:
    for group in (cyclic(1), symmetric(1), special_orthogonal(1)):
        basis = hom_basis(Trivial(group, 3), Sum((Defining(group), Trivial(group))))
        assert len(basis) == 3 * (group.dimension + 1)


@pytest.mark.parametrize("rank", [2, 3, 4])
def test_a_change_of_basis_conjugates(rank: int) -> None:
    change = np.array([[1.0, 0.4, 0.0], [-0.2, 0.9, 0.3], [0.1, 0.0, 1.2]])
    group = special_orthogonal(3)
    conjugate = matrix_group(change @ group.lie_algebra @ np.linalg.inv(change))
    expected = invariant_basis(tensor_power(group, rank)) @ tensor_power(group, rank).matrix(change).T
    found = invariant_basis(tensor_power(conjugate, rank))
    assert len(found) == len(expected)
    assert np.max(np.abs(expected - expected @ found.T @ found)) < 1e-12


def test_bell_numbers() -> None:
    group = symmetric(8)
    assert len(hom_basis(tensor_power(group, 1), tensor_power(group, 1))) == 2
    assert len(hom_basis(tensor_power(group, 2), tensor_power(group, 2))) == 15


def test_blocks_over_a_product_are_products_of_blocks() -> None:
    group = product(symmetric(5), orthogonal(3))
    points, vector = Pulled(group, 0, Permutation(symmetric(5))), Pulled(group, 1, Defining(orthogonal(3)))
    field = Product((points, vector))
    (block,) = hom_blocks(field, field)
    assert block.basis.shape == (2, 15, 15)
    assert hom_dimension(field, field) == 2
    (across,) = hom_blocks(field, Product((vector, points)))
    moved = across.basis[:, np.argsort(across.rows[0])]
    assert np.allclose(
        moved.reshape(2, 3, 5, 5, 3).transpose(0, 2, 1, 3, 4).reshape(2, 15, 15), block.basis, atol=1e-15
    )


def test_blocks_hold_the_multiplicities() -> None:
    group = orthogonal(3)
    vector = Defining(group)
    V = Sum((Trivial(group, 7), vector, Trivial(group, 2), Product((vector, Trivial(group, 5)))))
    blocks = hom_blocks(V, V)
    assert sorted((len(block.rows), len(block.columns), len(block.basis)) for block in blocks) == [(6, 6, 1), (9, 9, 1)]
    assert sum(block.count for block in blocks) == 117 == len(hom_basis(V, V))


def test_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from symdsl.groups.families.catalogue import dihedral, lorentz, matrix_group\n"
        "from symdsl.groups.combinations import Product, tensor_power\n"
        "from symdsl.groups.maps.constraints import hom_basis\n"
        "from symdsl.groups.representation import Defining, Regular\n"
        "digest = hashlib.sha256()\n"
        "borel = matrix_group([[[0, 1, 0], [0, 0, 0], [0, 0, 0]], [[1, 0, 0], [0, 0, 0], [0, 0, -1]]])\n"
        "for group in (dihedral(5), lorentz(3), borel):\n"
        "    digest.update(hom_basis(tensor_power(group, 1, 1), tensor_power(group, 2)).tobytes())\n"
        "digest.update(hom_basis(Regular(dihedral(5)), Defining(dihedral(5))).tobytes())\n"
        "print(digest.hexdigest())\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_unclear_ranks_are_refused() -> None:
    noisy = matrix_group([[[0, -1, 0], [1, 0, 0], [0, 0, 1e-7]]], name="noisy")
    with pytest.raises(SymdslError, match="SYM0422") as caught:
        invariant_basis(Defining(noisy))
    assert "e-0" in caught.value.diagnostics[0].notes[0]


def test_misuse_and_limits_are_refused() -> None:
    with pytest.raises(SymdslError, match="SYM0423"):
        hom_basis(Defining(cyclic(3)), Defining(cyclic(4)))
    with pytest.raises(SymdslError, match="SYM0703"):
        hom_basis(Trivial(cyclic(4), 5_000), Trivial(cyclic(4), 5_000))
    with pytest.raises(SymdslError, match="SYM0702"):
        hom_basis(Trivial(cyclic(4), 500_000), Trivial(cyclic(4)))
    with pytest.raises(SymdslError, match=r"SYM070[34]"):
        invariant_basis(tensor_power(HEISENBERG, 10))


def test_bases_are_read_only() -> None:
    assert not hom_basis(Defining(cyclic(4)), Defining(cyclic(4))).flags.writeable
