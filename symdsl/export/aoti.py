"""`.pt2` compiled ahead of time by AOTInductor: a package that C++ loads without Python."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.export.format import Call, Format, FormatOptions, Subject, not_exportable
from symdsl.export.torch_program import as_arrays, as_tensors, export_program, quiet

COMPILERS = ("g++", "clang++")


@dataclass(frozen=True, slots=True)
class Aoti:
    """Machine code for this kind of CPU, with the weights."""

    name: str = "aoti"
    suffix: str = ".pt2"
    backend: str | None = "torch"
    whole_program: bool = False
    options: frozenset[str] = frozenset()

    @property
    def packages(self) -> Mapping[str, str]:
        """torch alone; and a C++ compiler, which `serialise` looks for."""
        return {"torch": "torch"}

    def serialise(self, subject: Subject, options: FormatOptions, folder: Path) -> dict[str, bytes]:
        """The package. Raises SymdslError: SYM0914 (exit 4) without a C++ compiler, SYM0912."""
        verify_compiler()
        import torch
        from torch._inductor import aoti_compile_and_package

        program = export_program(subject, self.name)
        path = folder / f"{subject.program.name}{self.suffix}"
        with quiet(), torch.no_grad():
            try:
                aoti_compile_and_package(program, package_path=str(path))
            except RuntimeError as error:
                raise not_exportable(self.name, error) from error
        return {self.suffix: path.read_bytes()}

    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> AbstractContextManager[Call]:
        """By the loader that C++ uses, through its Python binding."""
        import torch
        from torch._inductor import aoti_load_package

        path = folder / f"{subject.program.name}{self.suffix}"
        path.write_bytes(files[self.suffix])
        with quiet():
            model = aoti_load_package(str(path))

        def call(arrays: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
            with torch.no_grad():
                return as_arrays(model(*as_tensors(arrays)))

        return nullcontext(call)

    def describe(self, files: Mapping[str, bytes]) -> dict[str, str | int]:
        """The kind of processor that it was compiled for."""
        import platform

        return {"processor": platform.machine()}


def verify_compiler() -> None:
    """Raises SymdslError SYM0914 (exit 4) where there is no C++ compiler, of $CXX or of a usual name."""
    named = os.environ.get("CXX")
    if not any(shutil.which(name) for name in ((named,) if named else COMPILERS)):
        message = "export to aoti needs a C++ compiler"
        note = f"{named}, which CXX names, is not found" if named else f"none of {', '.join(COMPILERS)} is found"
        hint = "run: apt-get install g++"
        raise SymdslError(Diagnostic("SYM0914", message, notes=(note,), hint=hint), exit_code=4)


FORMAT: Format = Aoti()
