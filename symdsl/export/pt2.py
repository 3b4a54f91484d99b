"""`.pt2`: the program of torch.export, for `torch.export.load`."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from symdsl.export.format import Call, Format, FormatOptions, Subject
from symdsl.export.torch_program import as_arrays, as_tensors, export_program, quiet


@dataclass(frozen=True, slots=True)
class Pt2:
    """A graph of ATen operations and the weights."""

    name: str = "pt2"
    suffix: str = ".pt2"
    backend: str | None = "torch"
    whole_program: bool = False
    options: frozenset[str] = frozenset()

    @property
    def packages(self) -> Mapping[str, str]:
        """torch alone."""
        return {"torch": "torch"}

    def serialise(self, subject: Subject, options: FormatOptions, folder: Path) -> dict[str, bytes]:
        """The archive. Raises SymdslError (SYM0912)."""
        import torch

        program, stream = export_program(subject, self.name), io.BytesIO()
        with quiet():
            torch.export.save(program, stream)
        return {self.suffix: stream.getvalue()}

    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> AbstractContextManager[Call]:
        """By `torch.export.load`."""
        import torch

        with quiet():
            module: Any = torch.export.load(io.BytesIO(files[self.suffix])).module()

        def call(arrays: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
            with torch.no_grad():
                return as_arrays(module(*as_tensors(arrays)))

        return nullcontext(call)

    def describe(self, files: Mapping[str, bytes]) -> dict[str, str | int]:
        """Nothing more."""
        return {}


FORMAT: Format = Pt2()
