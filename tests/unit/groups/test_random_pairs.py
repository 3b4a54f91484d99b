"""Random groups and representations: solved bases against character theory, equivariance, and the canonical form."""

from collections.abc import Callable

import numpy as np
import pytest

from symdsl.groups.canonical import canonical
from symdsl.groups.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.constraints import hom_basis
from symdsl.groups.dimension import hom_dimension
from symdsl.groups.group import Group
from symdsl.groups.representation import Defining, Dual, LinearPart, Regular, Representation, Trivial

PAIRS = 40


def _simple_group(generator: np.random.Generator) -> Group:
    def size(low: int, high: int) -> int:
        return int(generator.integers(low, high + 1))

    choices: list[Callable[[], Group]] = [
        lambda: cyclic(size(1, 12)),
        lambda: dihedral(size(1, 8)),
        lambda: symmetric(size(1, 6)),
        lambda: special_orthogonal(size(1, 4)),
        lambda: orthogonal(size(1, 4)),
        lambda: translations(size(1, 2), bool(size(0, 1))),
        lambda: lorentz(size(2, 4), bool(size(0, 1)), bool(size(0, 1))),
        lambda: orthogonal(size(1, 2), size(1, 2)),
        lambda: special_orthogonal(size(1, 2), size(1, 2)),
    ]
    return choices[size(0, len(choices) - 1)]()


def _representation(generator: np.random.Generator, group: Group, depth: int = 0) -> Representation:
    kind = generator.random()
    if depth >= 3 or kind < 0.45:
        return _leaf(generator, group, depth)
    if kind < 0.6:
        return Dual(_representation(generator, group, depth + 1))
    parts = tuple(_representation(generator, group, depth + 1) for _ in range(generator.integers(1, 4)))
    return Sum(parts) if kind < 0.8 else Product(parts)


def _leaf(generator: np.random.Generator, group: Group, depth: int) -> Representation:
    choices: list[Callable[[], Representation]] = [
        lambda: Trivial(group, int(generator.integers(1, 4))),
        lambda: Defining(group),
    ]
    if group.order is not None and group.order <= 24:
        choices.append(lambda: Regular(group))
    if group.affine and group.dimension > 1:
        choices.append(lambda: LinearPart(group))
    for position, factor in enumerate(group.factors):
        inner = _representation(generator, factor, depth + 1)
        choices.append(lambda position=position, inner=inner: Pulled(group, position, inner))
    return choices[int(generator.integers(len(choices)))]()


def _pair(generator: np.random.Generator) -> tuple[Representation, Representation]:
    while True:
        group = _simple_group(generator)
        if generator.random() < 0.3:
            group = product(group, _simple_group(generator))
        V, W = _representation(generator, group), _representation(generator, group)
        if V.dimension * W.dimension <= 1_500:
            return V, W


@pytest.mark.parametrize("seed", range(5))
def test_basis_against_dimension(seed: int) -> None:
    generator = np.random.default_rng(seed)
    found = 0
    for _ in range(PAIRS):
        V, W = _pair(generator)
        basis = hom_basis(V, W)
        assert len(basis) == hom_dimension(V, W), (V.group.name, V.text, W.text)
        element = V.group.sample(generator, 1)[0]
        source, target = V.matrix(element), W.matrix(element)
        scale = max(1.0, np.max(np.abs(source)), np.max(np.abs(target)))
        assert np.max(np.abs(target @ basis - basis @ source), initial=0.0) <= 1e-11 * scale
        form = canonical(V)
        assert canonical(form) == form
        assert np.max(np.abs(form.matrix(element) - source)) <= 1e-11 * scale
        found += len(basis)
    assert found > PAIRS
