"""The torch backend: emitted source as an `nn.Module`, and a model behind NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.backend import CompiledModel, RealDType, Requirements
from symdsl.backends.source_cache import import_source
from symdsl.backends.torch.device import find_device
from symdsl.backends.torch.emit import emit, root_class_name
from symdsl.backends.torch.modes import TRAINING, TRAINING_CALLERS, method_name, signature_order
from symdsl.plan.nodes import Program
from symdsl.plan.share_classes import share_classes

if TYPE_CHECKING:
    from torch import nn

REQUIREMENTS = Requirements(("torch",), 'pip install "symdsl[torch]"')


@dataclass(frozen=True, slots=True)
class TorchModel:
    """An emitted `nn.Module` behind NumPy arrays; `printed` has the names of its methods by plan name."""

    program: Program
    module: nn.Module
    dtype: RealDType
    printed: Mapping[str, str]

    def call(self, entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """The outputs of an entry point; the module is in training mode for `forward_train` and `objective`."""
        import torch

        method = self.program.root.method(entry_point)
        if len(arrays) != len(method.arguments):
            raise ValueError(f"{entry_point} takes {len(method.arguments)} arrays, not {len(arrays)}")
        device = next((held.device for held in chain(self.module.parameters(), self.module.buffers())), None)
        given = [self._tensor(arrays[place], device) for place in signature_order(method)]
        self.module.train(entry_point in TRAINING_CALLERS)
        called = (
            self.module if entry_point in ("forward", TRAINING) else getattr(self.module, self.printed[entry_point])
        )
        try:
            with torch.no_grad():
                results = called(*given)
        finally:
            self.module.eval()
        results = results if isinstance(results, tuple) else (results,)
        return tuple(result.cpu().numpy().copy() for result in results)

    def place(self, device: str) -> None:
        """Move the module. Raises SymdslError (SYM1003, exit 4)."""
        self.module.to(find_device(device))

    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of parameters and state by plan path."""
        return {name: value.detach().cpu().numpy().copy() for name, value in self.module.state_dict().items()}

    def set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Replace parameters and state. Raises ValueError."""
        self.module.set_weights(weights)  # pyright: ignore[reportCallIssue]

    def _tensor(self, array: NDArray[Any], device: Any) -> Any:
        import torch

        kind = getattr(torch, self.dtype) if array.dtype.kind == "f" else None
        return torch.tensor(np.ascontiguousarray(array), dtype=kind, device=device)


@dataclass(frozen=True, slots=True)
class TorchBackend:
    """PyTorch."""

    name: str = "torch"
    requirements: Requirements = REQUIREMENTS
    channels_last: bool = False

    def emit(self, program: Program, weights: Mapping[str, NDArray[Any]] | None = None) -> str:
        """One readable source file; with `weights` its model takes them from the file beside it. Raises ValueError."""
        return emit(program, from_file=weights is not None)

    def load(self, path: Path) -> ModuleType:
        """Import emitted source. Raises SymdslError (exit 4) without torch."""
        self.requirements.verify(self.name)
        return import_source(path)

    def instantiate(
        self,
        program: Program,
        path: Path,
        weights: Mapping[str, NDArray[Any]] | None = None,
        seed: int = 0,
        dtype: RealDType = "float32",
    ) -> CompiledModel:
        """The root class of the source at `path`, its weights given or drawn from `seed`, in evaluation mode."""
        source = self.load(path)
        import torch

        module = getattr(source, root_class_name(program))(seed=seed, dtype=getattr(torch, dtype)).eval()
        root = share_classes(program).classes[-1]
        printed = {method.name: method_name(root, method.name) for method in program.root.methods}
        model = TorchModel(program, module, dtype, printed)
        if weights is not None:
            model.set_weights(weights)
        return model


BACKEND = TorchBackend()
