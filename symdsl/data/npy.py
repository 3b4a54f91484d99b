"""NumPy array files: one array a file, mapped and never read as a whole, without ever unpickling."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import file_of, reading
from symdsl.data.mapped import MappedArray, map_whole
from symdsl.data.npz import read_header
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span, SymdslError


class Npy:
    """`file.npy`: the array that `numpy.save` wrote, whatever name a field gives it."""

    name = "npy"
    description = "one array from a NumPy file (numpy.save), memory-mapped"
    keys: Mapping[str, str] = MappingProxyType({"array": "the array of the file"})

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The array of the file. Raises SymdslError (see `read_npy`)."""
        path = file_of(reference, "momenta.npy")
        return Dataset(path.name, {"array": read_npy(path, reference.span)}, only="array")


SOURCE = Npy()


def read_npy(path: Path, span: Span | None = None) -> MappedArray:
    """The array of a file, which is read when it is used.

    Raises SymdslError: SYM0801 missing or unreadable, SYM0802 no array file, or one of Python objects, SYM0807
    truncated or too long, SYM0815 a sample over the limit.
    """
    with reading(path, span):
        with path.open("rb") as stream:
            try:
                shape, fortran, dtype = read_header(stream)
            except ValueError as error:
                raise no_array(path, f"{error}", span) from None
            offset = stream.tell()
        if dtype.hasobject:
            raise no_array(path, "it holds Python objects, which cannot be read without running code", span)
        if min(shape, default=0) < 0 or not shape:
            raise no_array(path, f"its shape is {shape}, and samples are the first axis", span)
        return map_whole(path, shape, dtype, offset, "F" if fortran else "C", span)


def no_array(path: Path, note: str, span: Span | None) -> SymdslError:
    """SYM0802 with a note that says why."""
    hint = "write it again with numpy.save(path, array)"
    return bad_data("SYM0802", f"{path} is not a NumPy array file", span=span, notes=(note,), hint=hint)
