"""(j1, j2) of groups of space and time: homomorphisms on boosts, irreducible, and the decomposition of tensors."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.check.irreducible import irreducible_of_spacetime
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.combinations import Product, tensor_power
from symdsl.groups.descriptions import representation_from_description
from symdsl.groups.families.catalogue import lorentz, orthogonal, special_orthogonal
from symdsl.groups.group import Group
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.groups.representation import Defining, Representation
from symdsl.groups.representations.canonical import canonical
from symdsl.groups.representations.harmonics import Harmonic
from symdsl.groups.representations.homomorphism import derivative_error, homomorphism_error
from symdsl.groups.representations.lorentz_irreducible import LorentzPair
from symdsl.groups.representations.powers import AlternatingPower

PROPER = lorentz(4, parity=False, time_reversal=False)
FULL = lorentz(4)
GROUPS = [PROPER, FULL, lorentz(4, True, False), lorentz(4, False, True), orthogonal(3, 1), special_orthogonal(1, 3)]
PAIRS = [(2, 0), (3, 1), (4, 0), (4, 2), (5, 1), (6, 4)]


def irrep(group: Group, first: float, second: float, parity: str | None = None) -> Representation:
    return irreducible_of_spacetime(group, first, second, parity)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_homomorphisms_on_boosts_up_to_rapidity_2(group: Group) -> None:
    samples = group.sample(np.random.default_rng(0), 30, bound=2.0)
    for twice in PAIRS:
        pair = LorentzPair(group, twice)
        assert pair.dimension == 2 * (twice[0] + 1) * (twice[1] + 1)
        assert homomorphism_error(pair, samples) < 1e-10
        assert derivative_error(pair) < 1e-10
        matrices = pair.matrix(samples)
        assert np.allclose(np.trace(matrices, axis1=1, axis2=2), pair.character(samples), rtol=1e-8, atol=1e-6)
        assert np.max(np.abs(pair.matrix(samples.swapaxes(1, 2)) - matrices.swapaxes(1, 2))) < 1e-10 * np.max(matrices)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_irreducible_and_different(group: Group) -> None:
    """Reflections leave only real multiples; the connected group, and -1, the complex ones."""
    mixing = any(np.linalg.det(h) < 0.0 for h in group.discrete)
    for twice in PAIRS[:4]:
        for other in PAIRS[:4]:
            expected = 0 if twice != other else 1 if mixing else 2
            source, target = LorentzPair(group, twice), LorentzPair(group, other)
            assert hom_dimension(source, target) == expected
            assert source.dimension * target.dimension > 400 or len(hom_basis(source, target)) == expected


def test_tensors_of_rank_2() -> None:
    """T(2, 0) = (0, 0) + (1, 1) + (1, 0) + (0, 1), the last two over the reals one pair (Weinberg 1995, 5.6)."""
    for group, own in ((FULL, 1), (PROPER, 2)):
        counts = [hom_dimension(irrep(group, *labels), tensor_power(group, 2)) for labels in ((0, 0), (1, 1), (1, 0))]
        assert counts == [1, 1, own]
        sizes = [irrep(group, *labels).dimension for labels in ((0, 0), (1, 1), (1, 0))]
        assert sum(sizes) == 16
        for labels in ((0.5, 0.5), (2, 0), (1.5, 0.5), (2, 2)):
            assert hom_dimension(irrep(group, *labels), tensor_power(group, 2)) == 0
        assert hom_dimension(irrep(group, 1, 0), AlternatingPower(Defining(group), 2)) == own
        # V x (1, 0) = (3/2, 1/2) + (1/2, 1/2), with the conjugates; V and the pseudovector are one if all is proper
        product = Product((Defining(group), irrep(group, 1, 0)))
        counts = [hom_dimension(irrep(group, *labels), product) for labels in ((1.5, 0.5), (0.5, 0.5))]
        assert counts == [own, own]


def test_one_form_for_equal_declarations() -> None:
    assert canonical(irrep(FULL, 0.5, 0.5)) == canonical(Defining(FULL))
    assert irrep(FULL, 1, 1) == Harmonic(FULL, 2)
    assert irrep(FULL, 0, 0, "pseudo") == Harmonic(FULL, 0, pseudo=True)
    assert irrep(PROPER, 0, 1) == irrep(PROPER, 1, 0)
    pair = LorentzPair(FULL, (3, 1))
    assert pair.text == "irrep(3/2, 1/2)"
    assert representation_from_description(pair.describe()) == pair


@pytest.mark.parametrize("labels", [(0.5, 0), (1, 0.5), (0.3, 0.3), (-1, 1), (40, 0)])
def test_what_does_not_exist(labels: tuple[float, float]) -> None:
    with pytest.raises(SymdslError, match="SYM0424"):
        irrep(FULL, *labels)
