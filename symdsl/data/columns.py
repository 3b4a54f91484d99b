"""Columns of a table as arrays: `x` is (N,), and `p_0`, `p_1`, `p_2` together are `p` (N, 3)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from symdsl.data.dataset import Dataset
from symdsl.data.lazy import Array, Indices, LazyArray, SampleArray

INDEX = re.compile(r"([_.]?)(\d+)$|\[(\d+)\]$")

Group = dict[tuple[int, ...], str]


@dataclass(frozen=True)
class StackedColumns(LazyArray):
    """Columns (N,) side by side as one array (N, *sample), in the order of its indices."""

    columns: tuple[SampleArray, ...]
    sample: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """(N, *sample)."""
        return (len(self.columns[0]), *self.sample)

    @property
    def dtype(self) -> np.dtype:  # type: ignore[override]
        """The least that holds the numbers of every column."""
        return np.result_type(*(column.dtype for column in self.columns))

    def read_slice(self, start: int, stop: int) -> Array:
        """As the columns. Raises SymdslError as they do."""
        return self.stack([column[start:stop] for column in self.columns])

    def read_samples(self, indices: Indices) -> Array:
        """As the columns. Raises SymdslError as they do."""
        return self.stack([column[indices] for column in self.columns])

    def stack(self, parts: list[Array]) -> Array:
        """The parts (n,) of all columns as (n, *sample)."""
        return np.stack(parts, axis=1, dtype=self.dtype).reshape(-1, *self.sample)


def as_dataset(name: str, columns: Mapping[str, SampleArray], refused: Mapping[str, str]) -> Dataset:
    """The columns of a table, and the arrays that some of them are together.

    An array of more than one column is listed in place of its columns; these are found by their names too, as is the
    array (N, 1) of a column `p_0` that stands alone. A name that is a column is that column.
    """
    names = (*(key for key, array in columns.items() if array.ndim == 1), *refused)
    listed, also, taken = dict(columns), {}, set[str]()
    refusals = dict(refused)
    for base, group in sorted(find_groups(names), key=lambda found: -len(found[1])):
        if base in columns or base in also or base in refusals:
            continue
        members = [group[index] for index in sorted(group)]
        if reason := next((refused[member] for member in members if member in refused), None):
            refusals[base] = reason
            continue
        sample = tuple(last + 1 for last in max(group))
        array = StackedColumns(tuple(columns[member] for member in members), sample)
        if len(members) == 1 or taken & set(members):
            also[base] = array
            continue
        taken.update(members)
        also.update({member: listed.pop(member) for member in members})
        listed[base] = array
    return Dataset(name, listed, refused=refusals, also=also, refusal="SYM0809")


def find_groups(names: tuple[str, ...]) -> Iterator[tuple[str, Group]]:
    """Names that together number all entries of an array, as (its name, index -> column); written in one way each."""
    groups: dict[tuple[str, str], Group] = {}
    written: dict[tuple[str, str], int] = {}
    for name in names:
        for base, style, index in endings(name):
            groups.setdefault((base, style), {})[index] = name
            written[base, style] = written.get((base, style), 0) + 1
    for key, group in groups.items():
        complete = math.prod(1 + max(numbers) for numbers in zip(*group, strict=True)) == len(group)
        if complete and written[key] == len(group):
            yield key[0], group


def endings(name: str) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Every way to read a name as an entry of an array: `t_0_1` is (`t_0`, "_", (1,)) and (`t`, "__", (0, 1))."""
    style, index = "", ()
    while (match := INDEX.search(name)) and match.start():
        name = name[: match.start()]
        style = ("[" if match[3] else match[1] or "-") + style
        index = (int(match[3] or match[2]), *index)
        yield name, style, index
