"""NumPy archives: arrays by name, read without ever unpickling."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import LARGEST_MEMORY, file_of, reading
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span, SymdslError


class Npz:
    """`file.npz`: the arrays that `numpy.savez` wrote, by their names."""

    name = "npz"
    description = "arrays by name from a NumPy archive (numpy.savez, numpy.savez_compressed)"
    keys: Mapping[str, str] = MappingProxyType({"<any>": "the arrays of the file"})

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """All arrays of the archive; object arrays are refused. Raises SymdslError (see `read_npz`)."""
        return read_npz(file_of(reference, "data.npz"), reference.span)


SOURCE = Npz()


def read_npz(path: Path, span: Span | None = None, largest: int = LARGEST_MEMORY) -> Dataset:
    """The arrays of an archive, at most `largest` bytes together, checked against the headers before they are read.

    Raises SymdslError: SYM0801 missing or unreadable, SYM0802 no archive, SYM0807 truncated, SYM0815 over the limit.
    """
    with reading(path, span):
        try:
            with zipfile.ZipFile(path) as archive:
                return read_archive(path.name, archive, span, largest)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise no_archive(path, error, span) from None


def no_archive(path: Path, error: Exception, span: Span | None) -> SymdslError:
    """SYM0807 for a file that begins as an archive does, SYM0802 for any other."""
    with path.open("rb") as stream:
        begins_well = stream.read(2) == b"PK"
    code, what = ("SYM0807", "is truncated or damaged") if begins_well else ("SYM0802", "is not a NumPy archive")
    hint = "write it again with numpy.savez(path, name=array, ...)"
    return bad_data(code, f"{path} {what}", span=span, notes=(f"{error}",), hint=hint)


def read_archive(name: str, archive: zipfile.ZipFile, span: Span | None, largest: int) -> Dataset:
    """All `.npy` members. Raises ValueError for a broken member, SymdslError (SYM0815) over the limit."""
    arrays: dict[str, NDArray[Any]] = {}
    refused: dict[str, str] = {}
    total = 0
    for member in archive.infolist():
        key = member.filename.removesuffix(".npy")
        with archive.open(member) as stream:
            shape, fortran, dtype = read_header(stream)
            if dtype.hasobject:
                refused[key] = "it holds Python objects, which cannot be read without running code"
                continue
            if min(shape, default=0) < 0:
                raise ValueError(f"{key} has the shape {shape}")
            count = math.prod(shape)
            total += count * dtype.itemsize
            if total > largest:
                raise bad_data("SYM0815", f"{name} needs more than {largest >> 20:,} MiB of memory", span=span,
                               notes=(f"`{key}` has shape {shape}, {dtype}",))  # fmt: skip
            content = stream.read(count * dtype.itemsize + 1)
        if len(content) != count * dtype.itemsize:
            raise ValueError(f"{key} is not the {count * dtype.itemsize:,} bytes that its header says")
        array = np.frombuffer(content, dtype=dtype) if content else np.empty(count, dtype=dtype)
        arrays[key] = array.reshape(shape[::-1]).T if fortran else array.reshape(shape)
    return Dataset(name, arrays, refused=refused)


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, Fortran order and dtype of an array file. Raises ValueError where there is no such header."""
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(stream)
    raise ValueError(f"array format {version} is not known")
