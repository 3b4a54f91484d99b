"""What a backend is: it prints a program as source, imports the source, and runs a model on NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Protocol, runtime_checkable

from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.plan.nodes import Program
from symdsl.plan.share_classes import walk_modules
from symdsl.plan.sizes import is_stored

MISSING_EXTRA = "SYM1001"

RealDType = Literal["float32", "float64"]


@dataclass(frozen=True, slots=True)
class Requirements:
    """The packages that a backend imports, and the command that installs them."""

    imports: tuple[str, ...]
    install: str

    def missing(self) -> tuple[str, ...]:
        """The imports that are not installed; nothing is imported to find out."""
        return tuple(name for name in self.imports if find_spec(name) is None)

    def verify(self, backend: str) -> None:
        """Raises SymdslError SYM1001 (exit 4) with the install command where an import is missing."""
        missing = self.missing()
        if missing:
            message = f"the {backend} backend needs {', '.join(missing)}"
            raise SymdslError(Diagnostic(MISSING_EXTRA, message, hint=f"run: {self.install}"), exit_code=4)


@runtime_checkable
class CompiledModel(Protocol):
    """A model behind NumPy arrays, for verification and training."""

    @property
    def module(self) -> Any:
        """The framework's own object: an `nn.Module`, or an Equinox module."""
        ...

    def call(self, entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """The outputs of an entry point, in plan order, of arrays with a leading batch axis.

        `arrays` are the plan method's arguments in order, noise included. State is updated by the entry points
        that have updates (`forward_train`, `objective`). Real outputs have the model's dtype. Raises KeyError.
        """
        ...

    def place(self, device: str) -> None:
        """From now on compute on a device, named as the framework names it. Raises SymdslError (SYM1003, exit 4)."""
        ...

    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of parameters and state by plan path."""
        ...

    def set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Replace parameters and state; names and shapes must be those of `weights()`. Raises ValueError."""
        ...


@runtime_checkable
class Backend(Protocol):
    """A target that plans are compiled to."""

    @property
    def name(self) -> str:
        """What `--backend` and the entry point call it."""
        ...

    @property
    def requirements(self) -> Requirements:
        """What must be installed to load and run; emitting needs none of it."""
        ...

    @property
    def channels_last(self) -> bool:
        """Whether plans for it lay feature maps out as (H, W, C)."""
        ...

    def emit(self, program: Program, weights: Mapping[str, NDArray[Any]] | None = None) -> str:
        """One readable source file, byte-equal for equal programs.

        With `weights` the model in the source starts from the weights file beside it (same name, suffix
        .safetensors), which the caller writes; there `stored_constants(program)` lie in any case.
        """
        ...

    def load(self, path: Path) -> ModuleType:
        """Import emitted source under a name made of its content. Raises SymdslError (exit 4) without the framework."""
        ...

    def instantiate(
        self,
        program: Program,
        path: Path,
        weights: Mapping[str, NDArray[Any]] | None = None,
        seed: int = 0,
        dtype: RealDType = "float32",
    ) -> CompiledModel:
        """The root class of the source at `path`, its weights given or drawn from `seed`."""
        ...


def stored_constants(program: Program) -> dict[str, NDArray[Any]]:
    """The constants that do not fit into the source, by plan path: the weights file must have them."""
    found: dict[str, NDArray[Any]] = {}
    for path, module in walk_modules(program.root):
        for constant in module.constants:
            if constant.table is not None and is_stored(constant):
                found[f"{path}.{constant.name}" if path else constant.name] = constant.table.to_array()
    return found


def entry_methods(program: Program) -> Sequence[str]:
    """The methods of the root that may be called from outside, in order, each once."""
    return tuple(dict.fromkeys(program.entry_points))
