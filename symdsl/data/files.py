"""What all sources that read a file share: the file is there, and what it says of its sizes is believable."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from symdsl.data.faults import bad_data, suggestion
from symdsl.data.source import Reference, SourceOptions, read_options
from symdsl.diagnostics.diagnostic import Span, SymdslError

LARGEST_SAMPLE = 1 << 30
"""Bytes of one sample, the least that is ever held at once."""
LARGEST_MEMORY = 8 << 30
"""Bytes of a file that can only be read as a whole."""


class FileOptions(SourceOptions):
    """A file has no options."""


def file_of(reference: Reference, example: str) -> Path:
    """The file of a reference. Raises SymdslError (SYM0812) for a source without its file, as in `data.npy`."""
    read_options(reference, FileOptions)
    if reference.path is None:
        raise bad_data("SYM0812", f"{reference.name} needs a file, such as {example}", span=reference.span)
    return reference.path


@contextmanager
def reading(path: Path, span: Span | None = None) -> Iterator[None]:
    """Makes of an OSError while `path` is read a SymdslError (SYM0801, with the names nearby where it is absent)."""
    try:
        yield
    except FileNotFoundError:
        folder = path.parent
        nearby = [other.name for other in folder.glob(f"*{path.suffix}")] if path.suffix and folder.is_dir() else []
        hint = suggestion(path.name, nearby) if nearby else None
        raise bad_data("SYM0801", f"there is no file {path}", span=span, hint=hint) from None
    except OSError as error:
        raise bad_data("SYM0801", f"{path} cannot be read: {error.strerror or error}", span=span) from None


def damaged(path: Path, note: str, span: Span | None) -> SymdslError:
    """SYM0807 with a note that says how."""
    return bad_data("SYM0807", f"{path} is truncated or damaged", span=span, notes=(note,))


def lines_of(path: Path, stream: IO[str], longest: int, span: Span | None) -> Iterator[str]:
    """The lines of a file, read from `stream`. Raises SymdslError (SYM0815) for one of `longest` characters or more."""
    while line := stream.readline(longest):
        if len(line) == longest:
            raise bad_data("SYM0815", f"{path} has a line of more than {longest:,} characters", span=span)
        yield line


def check_bytes(path: Path, key: str, shape: tuple[int, ...], itemsize: int, span: Span | None = None,
                largest: int | None = None) -> None:  # fmt: skip
    """Raises SymdslError (SYM0815) where one sample needs more than `LARGEST_SAMPLE`, or all more than `largest`."""
    sample, whole = math.prod(shape[1:]) * itemsize, math.prod(shape) * itemsize
    note = f"`{key}` has shape {shape}, {itemsize} bytes a number"
    if sample > LARGEST_SAMPLE:
        raise bad_data("SYM0815", f"one sample of {path} needs more than {LARGEST_SAMPLE >> 20:,} MiB of memory",
                       span=span, notes=(note,))  # fmt: skip
    if largest is not None and whole > largest:
        raise bad_data("SYM0815", f"{path} needs more than {largest >> 20:,} MiB of memory", span=span, notes=(note,))
