"""Named arrays over one index of samples, checked before anything is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.faults import bad_data, suggestion
from symdsl.data.lazy import SampleArray, blocks
from symdsl.diagnostics.diagnostic import Span

Indices = NDArray[np.int64]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Dataset:
    """Arrays by key; the leading axis of each counts samples, or the rows of all samples, for a key in `counts`.

    `name` is what the user called it. `kinds` says of which field kind a documented key is ("images": "image"), so that
    a field whose name is not a key can be matched where only one key fits. `partition` holds the published split
    ("train", "validation", "test" -> sample indices), empty where the source has none. `refused` keeps the keys of
    a file that cannot be read, with the reason; asking for one raises `refusal`. `only` is the key of the array in a
    file that has but one, without a name of its own: it fits any field. `also` are arrays that can be asked for and are
    not listed, being parts of those that are. `points` says that samples are trajectories of so many states, one
    trajectory after the other. `counts` says, for an array of rows of which a sample has any number, how many rows each
    sample has.
    """

    name: str
    arrays: Mapping[str, SampleArray]
    kinds: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    partition: Mapping[str, Indices] = field(default_factory=lambda: NOTHING)
    refused: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    only: str | None = None
    also: Mapping[str, SampleArray] = field(default_factory=lambda: NOTHING)
    refusal: str = "SYM0806"
    points: int = 1
    counts: Mapping[str, Indices] = field(default_factory=lambda: NOTHING)

    def __contains__(self, key: str) -> bool:
        return key in self.arrays or key in self.refused or key in self.also

    def __getitem__(self, key: str) -> SampleArray:
        return self.array(key)

    def array(self, key: str, span: Span | None = None) -> SampleArray:
        """The array under `key`, with a leading sample axis and at least one sample.

        Raises SymdslError: SYM0803 no such key, SYM0806 or SYM0809 refused, SYM0814 empty or without a sample axis.
        """
        if key in self.refused:
            raise bad_data(self.refusal, f"`{key}` of {self.name} is refused: {self.refused[key]}", span=span)
        if key not in self:
            hint = suggestion(key, (*self.arrays, *self.refused))
            raise bad_data("SYM0803", f"{self.name} has no array `{key}`", span=span, hint=hint)
        array = self.arrays[key] if key in self.arrays else self.also[key]
        if array.ndim == 0:
            raise bad_data("SYM0814", f"`{key}` of {self.name} is a single number, not one for each sample", span=span)
        if array.size == 0:
            raise bad_data("SYM0814", f"`{key}` of {self.name} is empty: its shape is {array.shape}", span=span)
        return array


def check_same_length(name: str, arrays: Mapping[str, SampleArray], span: Span | None = None) -> int:
    """The number of samples that all arrays share. Raises SymdslError (SYM0810) where they differ."""
    lengths = {key: len(array) for key, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{key} has {length:,}" for key, length in lengths.items())
        raise bad_data("SYM0810", f"arrays of {name} differ in their number of samples", span=span, notes=(listed,))
    return next(iter(lengths.values()), 0)


def check_finite(name: str, key: str, array: SampleArray, span: Span | None = None) -> None:
    """Raises SymdslError (SYM0805) where values are not finite; it says how many, and where the first one is.

    Works in blocks of samples, so that it needs no mask of the size of the data.
    """
    if array.dtype.kind not in "fc":
        return
    bad_count, where = 0, ""
    for start, block in blocks(array):
        bad = ~np.isfinite(block)
        if bad.any():
            bad_count += int(bad.sum())
            if not where:
                place = tuple(int(index) for index in np.argwhere(bad)[0])
                where = f"{key}[{', '.join(map(str, (place[0] + start, *place[1:])))}] is {block[place]}"
    if where:
        note = f"{bad_count:,} of {array.size:,} values are not finite"
        raise bad_data("SYM0805", f"{where} in {name}", span=span, notes=(note,))
