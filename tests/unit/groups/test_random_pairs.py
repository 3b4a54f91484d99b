"""Random groups and representations: all roads to the dimension, equivariance, and the canonical form."""

import numpy as np
import pytest

from bench.hom_pairs import count_maps, random_group, random_pair
from symdsl.groups.families.catalogue import _CONSTRUCTORS as FAMILIES
from symdsl.groups.maps.constraints import hom_basis
from symdsl.groups.representations.canonical import canonical

PAIRS = 40


@pytest.mark.parametrize("seed", range(5))
def test_basis_against_dimension(seed: int) -> None:
    generator = np.random.default_rng(seed)
    found = 0
    for _ in range(PAIRS):
        V, W = random_pair(generator)
        count = count_maps(V, W)
        assert count.equal, (V.group.name, V.text, W.text, count)
        basis = hom_basis(V, W)
        assert len(basis) == count.stated
        element = V.group.sample(generator, 1, bound=1.0)[0]
        source, target = V.matrix(element), W.matrix(element)
        scale = max(1.0, np.max(np.abs(source)), np.max(np.abs(target)))
        assert np.max(np.abs(target @ basis - basis @ source), initial=0.0) <= 1e-11 * scale
        form = canonical(V)
        assert canonical(form) == form
        assert np.max(np.abs(form.matrix(element) - source)) <= 1e-11 * scale
        found += len(basis)
    assert found > PAIRS


def test_every_family_of_groups_is_met() -> None:
    generator = np.random.default_rng(0)
    met = {part.family for _ in range(600) for part in random_group(generator).parts}
    assert met >= set(FAMILIES)
