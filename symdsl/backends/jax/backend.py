"""The jax backend: emit, import, and run behind NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.backend import RealDType, Requirements, entry_methods
from symdsl.backends.jax.device import find_device
from symdsl.backends.jax.emit import emit_source, reserved_names
from symdsl.backends.jax.model import pure_name
from symdsl.backends.padding import cut_rows, fill_up_rows
from symdsl.backends.source_cache import import_source
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.nodes import Program
from symdsl.plan.share_classes import share_classes

if TYPE_CHECKING:
    from symdsl.backends.backend import Backend, CompiledModel


class JaxModel:
    """The Equinox model of a program behind NumPy arrays; its pure functions are compiled once for each shape.

    In float64 every call runs with 64-bit types enabled, for that call alone.
    """

    def __init__(self, program: Program, source: ModuleType, class_name: str, dtype: RealDType) -> None:
        self._program = program
        self._source = source
        self._class: Callable[..., Any] = getattr(source, class_name)
        self._dtype = np.dtype(dtype)
        self._functions: dict[str, Callable[..., Any]] = {}
        self._parameters: dict[str, NDArray[Any]] = {}
        self._state: dict[str, NDArray[Any]] = {}
        self._device: Any = None

    @property
    def module(self) -> Any:
        """The Equinox module, with the present parameters and state."""
        import jax

        with jax.enable_x64(self._dtype == np.float64):
            return self._class(dtype=self._dtype, weights={**self._parameters, **self._state})

    def call(self, entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """The outputs of an entry point in plan order; updates of state stay in the model. Raises KeyError."""
        method = self._program.root.method(entry_point)
        if entry_point not in entry_methods(self._program):
            raise KeyError(f"{entry_point} is no entry point of {self._program.name}")
        if self._program.row_indices:
            return tuple(cut_rows(method, self._run(entry_point, fill_up_rows(self._program, method, arrays)), arrays))
        return self._run(entry_point, arrays)

    def _run(self, entry_point: str, arrays: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], ...]:
        import jax

        method = self._program.root.method(entry_point)
        names = {method.nodes[index].attributes["name"]: index for index in method.arguments}
        given = dict(zip(names, arrays, strict=True))
        noise_names = {name for name, _ in method.noise}
        reals = {name for name, index in names.items() if method.nodes[index].type.dtype == "real"}
        cast = {name: np.asarray(a, self._dtype) if name in reals else np.asarray(a) for name, a in given.items()}
        inputs = {name: array for name, array in cast.items() if name not in noise_names}
        noise = {name: array for name, array in cast.items() if name in noise_names}
        with jax.enable_x64(self._dtype == np.float64), jax.default_device(self._device):
            if entry_point not in self._functions:
                self._functions[entry_point] = jax.jit(getattr(self._source, pure_name(entry_point)))
            outputs, state = self._functions[entry_point](self._parameters, self._state, inputs, noise)
            several = outputs if len(method.outputs) != 1 else (outputs,)
            results = tuple(np.array(output) for output in several)
            self._state = {path: np.array(value) for path, value in state.items()}
        return results

    def place(self, device: str) -> None:
        """Compute on the first device of a kind. Raises SymdslError (SYM1003, exit 4)."""
        self._device = find_device(device)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of parameters and state by plan path."""
        return {path: array.copy() for path, array in {**self._parameters, **self._state}.items()}

    def set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Replace parameters and state. Raises ValueError where names or shapes are not those of the program."""
        parameters, state = draw_parameters(self._program.root, 0), initial_state(self._program.root)
        wanted = {path: array.shape for path, array in {**parameters, **state}.items()}
        for path in sorted(set(wanted) | set(weights)):
            if path not in weights:
                raise ValueError(f"the weights have no array {path}")
            if path not in wanted:
                raise ValueError(f"the model has no array {path}")
            if weights[path].shape != wanted[path]:
                raise ValueError(f"{path} has the shape {weights[path].shape} in the weights, but needs {wanted[path]}")
        self._parameters = {path: np.array(weights[path], self._dtype) for path in parameters}
        self._state = {path: np.array(weights[path], self._dtype) for path in state}


class JaxBackend:
    """Plans as Equinox modules."""

    @property
    def name(self) -> str:
        """What `--backend` calls it."""
        return "jax"

    @property
    def channels_last(self) -> bool:
        """XLA convolves (H, W, C) without transposes; on a CPU it is the faster layout."""
        return True

    @property
    def requirements(self) -> Requirements:
        """Emitting needs none of these."""
        return Requirements(("jax", "equinox"), 'pip install "symdsl[jax]"')

    def emit(self, program: Program, weights: Mapping[str, NDArray[Any]] | None = None) -> str:
        """The source; with `weights` it takes its parameters from the file beside it by default."""
        return emit_source(program, from_file=weights is not None)

    def load(self, path: Path) -> ModuleType:
        """Import emitted source. Raises SymdslError (exit 4) without jax or equinox."""
        self.requirements.verify(self.name)
        return import_source(path)

    def instantiate(
        self,
        program: Program,
        path: Path,
        weights: Mapping[str, NDArray[Any]] | None = None,
        seed: int = 0,
        dtype: RealDType = "float32",
    ) -> JaxModel:
        """The model in the source at `path`, with the given weights or drawn from `seed`."""
        class_name = share_classes(program, reserved_names()).classes[-1].name
        model = JaxModel(program, self.load(path), class_name, dtype)
        root = program.root
        model.set_weights(weights if weights is not None else {**draw_parameters(root, seed), **initial_state(root)})
        return model


BACKEND = JaxBackend()

if TYPE_CHECKING:
    _protocol: Backend = BACKEND
    _model: type[CompiledModel] = JaxModel
