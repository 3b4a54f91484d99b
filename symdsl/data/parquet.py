"""Parquet files: columns of numbers, and of lists of numbers, read a row group at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from symdsl.data.columns import as_dataset
from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import LARGEST_MEMORY, check_bytes, damaged, file_of, reading
from symdsl.data.lazy import Array, Indices, LazyArray, SampleArray
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span
from symdsl.diagnostics.missing import missing_extra

KEPT_BYTES = 1 << 30
"""A column that needs no more than this keeps the row groups it has read; a larger one keeps the last."""


class Parquet:
    """`jets.parquet`: the columns by their names; `p_0`, `p_1`, ... are also the array `p`."""

    name = "parquet"
    description = "a Parquet file: columns of numbers and of lists of numbers"
    keys: Mapping[str, str] = MappingProxyType({"<any>": "the columns of the file; p_0, p_1, ... together are p"})

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The columns of the file, unread. Raises SymdslError (see `read_parquet`)."""
        return read_parquet(file_of(reference, "data.parquet"), reference.span)


SOURCE = Parquet()


@contextmanager
def opened(path: Path, span: Span | None) -> Iterator[Any]:
    """The file as a `pyarrow.parquet.ParquetFile`.

    Raises SymdslError: SYM1009 (exit 4) no pyarrow, SYM0801 unreadable, SYM0802 not Parquet, SYM0807 damaged.
    """
    try:
        from pyarrow.lib import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise missing_extra("pyarrow", "data", "a Parquet file", span) from None
    with reading(path, span):
        with path.open("rb") as stream:
            begins_well = stream.read(4) == b"PAR1"
        if not begins_well:
            raise bad_data("SYM0802", f"{path} is not a Parquet file", span=span)
        try:
            with ParquetFile(path) as file:
                yield file
        except (ArrowException, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise damaged(path, f"{error}".partition("\n")[0], span) from None


def read_parquet(path: Path, span: Span | None = None) -> Dataset:
    """The columns of a Parquet file, each read when it is asked for; those that hold no numbers are refused.

    A list is an axis; where its length is not part of its type, it is that of the first row, and every row's.
    Raises SymdslError: SYM0802 a name given twice, SYM0815 a row group too large, and as `opened` does.
    """
    columns: dict[str, SampleArray] = {}
    refused: dict[str, str] = {}
    with opened(path, span) as file:
        sizes = [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)]
        starts = (0, *accumulate(sizes))
        for column in file.schema_arrow:
            if column.name in columns or column.name in refused:
                raise bad_data("SYM0802", f"{path} has two columns named {column.name}", span=span)
            sample, dtype = sample_of(file, column.name, column.type)
            if dtype is None:
                refused[column.name] = f"it holds {column.type}, and not numbers"
                continue
            largest_group = (max(sizes, default=0), *sample)
            check_bytes(path, column.name, largest_group, dtype.itemsize, span, LARGEST_MEMORY)
            columns[column.name] = ParquetColumn(path, column.name, (starts[-1], *sample), dtype, starts, span)
    return as_dataset(path.name, columns, refused)


def sample_of(file: Any, name: str, kind: Any) -> tuple[tuple[int, ...], np.dtype[Any] | None]:
    """Shape and dtype of one row; no dtype where it holds no numbers. A list is as long as that of the first row."""
    from pyarrow import types

    sizes: list[int] = []
    first: Any = None
    while (fixed := types.is_fixed_size_list(kind)) or types.is_list(kind) or types.is_large_list(kind):
        if not fixed and first is None:
            batch = next(file.iter_batches(batch_size=1, columns=[name]), None)
            first = batch.column(batch.schema.get_field_index(name))[0].as_py() if batch is not None else []
            for _ in sizes:
                first = first[0] if first else []
        length = kind.list_size if fixed else len(first or [])
        first = (first[0] if first else []) if first is not None else None
        sizes.append(length)
        kind = kind.value_type
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        return tuple(sizes), np.dtype(kind.to_pandas_dtype())
    return tuple(sizes), None


@dataclass(frozen=True)
class ParquetColumn(LazyArray):
    """The column `name` of the file `path`, shape (N, *sample); `starts` are the rows at which its groups begin."""

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    starts: tuple[int, ...]
    span: Span | None = None
    read: dict[int, Array] = field(default_factory=dict, compare=False, repr=False)

    def read_slice(self, start: int, stop: int) -> Array:
        """The samples start .. stop - 1. Raises SymdslError (see `group`)."""
        return self.read_samples(np.arange(start, stop))

    def read_samples(self, indices: Indices) -> Array:
        """The samples of these indices. Raises SymdslError (see `group`)."""
        found = np.empty((len(indices), *self.shape[1:]), self.dtype)
        groups = np.searchsorted(self.starts, indices, side="right") - 1
        for place in np.unique(groups):
            inside = groups == place
            found[inside] = self.group(int(place))[indices[inside] - self.starts[place]]
        return found

    def group(self, place: int) -> Array:
        """All rows of a row group (n, *sample).

        Raises SymdslError: SYM0805 a row without a number, SYM0826 a list of another length, and as `opened` does.
        """
        if place in self.read:
            return self.read[place]
        with opened(self.path, self.span) as file:
            if place >= file.num_row_groups:
                raise bad_data("SYM0807", f"{self.path} has changed since it was opened", span=self.span)
            table = file.read_row_group(place, columns=[self.name])
        first = self.starts[place]
        values = table.column(table.schema.get_field_index(self.name)).combine_chunks()
        if len(values) != self.starts[place + 1] - first:
            raise bad_data("SYM0807", f"{self.path} has changed since it was opened", span=self.span)
        found = self.numbers(values, first).reshape(len(values), *self.shape[1:])
        if math.prod(self.shape) * self.dtype.itemsize > KEPT_BYTES:
            self.read.clear()
        self.read[place] = found
        return found

    def numbers(self, values: Any, first: int) -> Array:
        """The numbers of an Arrow array whose rows begin at `first`, in one axis, its lists opened level by level."""
        rows = 1
        for size in self.shape[1:]:
            self.check_whole(values, first, rows)
            lengths = values.value_lengths().to_numpy(zero_copy_only=False)
            other = np.flatnonzero(lengths != size)
            if len(other):
                where = f"row {first + int(other[0]) // rows} of `{self.name}` in {self.path.name}"
                message = f"{where} has a list of {lengths[other[0]]}, and the first row one of {size}"
                raise bad_data("SYM0826", message, span=self.span, hint="every sample of a field has one shape")
            values = values.flatten()
            rows *= size
        self.check_whole(values, first, rows)
        return values.to_numpy(zero_copy_only=False)

    def check_whole(self, values: Any, first: int, entries: int) -> None:
        """Raises SymdslError (SYM0805) where a value is null; there are `entries` of them a row."""
        if values.null_count:
            row = first + int(np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))[0]) // entries
            raise bad_data("SYM0805", f"row {row} of `{self.name}` in {self.path.name} has no number", span=self.span)
