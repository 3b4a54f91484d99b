"""Files that are on disk whole or not at all, also after a power cut or `kill -9`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError


def cannot_write(path: Path, error: OSError) -> SymdslError:
    """SYM0907, exit code 2."""
    message = f"{path} cannot be written: {error.strerror or error}"
    return SymdslError(Diagnostic("SYM0907", message), exit_code=2)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file to fill, which becomes `path` when the block ends well; else `path` stays what it was.

    It lies in the same folder, is forced to disk and renamed; the folder is then forced too. Folders above are made.
    Raises SymdslError (SYM0907).
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(descriptor)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~current_umask())
        temporary.replace(path)
        force_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """`path` holds `content`, or what it held before. Folders above are made. Raises SymdslError (SYM0907)."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """As `write_file`, in UTF-8 with newlines as they are."""
    write_file(path, text.encode())


def current_umask() -> int:
    """The file mode mask: `mkstemp` makes private files, and an artefact is to be as readable as any other file."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def force_folder(folder: Path) -> None:
    """Force the names in a folder to disk, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
