"""Tables as text, CSV and TSV: a line of column names, then a line of numbers for each sample."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import IO

import numpy as np
from numpy.typing import NDArray

from symdsl.data.columns import as_dataset
from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import LARGEST_MEMORY, file_of, lines_of, reading
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span

LONGEST_LINE = 16 << 20
"""Characters of a line."""
CELLS_AT_ONCE = 200_000
BYTES_A_NUMBER = 8

Row = tuple[int, list[str]]


class Delimited:
    """`jets.csv` or `jets.tsv`: the columns by their names; `p_0`, `p_1`, ... are also the array `p`."""

    keys: Mapping[str, str] = MappingProxyType({"<any>": "the columns of the file; p_0, p_1, ... together are p"})

    def __init__(self, name: str, delimiter: str, separated: str) -> None:
        self.name = name
        self.delimiter = delimiter
        self.description = f"a table of numbers {separated}, with a line of column names"

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The columns of the file. Raises SymdslError (see `read_delimited`)."""
        return read_delimited(file_of(reference, f"data.{self.name}"), self.delimiter, reference.span)


CSV = Delimited("csv", ",", "separated by commas")
TSV = Delimited("tsv", "\t", "separated by tabs")


def read_delimited(path: Path, delimiter: str, span: Span | None = None, largest: int = LARGEST_MEMORY) -> Dataset:
    """The columns: int64 where every cell is an integer, else float64; one with another cell is refused when asked for.

    Raises SymdslError: SYM0801 missing or unreadable, SYM0802 no table or without names, SYM0807 a row of another
    length than the header, SYM0815 more than `largest` bytes of numbers.
    """
    with reading(path, span):
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                return read_stream(path, stream, delimiter, span, largest)
        except (UnicodeDecodeError, csv.Error) as error:
            raise bad_data("SYM0802", f"{path} is not a table in UTF-8", span=span, notes=(f"{error}",)) from None


def read_stream(path: Path, stream: IO[str], delimiter: str, span: Span | None, largest: int) -> Dataset:
    """As `read_delimited`; raises csv.Error and UnicodeDecodeError too."""
    rows = read_rows(path, stream, delimiter, span)
    _, header = next(rows, (0, []))
    names = [name.strip() for name in header]
    check_header(path, names, span)
    pieces: list[list[NDArray[np.int64 | np.float64]]] = [[] for _ in names]
    refused: dict[str, str] = {}
    done = 0
    while part := list(islice(rows, max(1, CELLS_AT_ONCE // len(names)))):
        check_rows(path, part, len(names), done, span)
        if (done + len(part)) * len(names) * BYTES_A_NUMBER > largest:
            raise bad_data("SYM0815", f"{path} needs more than {largest >> 20:,} MiB of memory", span=span,
                           hint="a Parquet or .npy file stays on disk")  # fmt: skip
        for place, cells in enumerate(zip(*(cells for _, cells in part), strict=True)):
            if names[place] in refused:
                continue
            try:
                pieces[place].append(read_numbers(cells))
            except ValueError:
                refused[names[place]] = describe_fault(names[place], cells, part, done)
        done += len(part)
    columns = {
        name: np.concatenate(parts) if parts else np.empty(0)
        for name, parts in zip(names, pieces, strict=True)
        if name and name not in refused
    }
    return as_dataset(path.name, columns, {name: reason for name, reason in refused.items() if name})


def read_rows(path: Path, stream: IO[str], delimiter: str, span: Span | None) -> Iterator[Row]:
    """(number of its last line, cells) of every line that is not empty. Raises SymdslError (SYM0815), csv.Error."""
    reader = csv.reader(lines_of(path, stream, LONGEST_LINE, span), delimiter=delimiter, strict=True)
    return ((reader.line_num, cells) for cells in reader if cells)


def check_header(path: Path, names: Sequence[str], span: Span | None) -> None:
    """Raises SymdslError (SYM0802) for a first line that does not name columns, each by a name of its own."""
    hint = "begin the file with a line that names its columns, such as p_0,p_1,label"
    if not names:
        raise bad_data("SYM0802", f"{path} is empty", span=span, hint=hint)
    if all(is_number(name) for name in names):
        raise bad_data("SYM0802", f"{path} has no column names: its first line holds numbers", span=span, hint=hint)
    other = [mark for mark in (";", "\t", ",") if len(names) == 1 and mark in names[0]]
    if other:
        known = {"\t": "name it .tsv", ",": "name it .csv"}
        raise bad_data("SYM0802", f"cells of {path} are separated by {other[0]!r}", span=span,
                       hint=known.get(other[0], "separate them by commas, and write decimal points"))  # fmt: skip
    repeated = next((name for name in names if name and names.count(name) > 1), None)
    if repeated is not None:
        raise bad_data("SYM0802", f"{path} has two columns named {repeated}", span=span)


def check_rows(path: Path, rows: list[Row], width: int, done: int, span: Span | None) -> None:
    """Raises SymdslError (SYM0807) for a row that has not a cell for each column."""
    for place, (line, cells) in enumerate(rows):
        if len(cells) != width:
            where = f"row {done + place + 1} (line {line}) of {path}"
            raise bad_data("SYM0807", f"{where} has {len(cells)} cells, and the header names {width}", span=span)


def read_numbers(cells: Sequence[str]) -> NDArray[np.int64 | np.float64]:
    """int64 where all cells are integers that fit, else float64. Raises ValueError for a cell that is no number."""
    if "_" in "".join(cells):
        raise ValueError("Python reads 1_0 as 10, other programs do not")
    try:
        return np.array(list(map(int, cells)), dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(list(map(float, cells)))


def is_number(cell: str) -> bool:
    """Whether a cell is a number, NaN and infinities among them."""
    try:
        return bool(read_numbers([cell]).size)
    except ValueError:
        return False


def describe_fault(name: str, cells: Sequence[str], rows: list[Row], done: int) -> str:
    """Which cell of a column is the first that is no number."""
    place, cell = next((place, cell) for place, cell in enumerate(cells) if not is_number(cell))
    shown = f"`{cell[:40]}`, which is no number" if cell.strip() else "no number: its cell is empty"
    return f"row {done + place + 1} (line {rows[place][0]}), column {name}, holds {shown}"
