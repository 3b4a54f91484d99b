"""`.stablehlo`: a portable artefact of jax.export, for `jax.export.deserialize`; its MLIR as text on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.jax.model import pure_name
from symdsl.export.format import Call, Format, FormatOptions, Subject, not_exportable

PLATFORMS = ("cpu", "cuda", "tpu")
TEXT = ".mlir"


@dataclass(frozen=True, slots=True)
class StableHlo:
    """StableHLO for the platforms of XLA, the weights inside as constants."""

    name: str = "stablehlo"
    suffix: str = ".stablehlo"
    backend: str | None = "jax"
    whole_program: bool = False
    options: frozenset[str] = frozenset({"text"})

    @property
    def packages(self) -> Mapping[str, str]:
        """What the emitted source imports."""
        return {"jax": "jax", "equinox": "jax"}

    def serialise(self, subject: Subject, options: FormatOptions, folder: Path) -> dict[str, bytes]:
        """The artefact, and its text where that is asked for. Raises SymdslError (SYM0912)."""
        import jax
        from jax import export

        count = subject.batch if subject.batch else export.symbolic_shape("batch")[0]
        kind = np.dtype(subject.dtype)
        shapes = [jax.ShapeDtypeStruct((count, *port.shape), kind) for port in subject.inputs]
        with right_precision(subject), without_places():
            try:
                exported = export.export(jax.jit(entry_function(subject)), platforms=PLATFORMS)(*shapes)
            except (ValueError, TypeError, NotImplementedError) as error:
                raise not_exportable(self.name, error) from error
            files = {self.suffix: bytes(exported.serialize())}
            if options.text:
                files[TEXT] = exported.mlir_module().encode()
        return files

    def load(self, files: Mapping[str, bytes], subject: Subject, folder: Path) -> AbstractContextManager[Call]:
        """By `jax.export.deserialize`."""
        from jax import export

        loaded = export.deserialize(bytearray(files[self.suffix]))

        def call(arrays: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
            with right_precision(subject):
                return tuple(np.asarray(result) for result in loaded.call(*arrays))

        return nullcontext(call)

    def describe(self, files: Mapping[str, bytes]) -> dict[str, str | int]:
        """The calling convention and the platforms."""
        from jax import export

        loaded = export.deserialize(bytearray(files[self.suffix]))
        return {"calling_convention": loaded.calling_convention_version, "platforms": ", ".join(loaded.platforms)}


def entry_function(subject: Subject) -> Any:
    """The entry point as a function of its inputs alone, which gives a plain tuple."""
    pure = getattr(import_module(type(subject.model.module).__module__), pure_name(subject.entry))
    kind = np.dtype(subject.dtype)
    # what is not asked for as a parameter is state
    weights = {name: np.asarray(array, kind) for name, array in subject.weights.items()}

    def model(*inputs: Any) -> tuple[Any, ...]:
        outputs, _ = pure(weights, weights, inputs)
        return tuple(outputs) if isinstance(outputs, tuple) else (outputs,)

    return model


@contextmanager
def right_precision(subject: Subject) -> Iterator[None]:
    """64-bit types where the model is of float64."""
    import jax

    with jax.enable_x64(subject.dtype == "float64"):
        yield


@contextmanager
def without_places() -> Iterator[None]:
    """No names of files on this machine in what is lowered meanwhile."""
    import jax

    name = "jax_traceback_in_locations_limit"
    before = getattr(jax.config, name)
    jax.config.update(name, 0)
    try:
        yield
    finally:
        jax.config.update(name, before)


FORMAT: Format = StableHlo()
