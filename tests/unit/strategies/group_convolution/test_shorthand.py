"""The short form written out."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.diagnostic import Span
from symdsl.groups.families.catalogue import dihedral
from symdsl.strategies.group_convolution.architecture import walk_layers
from symdsl.strategies.group_convolution.shorthand import (
    expand_for_image,
    expand_shorthand,
    layer_text,
    most_layers,
)
from symdsl.strategies.group_convolution.walk import FeatureMap, Setting

SPAN = Span("test", 1, 1, 1, 2)


def texts(layers: int, grid: tuple[int, int], kernel: int = 3, dropout: float = 0.0) -> list[str] | None:
    found = expand_shorthand(layers, 10, kernel, dropout, 10, grid, "max", SPAN)
    return None if found is None else [layer_text(layer) for layer in found]


def test_seven_layers_on_28_pixels_are_the_p4cnn() -> None:
    assert texts(7, (28, 28)) == [
        "conv(10)", "conv(10)", "pool(2)", "conv(10)", "conv(10)", "conv(10)", "conv(10)", "conv(10, k = 4)",
        "group_pool", "space_pool",
    ]  # fmt: skip


def test_odd_sizes_pool_over_three() -> None:
    found = texts(4, (29, 29))
    assert found is not None
    assert "pool(3, stride = 2)" in found


def test_small_images_are_not_pooled() -> None:
    assert texts(4, (8, 8)) == ["conv(10)", "conv(10)", "conv(10)", "conv(10, k = 2)", "group_pool", "space_pool"]
    assert texts(5, (8, 8)) is None
    assert most_layers(3, (8, 8)) == 4


def test_dropout_follows_every_layer_but_the_last() -> None:
    found = texts(3, (8, 8), dropout=0.25)
    assert found is not None
    assert found.count("dropout(0.25)") == 2


@pytest.mark.parametrize("layers", [1, 2, 3, 5, 7])
def test_whatever_it_gives_is_exact(layers: int) -> None:
    for height, size in [(size + extra, size) for size in range(8, 120) for extra in (0, 3)]:
        found = expand_shorthand(layers, 2, 3, 0.0, 10, (height, size), "max", SPAN)
        if found is None:
            assert layers > most_layers(3, (height, size))
            continue
        group = dihedral(4) if height == size else dihedral(2)
        setting = Setting(FeatureMap((height, size), 1), group, 10, None, True, "relu", "max", SPAN)
        walk = walk_layers(found, setting)
        assert not walk.faults
        assert len(walk.kept) == group.order


def test_an_image_of_the_same_size_needs_padding_and_keeps_space() -> None:
    found = [layer_text(layer) for layer in expand_for_image(3, 6, 5, 0.1, 2, "mean", SPAN)]
    padded = "conv(6, k = 5, padding = same)"
    last = "conv(2, k = 5, padding = same)"
    assert found == [padded, "dropout(0.1)", padded, "dropout(0.1)", last, "group_pool(mean)"]
    layers = expand_for_image(3, 6, 5, 0.0, 2, "max", SPAN)
    setting = Setting(FeatureMap((9, 9), 1), dihedral(4), 2, (9, 9), True, "relu", "max", SPAN)
    assert not walk_layers(layers, setting).faults
