"""HDF5 files: data sets by name, those inside groups with underscores for slashes, read some samples at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import check_bytes, damaged, file_of, reading
from symdsl.data.lazy import Array, Indices, LazyArray
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span
from symdsl.diagnostics.missing import missing_extra

MOST_DATA_SETS = 10_000
SIGNATURE = b"\x89HDF\r\n\x1a\n"


class Hdf5:
    """`jets.h5`: its data sets; `events/momenta` is called `events_momenta`."""

    description = "data sets of an HDF5 file, read as they are used"
    keys: Mapping[str, str] = MappingProxyType({"<any>": "the data sets of the file; group/name is group_name"})

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The data sets of the file, unread. Raises SymdslError (see `read_hdf5`)."""
        return read_hdf5(file_of(reference, f"data.{self.name}"), reference.span)


H5, HDF5 = Hdf5("h5"), Hdf5("hdf5")


@dataclass(frozen=True)
class Hdf5Array(LazyArray):
    """The data set `place` of a file, which is open while it is read."""

    path: Path
    place: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    span: Span | None = None

    def read_slice(self, start: int, stop: int) -> Array:
        """The samples start .. stop - 1. Raises SymdslError (SYM0801, SYM0807)."""
        with opened(self.path, self.span) as file:
            return self._checked(np.asarray(file[self.place][start:stop]), stop - start)

    def read_samples(self, indices: Indices) -> Array:
        """The samples of these indices; a file takes them once and in order. Raises SymdslError (SYM0801, SYM0807)."""
        chosen, places = np.unique(indices, return_inverse=True)
        with opened(self.path, self.span) as file:
            return self._checked(np.asarray(file[self.place][chosen]), len(chosen))[places]

    def _checked(self, array: Array, count: int) -> Array:
        if array.shape != (count, *self.shape[1:]) or array.dtype != self.dtype:
            raise damaged(self.path, f"`{self.place}` is no longer what it was", self.span)
        return array


@contextmanager
def opened(path: Path, span: Span | None) -> Iterator[Any]:
    """The file as an `h5py.File`.

    Raises SymdslError: SYM1009 (exit 4) no h5py, SYM0801 unreadable, SYM0802 not HDF5, SYM0807 damaged.
    """
    try:
        import h5py
    except ImportError:
        raise missing_extra("h5py", "data", "an HDF5 file", span) from None
    with reading(path, span), path.open("rb") as stream:
        begins_well = stream.read(len(SIGNATURE)) == SIGNATURE
    if not begins_well:
        raise bad_data("SYM0802", f"{path} is not an HDF5 file", span=span)
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise damaged(path, f"{error}", span) from None


def read_hdf5(path: Path, span: Span | None = None) -> Dataset:
    """The data sets of a file, by name, and those that cannot be read with the reason.

    Links out of the file are not followed. Raises SymdslError (see `opened`; SYM0815 over the limits).
    """
    arrays: dict[str, LazyArray] = {}
    refused: dict[str, str] = {}
    with opened(path, span) as file:
        for place, found in data_sets(file, path, span):
            key = place.replace("/", "_")
            if key in arrays or key in refused:
                arrays.pop(key, None)
                refused[key] = f"several data sets would be called {key}"
            elif found.dtype.kind not in "fiub":
                refused[key] = f"it holds {found.dtype}, and not numbers"
            elif found.external or found.is_virtual:
                refused[key] = "its numbers lie in other files"
            else:
                check_bytes(path, key, found.shape, found.dtype.itemsize, span)
                arrays[key] = Hdf5Array(path, place, found.shape, np.dtype(found.dtype), span)
    return Dataset(path.name, arrays, refused=refused)


def data_sets(file: Any, path: Path, span: Span | None) -> Iterator[tuple[str, Any]]:
    """Every data set and its name, each object once, without following links to other files."""
    import h5py

    found: list[tuple[str, Any]] = []

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            if len(found) >= MOST_DATA_SETS:
                raise bad_data("SYM0815", f"{path} has more than {MOST_DATA_SETS:,} data sets", span=span)
            found.append((name, item))

    file.visititems(visit)
    yield from found
