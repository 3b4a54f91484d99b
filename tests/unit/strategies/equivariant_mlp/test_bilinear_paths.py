"""Which products of blocks a bilinear layer has."""

from __future__ import annotations

import pytest

from symdsl.groups.combinations import Product
from symdsl.groups.families.catalogue import matrix_group
from symdsl.groups.maps.dimension import hom_dimension
from symdsl.ir.operations.equivariant import copies_of
from symdsl.strategies.equivariant_mlp import build
from symdsl.strategies.equivariant_mlp.hidden import hidden_representation

REPRESENTATION = hidden_representation(matrix_group([[[1, 0], [0, -1]]]), 40)
KINDS = [kind for _, kind in copies_of(REPRESENTATION)]


def entries(path: tuple[int, int, int]) -> int:
    """Entries of all maps of a path."""
    left, right, output = (KINDS[place] for place in path)
    return hom_dimension(Product((left, right)), output) * left.dimension * right.dimension * output.dimension


def test_every_product_with_a_map_where_there_is_room() -> None:
    places = range(len(KINDS))
    pairs = [(first, second) for first in places for second in places if 0 < second >= first]
    assert build.bilinear_paths(REPRESENTATION) == tuple(
        path for pair in pairs for result in places if entries(path := (*pair, result))
    )


def test_small_products_first_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of a large representation has thousands of products, and maps by the thousand in a large one."""
    every = build.bilinear_paths(REPRESENTATION)
    monkeypatch.setattr(build, "LARGEST_TABLES", 1_000)
    chosen = build.bilinear_paths(REPRESENTATION)
    assert set(chosen) < set(every)
    assert 500 < sum(map(entries, chosen)) <= 1_000
    left_out = set(every) - set(chosen)
    dimension = {path: KINDS[path[0]].dimension * KINDS[path[1]].dimension * KINDS[path[2]].dimension for path in every}
    assert max(dimension[path] for path in chosen) <= min(dimension[path] for path in left_out)
