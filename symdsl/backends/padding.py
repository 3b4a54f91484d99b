"""Batches of rows filled up to few sizes, for backends that compile for each size.

Every kind of rows gets the next power of two of places, at least one more than there are rows of samples and of
whatever an index names: what fills up belongs to one more sample, which the mask of a training loss leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import Method, Program

Array = NDArray[Any]


def places_for(count: int, spare: int) -> int:
    """The least power of two that holds `count` rows and `spare` more."""
    return 1 << max(0, count + spare - 1).bit_length()


def fill_up_rows(program: Program, method: Method, arrays: Sequence[Array]) -> list[Array]:
    """The arguments of a method in the sizes that are compiled: filled with 0, indices with the first place that fills
    up, counts with 1."""
    names = dict(program.row_indices)
    types = [method.nodes[index].type for index in method.arguments]
    counts = _counts(method, arrays)
    spare = {"", *names.values()}
    places = {rows: places_for(count, int(rows in spare)) for rows, count in counts.items()}
    filled = []
    for index, type, array in zip(method.arguments, types, arrays, strict=True):
        if not type.batched:
            filled.append(array)
            continue
        label = method.nodes[index].attributes["name"]
        value = counts[names[label]] if label in names else int(label in program.row_counts)
        more = places[type.rows] - len(array)
        filled.append(np.concatenate([array, np.full((more, *array.shape[1:]), value, dtype=array.dtype)]))
    return filled


def cut_rows(method: Method, outputs: Sequence[Array], arrays: Sequence[Array]) -> list[Array]:
    """The outputs of a method without the rows that its arguments, which were `arrays`, were filled up with."""
    counts = _counts(method, arrays)
    types = [method.nodes[index].type for index in method.outputs]
    return [
        output[: counts[type.rows]] if type.batched else output for output, type in zip(outputs, types, strict=True)
    ]


def _counts(method: Method, arrays: Sequence[Array]) -> Mapping[str, int]:
    types = [method.nodes[index].type for index in method.arguments]
    return {type.rows: len(array) for type, array in zip(types, arrays, strict=True) if type.batched}
