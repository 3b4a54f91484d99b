"""Summands occupy the entries that they claim."""

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product, Pulled, Sum, tensor_power
from symdsl.groups.families.catalogue import lorentz, orthogonal, product, symmetric
from symdsl.groups.maps.summands import summands
from symdsl.groups.representation import Defining, Dual, Permutation, Representation, Trivial

L4 = lorentz()
V, ONE = Defining(L4), Trivial(L4)
PAIR = product(orthogonal(3), symmetric(4))
X, P = Pulled(PAIR, 0, Defining(orthogonal(3))), Pulled(PAIR, 1, Permutation(symmetric(4)))

CASES: list[Representation] = [
    Sum((V, ONE, V, Dual(V), Trivial(L4, 3))),
    Product((V, Trivial(L4, 3), Dual(V))),
    Product((Dual(V), V)),
    Product((Sum((V, Trivial(L4, 2))), Sum((ONE, V, ONE)))),
    Product((P, X, P)),
    Sum((Product((Trivial(PAIR, 2), P)), Product((P, Sum((X, X)))))),
    Defining(PAIR),
]


@pytest.mark.parametrize("representation", CASES, ids=[case.text for case in CASES])
def test_matrix_is_block_diagonal_on_the_indices(representation: Representation) -> None:
    element = representation.group.sample(np.random.default_rng(0), 1)[0]
    matrix = representation.matrix(element)
    rebuilt = np.zeros_like(matrix)
    seen: list[int] = []
    for isotypes in summands(representation):
        block = Product(isotypes.leaves).matrix(element) if isotypes.leaves else np.eye(1)
        for indices in isotypes.indices:
            rebuilt[np.ix_(indices, indices)] = block
            seen += indices.tolist()
    assert sorted(seen) == list(range(representation.dimension))
    assert np.max(np.abs(rebuilt - matrix)) < 1e-11


def test_equal_summands_are_collected_whatever_the_order_of_factors() -> None:
    found = summands(Sum((Product((V, Dual(V))), Product((Dual(V), V)))))
    assert [isotypes.indices.shape for isotypes in found] == [(2, 16)]
    assert [len(isotypes.indices) for isotypes in summands(Product((Trivial(L4, 384), V)))] == [384]


def test_order_is_that_of_first_entries() -> None:
    found = summands(Sum((V, ONE, Dual(V), ONE)))
    assert [int(isotypes.indices[0, 0]) for isotypes in found] == [0, 4, 5]


def test_over_the_limit() -> None:
    with pytest.raises(SymdslError, match="SYM0702"):
        summands(tensor_power(orthogonal(10), 6))
