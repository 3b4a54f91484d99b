"""The canonical form keeps every matrix and makes equal declarations equal."""

import numpy as np
import pytest

from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.composed import OfLinearPart
from symdsl.groups.families.affine import euclidean
from symdsl.groups.families.catalogue import (
    cyclic,
    lorentz,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.canonical import canonical
from symdsl.groups.representations.harmonics import Harmonic

O3, L4, S3, PAIR = orthogonal(3), lorentz(), symmetric(3), product(orthogonal(3), symmetric(4))
E3 = euclidean(3)
V, L, ONE = Defining(O3), Defining(L4), Trivial(O3)
FINITE_PAIR = product(cyclic(3), symmetric(3))

EQUAL = [
    (Dual(V), V),
    (Dual(Dual(L)), L),
    (Dual(Sum((L, Trivial(L4, 2)))), Sum((Dual(L), Trivial(L4, 2)))),
    (Dual(Product((L, Dual(L)))), Product((Dual(L), L))),
    (Sum((Sum((V, V)), V)), Product((Trivial(O3, 3), V))),
    (Sum((ONE, Trivial(O3, 2), V)), Sum((Trivial(O3, 3), V))),
    (Product((ONE, V, ONE)), V),
    (Product((Product((V, V)), V)), Product((V, V, V))),
    (Product((Trivial(O3, 2), Trivial(O3, 3), V)), Product((Trivial(O3, 6), V))),
    (Sum((V,)), V),
    (Product((ONE, ONE)), ONE),
    (Defining(S3), Permutation(S3)),
    (Dual(Permutation(S3)), Permutation(S3)),
    (Defining(PAIR), Sum((Pulled(PAIR, 0, V), Pulled(PAIR, 1, Permutation(symmetric(4)))))),
    (Pulled(PAIR, 0, Sum((V, ONE))), Sum((Pulled(PAIR, 0, V), Trivial(PAIR)))),
    (Regular(FINITE_PAIR), Product((Pulled(FINITE_PAIR, 0, Regular(cyclic(3))), Pulled(FINITE_PAIR, 1, Regular(S3))))),
    (Defining(cyclic(1)), Trivial(cyclic(1), 2)),
    (Defining(special_orthogonal(1)), Trivial(special_orthogonal(1))),
    (LinearPart(translations(3)), Trivial(translations(3), 3)),
    (OfLinearPart(E3, Sum((V, ONE))), Sum((LinearPart(E3), Trivial(E3)))),
    (OfLinearPart(E3, Product((V, Harmonic(O3, 2)))), Product((LinearPart(E3), OfLinearPart(E3, Harmonic(O3, 2))))),
]
UNEQUAL = [
    (Dual(L), L),
    (Sum((V, ONE)), Sum((ONE, V))),
    (Product((V, Trivial(O3, 2))), Product((Trivial(O3, 2), V))),
    (Regular(S3), Permutation(S3)),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_declarations_have_one_form(left: Representation, right: Representation) -> None:
    assert canonical(left) == canonical(right)


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_different_representations_stay_different(left: Representation, right: Representation) -> None:
    assert canonical(left) != canonical(right)


@pytest.mark.parametrize("representation", [part for pair in EQUAL + UNEQUAL for part in pair])
def test_matrices_are_kept_and_form_is_stable(representation: Representation) -> None:
    form = canonical(representation)
    assert canonical(form) == form
    assert form.dimension == representation.dimension
    samples = representation.group.sample(np.random.default_rng(0), 4)
    assert np.max(np.abs(form.matrix(samples) - representation.matrix(samples))) < 1e-12
