"""Frames of atoms in extended XYZ, read by ASE: positions, elements, forces, energies, cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import LARGEST_MEMORY, damaged, file_of, lines_of, reading
from symdsl.data.source import Reference
from symdsl.diagnostics.diagnostic import Span
from symdsl.diagnostics.missing import missing_extra

LONGEST_LINE = 1 << 20
"""Characters of a line."""
MOST_COLUMNS = 10_000
"""Numbers that one property may have for an atom."""
COLUMNS = re.compile(r":[A-Z]:(\d+)")
GROWTH = 4
"""The shortest number in a file, a digit and a space, becomes 8 bytes."""
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RuntimeError)
"""What ASE raises, beside its own XYZError, for a frame that it cannot make sense of."""

Values = dict[str, NDArray[Any]]


class ExtendedXyz:
    """`aspirin.xyz` or `aspirin.extxyz`: what ASE reads of each frame, all of which have the same number of atoms."""

    description = "frames of atoms in XYZ or extended XYZ"
    keys: Mapping[str, str] = MappingProxyType({
        "positions": "(N, atoms, 3)",
        "numbers": "(N, atoms) atomic numbers",
        "forces": "(N, atoms, 3), where the file has them",
        "energy": "(N,), where the file has it",
        "cell": "(N, 3, 3) the vectors of the cell as rows, where the file has them",
        "<any>": "other numbers of atoms (N, atoms, ...) and of frames (N, ...)",
    })  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The arrays of the file. Raises SymdslError (see `read_frames`)."""
        return read_frames(file_of(reference, f"molecules.{self.name}"), reference.span)


XYZ, EXTXYZ = ExtendedXyz("xyz"), ExtendedXyz("extxyz")


def read_frames(path: Path, span: Span | None = None, largest: int = LARGEST_MEMORY) -> Dataset:
    """All frames of a file, in memory; what a frame lacks, or has in another shape, is refused when asked for.

    Raises SymdslError: SYM1009 (exit 4) no ASE, SYM0801 missing or unreadable, SYM0802 no XYZ file, SYM0807 damaged,
    SYM0815 the numbers may take more than `largest` bytes, SYM0826 frames of different numbers of atoms.
    """
    try:
        from ase.io.extxyz import XYZError, read_xyz
    except ImportError:
        raise missing_extra("ase", "data", "an XYZ file", span) from None
    arrays: dict[str, list[NDArray[Any]]] = {}
    refused: dict[str, str] = {}
    count = 0
    every: Any = slice(None)  # ASE types the index as an integer, and takes slices
    with reading(path, span):
        if path.stat().st_size * GROWTH > largest:
            raise bad_data("SYM0815", f"{path} may need more than {largest >> 20:,} MiB of memory", span=span,
                           hint="write its arrays to .npy files, which stay on disk")  # fmt: skip
        with path.open(encoding="utf-8") as stream:
            try:
                check_frames(path, stream, span)
                for atoms in read_xyz(stream, index=every):
                    collect(values_of(atoms), count, arrays, refused)
                    count += 1
            except UnicodeDecodeError as error:
                raise bad_data("SYM0802", f"{path} is not an XYZ file", span=span, notes=(f"{error}",)) from None
            except (XYZError, *UNREADABLE) as error:
                note = f"{type(error).__name__}: {error}"
                raise bad_data("SYM0807", f"frame {count} of {path} cannot be read", span=span, notes=(note,)) from None
    whole = {key: np.stack(parts) for key, parts in arrays.items() if key not in refused}
    return Dataset(path.name, whole, refused=refused, refusal="SYM0826")


def values_of(atoms: Any) -> Values:
    """The numbers of a frame by name: of its atoms, of its calculator, of its cell, and of its comment line."""
    found: dict[str, Any] = dict(atoms.info)
    found.update(atoms.arrays)
    if atoms.cell.array.any():
        found["cell"] = atoms.cell.array
    if atoms.calc is not None:
        found.update(atoms.calc.results)
    # ASE makes True of every lone word of a comment line
    values = {key: np.asarray(value) for key, value in found.items() if not isinstance(value, bool)}
    return {key: value for key, value in values.items() if value.dtype.kind in "fiub"}


def collect(values: Values, count: int, arrays: dict[str, list[NDArray[Any]]], refused: dict[str, str]) -> None:
    """Append the values of frame `count`; a key that is not of one shape in all frames so far is refused."""
    for key in dict.fromkeys((*arrays, *values)):
        if key in refused:
            continue
        if key not in values or (count and key not in arrays):
            lacking, having = (count, 0) if key in arrays else (count - 1, count)
            refused[key] = f"frame {lacking} has none, and frame {having} has"
        elif key in arrays and arrays[key][0].shape != values[key].shape:
            shapes = f"the shape {values[key].shape} in frame {count}, and {arrays[key][0].shape} in frame 0"
            refused[key] = f"it has {shapes}"
        else:
            arrays.setdefault(key, []).append(values[key])
            continue
        arrays.pop(key, None)


def check_frames(path: Path, stream: IO[str], span: Span | None) -> None:
    """Go through the lines once: every frame is whole and has as many atoms as the first, and no line is endless.

    Raises SymdslError: SYM0802 no XYZ file, SYM0807 the last frame is cut or lines follow an empty one, SYM0814 no
    frames, SYM0815 a line or a property too long, SYM0826 frames of different numbers of atoms.
    """
    lines = lines_of(path, stream, LONGEST_LINE, span)
    frame, atoms = 0, 0
    line = next(lines, "")
    while line.strip():
        found = count_of(path, line, frame, span)
        if frame and found != atoms:
            raise bad_data("SYM0826", f"frame {frame} of {path} has {found} atoms, and frame 0 has {atoms}", span=span,
                           notes=("all samples of a field have one shape",),
                           hint="write the frames of each number of atoms to a file of its own")  # fmt: skip
        atoms = found
        comment = next(lines, None)
        if comment is not None and any(int(columns) > MOST_COLUMNS for columns in COLUMNS.findall(comment)):
            raise bad_data("SYM0815", f"frame {frame} of {path} has a property of more than {MOST_COLUMNS:,} columns",
                           span=span)  # fmt: skip
        for place in range(atoms):
            if next(lines, None) is None:
                raise damaged(path, f"frame {frame} has {place} atoms of {atoms}", span)
        line = next(lines, "")
        while line.lstrip().startswith("VEC"):
            line = next(lines, "")
        frame += 1
    if any(rest.strip() for rest in lines):
        raise bad_data("SYM0807", f"{path} has an empty line after frame {frame - 1}, and more after it", span=span)
    if not frame:
        raise bad_data("SYM0814", f"{path} has no frames", span=span)


def count_of(path: Path, line: str, frame: int, span: Span | None) -> int:
    """The number of atoms that a frame begins with. Raises SymdslError: SYM0802 in the first frame, else SYM0807."""
    text = line.strip()
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    code = "SYM0807" if frame else "SYM0802"
    raise bad_data(code, f"frame {frame} of {path} begins with `{text[:40]}`, not with the number of its atoms",
                   span=span)  # fmt: skip
