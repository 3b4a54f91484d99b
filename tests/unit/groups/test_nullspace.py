"""The null-space road agrees with orbits, with pairings and with reciprocity: the same subspace by different means."""

import numpy as np
import pytest

from symdsl.groups.arrays.echelon import canonical_basis
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    matrix_group,
    orthogonal,
    special_orthogonal,
    symmetric,
)
from symdsl.groups.group import Group
from symdsl.groups.maps.invariants import generator_constraints, invariants
from symdsl.groups.maps.nullspace import invariant_tensors
from symdsl.groups.representation import Defining, Permutation, Regular, Representation

CASES = [
    *((group, (Defining(group),) * rank)
      for group in (special_orthogonal(2), special_orthogonal(3), orthogonal(3), special_orthogonal(4), lorentz(),
                    special_orthogonal(1, 2)) for rank in (1, 2, 3, 4)),
    (symmetric(4), (Permutation(symmetric(4)),) * 3),
    (dihedral(3), (Regular(dihedral(3)),) * 2),
    (dihedral(4), (Regular(dihedral(4)), Defining(dihedral(4)))),
    (cyclic(5), (Defining(cyclic(5)), Regular(cyclic(5)), Defining(cyclic(5)))),
]  # fmt: skip


@pytest.mark.parametrize(("group", "leaves"), CASES)
def test_roads_agree(group: Group, leaves: tuple[Representation, ...]) -> None:
    expected = invariants(group, leaves).reshape(-1, int(np.prod([leaf.dimension for leaf in leaves])))
    exact, mixtures = generator_constraints(group, leaves)
    shape = tuple(leaf.dimension for leaf in leaves)
    found = canonical_basis(invariant_tensors(exact, mixtures, shape).reshape(-1, expected.shape[1]))
    assert len(found) == len(expected)
    assert np.max(np.abs(found.T @ found - expected.T @ expected), initial=0.0) < 1e-11


def test_mixtures_only_speed_up() -> None:
    group = special_orthogonal(3)
    leaves = (Defining(group),) * 4
    exact, _ = generator_constraints(group, leaves)
    plain = invariant_tensors(exact, [], (3,) * 4).reshape(-1, 81)
    assert len(plain) == 3


def test_nilpotent_generators_have_no_weights() -> None:
    group = matrix_group([[[0, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 0, 0], [0, 0, 0], [0, 1, 0]]])
    assert np.array_equal(np.abs(invariants(group, (Defining(group),))), [[0.0, 0.0, 1.0]])


def test_jordan_blocks_are_not_taken_for_diagonal() -> None:
    """[[1, 1], [0, 1]] as a discrete generator: the invariant vectors are a line, though all weights are 1."""
    group = matrix_group([[[0, 1, 0], [0, 0, 0], [0, 0, 0]]], [np.diag([1.0, 1.0, -1.0])])
    assert np.allclose(np.abs(invariants(group, (Defining(group),))), [[1.0, 0.0, 0.0]], rtol=0, atol=1e-14)


@pytest.mark.parametrize("size", [1e-8, 1e8])
def test_scale_of_generators_does_not_matter(size: float) -> None:
    group = matrix_group(size * special_orthogonal(3).lie_algebra)
    assert len(invariants(group, (Defining(group),) * 3)) == 1
    assert len(invariants(group, (Defining(group),) * 4)) == 3
