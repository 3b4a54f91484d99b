"""Arrays over one index of rows, written as they come: npz, CSV or Parquet, whole or not at all."""

from __future__ import annotations

import csv
import math
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.write import replacing
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.missing import missing_extra

Array = NDArray[Any]
STDOUT = "-"
ENDINGS = (".npz", ".csv", ".parquet")


@dataclass(frozen=True)
class Column:
    """An array of a table: its name, the shape of one row and its dtype, and how many rows it has by itself.

    Only an archive takes columns of different numbers of rows.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    count: int | None = None

    @property
    def flat(self) -> list[str]:
        """A name for each number of a row: `y`, or `v_0`, `v_1`, or `t_0_0`, `t_0_1`."""
        return ["_".join((self.name, *map(str, index))) for index in np.ndindex(*self.shape)]


def column_name(wish: str, taken: Collection[str]) -> str:
    """`wish`, with an underscore more as long as another column is called so."""
    while wish in taken:
        wish += "_"
    return wish


class TableWriter(Protocol):
    """Takes the rows of all columns, some at a time."""

    def add(self, rows: Mapping[str, Array]) -> None:
        """Append rows (n, *shape) of every column."""
        ...


def check_table_path(path: str) -> None:
    """Raises SymdslError: SYM1230 (exit code 2) for an ending of no known format, SYM1009 (exit 4) without pyarrow."""
    ending = Path(path).suffix.lower()
    if path != STDOUT and ending not in ENDINGS:
        hint = f"name a file that ends in {', '.join(ENDINGS)}, or - for CSV on stdout"
        raise SymdslError(Diagnostic("SYM1230", f"no table can be written to {path}", hint=hint), exit_code=2)
    if ending == ".parquet" and path != STDOUT:
        try:
            import pyarrow.parquet
        except ImportError:
            raise missing_extra("pyarrow", "data", "a Parquet file") from None
        assert pyarrow.parquet


@contextmanager
def open_table(path: str, columns: Iterable[Column], count: int) -> Iterator[TableWriter]:
    """A writer of `count` rows; the file is there when the block ends well. "-" is CSV on stdout.

    Raises SymdslError: as `check_table_path`, and SYM0907 where the file cannot be written.
    """
    check_table_path(path)
    known = tuple(columns)
    if Path(path).suffix.lower() != ".npz" or path == STDOUT:
        _refuse_lengths(path, known, count)
    if path == STDOUT:
        yield _Csv(sys.stdout, known)
        return
    with replacing(Path(path)) as temporary:
        match Path(path).suffix.lower():
            case ".npz":
                with _open_npz(temporary, known, count) as writer:
                    yield writer
            case ".csv":
                with temporary.open("w", encoding="utf-8", newline="") as stream:
                    yield _Csv(stream, known)
            case _:
                with _open_parquet(temporary, known) as writer:
                    yield writer


def _refuse_lengths(path: str, columns: tuple[Column, ...], count: int) -> None:
    """Raises SymdslError (SYM1230, exit code 2) where columns of different numbers of rows are to be one table."""
    lengths = {column.name: count if column.count is None else column.count for column in columns}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        message = "what is predicted has different numbers of rows, and no table holds them together"
        hint = "name a file that ends in .npz"
        raise SymdslError(Diagnostic("SYM1230", message, notes=(listed,), hint=hint), exit_code=2)


class _Csv:
    """A line a row; floats in the fewest digits that give them back."""

    def __init__(self, stream: IO[str], columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self.writer = csv.writer(stream, lineterminator="\n")
        self.writer.writerow([name for column in columns for name in column.flat])

    def add(self, rows: Mapping[str, Array]) -> None:
        texts = [rows[column.name].reshape(-1, math.prod(column.shape)).astype(str) for column in self.columns]
        self.writer.writerows(np.concatenate([text.astype(object) for text in texts], axis=1).tolist())


class _Npz:
    """Arrays in files of their own, since an archive takes one after the other."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays, self.done = arrays, dict.fromkeys(arrays, 0)

    def add(self, rows: Mapping[str, Array]) -> None:
        for name, array in self.arrays.items():
            first = self.done[name]
            self.done[name] = first + len(rows[name])
            array[first : self.done[name]] = rows[name]


@contextmanager
def _open_npz(path: Path, columns: tuple[Column, ...], count: int) -> Iterator[_Npz]:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as folder:
        parts = {column.name: Path(folder) / f"{place}.npy" for place, column in enumerate(columns)}
        arrays = {
            column.name: np.lib.format.open_memmap(
                parts[column.name], mode="w+", dtype=column.dtype,
                shape=(count if column.count is None else column.count, *column.shape),
            )
            for column in columns
        }
        yield _Npz(arrays)
        for array in arrays.values():
            array.flush()
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in parts.items():
                # no date: equal arrays make equal files
                entry = zipfile.ZipInfo(f"{name}.npy")
                with part.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target)


class _Parquet:
    """A row group for each batch."""

    def __init__(self, writer: Any, columns: tuple[Column, ...]) -> None:
        self.writer, self.columns = writer, columns

    def add(self, rows: Mapping[str, Array]) -> None:
        import pyarrow

        flat = [rows[column.name].reshape(-1, math.prod(column.shape)) for column in self.columns]
        arrays = [pyarrow.array(np.ascontiguousarray(numbers)) for part in flat for numbers in part.T]
        self.writer.write_table(pyarrow.Table.from_arrays(arrays, schema=self.writer.schema))


@contextmanager
def _open_parquet(path: Path, columns: tuple[Column, ...]) -> Iterator[_Parquet]:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    kinds = [
        (name, pyarrow.from_numpy_dtype(np.dtype(column.dtype))) for column in columns for name in column.flat
    ]
    with ParquetWriter(path, pyarrow.schema(kinds)) as writer:
        yield _Parquet(writer, columns)
