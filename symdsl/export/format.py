"""What a format is: it writes one entry point of a model as files, and loads them as a user would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from symdsl.backends.backend import Backend, CompiledModel, RealDType
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.diagnostics.missing import missing_extra
from symdsl.plan.nodes import Program

Call = Callable[[Sequence[NDArray[Any]]], tuple[NDArray[Any], ...]]
"""Outputs of a loaded artefact, in order, for its inputs in order; a batch axis leads."""


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output: the name of its field and the shape of one sample."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported: one entry point of a program, its weights, and the model of its emitted source.

    `batch` None means a batch of any size from 1.
    """

    backend: Backend
    program: Program
    weights: Mapping[str, NDArray[Any]]
    model: CompiledModel
    entry: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    dtype: RealDType
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """What only some formats know: the operator set of ONNX, and whether to write the text of StableHLO too."""

    opset: int | None = None
    text: bool = False


@runtime_checkable
class Format(Protocol):
    """A kind of file that models are exported to."""

    @property
    def name(self) -> str:
        """What `--to` calls it."""
        ...

    @property
    def suffix(self) -> str:
        """How the name of its main file ends."""
        ...

    @property
    def backend(self) -> str | None:
        """The backend whose program it takes; None for any."""
        ...

    @property
    def whole_program(self) -> bool:
        """Whether its files hold every entry point, and not one alone."""
        ...

    @property
    def packages(self) -> Mapping[str, str]:
        """The packages that are imported, and the extra of symdsl that installs each."""
        ...

    @property
    def options(self) -> frozenset[str]:
        """The fields of `FormatOptions` that it knows."""
        ...

    def serialise(self, subject: Subject, options: FormatOptions, folder: Path) -> dict[str, bytes]:
        """The files by suffix, the main one first; `folder` is empty and goes away. Raises SymdslError (SYM0912)."""
        ...

    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> AbstractContextManager[Call]:
        """The artefact as its user loads it; `folder` is empty and goes away. Raises SymdslError (SYM0912)."""
        ...

    def describe(self, files: Mapping[str, bytes]) -> dict[str, str | int]:
        """What else a user of the file wants to know, for the manifest."""
        ...


def verify_installed(chosen: Format) -> None:
    """Raises SymdslError SYM1009 (exit 4) with the install command where a package is missing."""
    missing = [package for package in chosen.packages if find_spec(package) is None]
    if missing:
        extras = ",".join(sorted({chosen.packages[package] for package in missing}))
        raise missing_extra(", ".join(missing), extras, f"export to {chosen.name}")


def versions(chosen: Format) -> dict[str, str]:
    """The versions of the packages that wrote and checked a file."""
    return {package: version(package) for package in sorted({*chosen.packages, "numpy"})}


def not_exportable(target: str, why: object, hint: str | None = None) -> SymdslError:
    """SYM0912, exit code 2: a tool refuses the model; the first line of what it says is kept."""
    lines = str(why).strip().splitlines() or [type(why).__name__]
    diagnostic = Diagnostic("SYM0912", f"the model cannot be exported to {target}", notes=(lines[0][:300],), hint=hint)
    return SymdslError(diagnostic, exit_code=2)
