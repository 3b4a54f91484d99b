"""Samples of random size for models of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.data.neighbours import all_pairs
from symdsl.data.rows import offsets_of

LARGEST_SAMPLE = 6


def random_rows(
    model: Model, generator: np.random.Generator, count: int
) -> tuple[dict[str, NDArray[Any]], dict[str, int]]:
    """The index fields of `count` samples of random size, the first as small as can be, and the number of all rows of
    each kind. Where edges are given each graph has random ones, loops and repeated ones among them."""
    arrays: dict[str, NDArray[Any]] = {}
    rows: dict[str, int] = {"": count}
    for ragged in model.ragged.values():
        most = max(ragged.minimum, min(ragged.maximum or LARGEST_SAMPLE, ragged.minimum + LARGEST_SAMPLE - 1))
        counts = generator.integers(ragged.minimum, most + 1, count)
        counts[0] = ragged.minimum
        begin = offsets_of(counts)
        arrays[f"sample_of_{ragged.rows}"] = np.repeat(np.arange(count), counts)
        arrays[f"n_{ragged.rows}"] = counts
        rows[ragged.rows] = int(begin[-1])
        if ragged.name in model.edge_rules:
            given = model.edge_rules[ragged.name].kind != "all"
            pairs = [_random_edges(generator, int(size)) if given else all_pairs(int(size)) for size in counts]
            for place, end in enumerate(("senders", "receivers")):
                arrays[f"{ragged.name}_{end}"] = np.concatenate(
                    [pair[place] + first for pair, first in zip(pairs, begin[:-1], strict=True)]
                )
            rows[ragged.edge_rows] = len(arrays[f"{ragged.name}_senders"])
    return arrays, rows


def _random_edges(generator: np.random.Generator, nodes: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    count = int(generator.integers(0, 3 * nodes))
    return generator.integers(0, nodes, count), generator.integers(0, nodes, count)
