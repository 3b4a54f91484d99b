"""IDX files, the format of MNIST and its successors: one array a file, raw or compressed by gzip."""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import LARGEST_MEMORY, check_bytes, damaged, file_of, reading
from symdsl.data.lazy import SampleArray
from symdsl.data.mapped import map_whole
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span

DTYPES: Mapping[int, str] = MappingProxyType({8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"})
READ_BYTES = 16 << 20


class Idx:
    """`images.idx`, `train-images-idx3-ubyte`, or either with `.gz`: one array, whatever name a field gives it.

    Bytes with two axes a sample are grey images, (N, 1, rows, columns); else the axes are those of the file.
    """

    description = "an IDX file, raw (memory-mapped) or gzip"
    keys: Mapping[str, str] = MappingProxyType({"array": "the array of the file"})

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The array of the file. Raises SymdslError (see `read_idx`)."""
        path = file_of(reference, "images.idx")
        return Dataset(path.name, {"array": read_idx(path, reference.span)}, only="array")


IDX, UBYTE, GZIP = Idx("idx"), Idx("ubyte"), Idx("gz")


def read_idx(path: Path, span: Span | None = None, largest: int = LARGEST_MEMORY) -> SampleArray:
    """The array of an IDX file; a raw file is mapped, a compressed one read, at most `largest` bytes of it.

    Raises SymdslError: SYM0801 missing or unreadable, SYM0802 no IDX file, SYM0807 damaged, truncated or too long,
    SYM0815 over the limit.
    """
    with reading(path, span):
        if path.suffix.lower() == ".gz":
            return as_images(read_compressed(path, span, largest))
        with path.open("rb") as stream:
            shape, dtype = read_header(path, stream, span)
            offset = stream.tell()
        return replace(map_whole(path, shape, dtype, offset, span=span), shape=image_shape(shape, dtype))


def read_compressed(path: Path, span: Span | None, largest: int) -> NDArray[Any]:
    """The array of a gzip file, read piece by piece. Raises SymdslError (SYM0802, SYM0807, SYM0815), OSError."""
    try:
        with gzip.open(path) as stream:
            shape, dtype = read_header(path, stream, span)
            count = math.prod(shape) * dtype.itemsize
            check_bytes(path, "array", shape, dtype.itemsize, span, largest)
            content = bytearray()  # grows by what is there, so that a header alone allocates nothing
            while len(content) <= count and (part := stream.read(min(READ_BYTES, count + 1 - len(content)))):
                content += part
    except gzip.BadGzipFile as error:
        raise bad_data("SYM0802", f"{path} is not a gzip file", span=span, notes=(f"{error}",)) from None
    except (EOFError, zlib.error) as error:
        raise damaged(path, f"{error}", span) from None
    if len(content) != count:
        found = f"{len(content):,}" if len(content) < count else "more"
        raise damaged(path, f"its header asks for {count:,} bytes of numbers, and it has {found}", span)
    return np.frombuffer(content, dtype).reshape(shape)


def read_header(path: Path, stream: io.BufferedIOBase, span: Span | None) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype: two zero bytes, the type, the number of axes, and a big-endian length for each.

    Raises SymdslError: SYM0802 no IDX file, SYM0807 the header ends early.
    """
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or not 1 <= magic[3] <= 32:
        raise bad_data("SYM0802", f"{path} is not an IDX file", span=span,
                       notes=(f"it begins with the bytes {magic.hex(' ') or 'of nothing'}",))  # fmt: skip
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise damaged(path, "its header ends early", span)
    return struct.unpack(f">{magic[3]}I", sizes), np.dtype(DTYPES[magic[2]])


def image_shape(shape: tuple[int, ...], dtype: np.dtype[Any]) -> tuple[int, ...]:
    """The shape, with a channel axis where the file holds grey images."""
    return (shape[0], 1, *shape[1:]) if len(shape) == 3 and dtype == np.uint8 else shape


def as_images(array: NDArray[Any]) -> NDArray[Any]:
    """The array, with a channel axis where it holds grey images."""
    return array.reshape(image_shape(array.shape, array.dtype))
