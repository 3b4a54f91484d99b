"""Classes that emitted files contain, word for word: what their layers and models are made of."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from symdsl.backends.emitted.weights import read_weights, write_weights
from symdsl.plan.initial import draw_parameter


class ExactModule(nn.Module):
    """A module with constants: buffers that no checkpoint holds, rounded once from float64 in any dtype."""

    def __init__(self) -> None:
        super().__init__()
        self._exact: dict[str, np.ndarray[Any, Any]] = {}

    def add_constant(self, name: str, array: np.ndarray[Any, Any]) -> None:
        """Register a constant: reals follow the dtype of the module, all else is int64."""
        if array.dtype.kind == "f":
            self._exact[name] = array
            tensor = torch.tensor(array, dtype=torch.get_default_dtype())
        else:
            tensor = torch.tensor(array, dtype=torch.int64)
        self.register_buffer(name, tensor, persistent=False)

    def _apply(self, *arguments: Any, **options: Any) -> ExactModule:
        before = {name: self._buffers[name] for name in self._exact}
        super()._apply(*arguments, **options)
        for name, array in self._exact.items():
            old, new = before[name], self._buffers[name]
            if new is not None and old is not None and (new.dtype != old.dtype or old.is_meta):
                self._buffers[name] = torch.tensor(array, dtype=new.dtype, device=new.device)
        return self


class WeightsModule(nn.Module):
    """A module whose parameters and state start from a seed and are kept in a safetensors file."""

    def start(self, seed: int, dtype: torch.dtype, weights: str | os.PathLike[str] | None, source: str) -> None:
        """Take the real dtype, the stored constants that lie beside the source file, and the first weights."""
        if self.stored_constants():
            self.load_constants(Path(source).with_suffix(".safetensors"))
        self.to(dtype)
        if weights is None:
            self.draw_weights(seed)
        else:
            self.load_weights(weights)

    def draw_weights(self, seed: int) -> None:
        """Draw every parameter, in NumPy, as each layer says: (kind, gain, fan)."""
        with torch.no_grad():
            for place, module in self.named_modules():
                for name, (kind, gain, fan) in getattr(module, "_initial", {}).items():
                    parameter = module.get_parameter(name)
                    path = f"{place}.{name}" if place else name
                    values = draw_parameter(path, tuple(parameter.shape), kind, gain, fan, seed)
                    parameter.copy_(torch.from_numpy(values))

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Read parameters and state. Raises ValueError where names or shapes are not those of this model."""
        self.set_weights(read_weights(path))

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Write parameters and state."""
        values = {name: value.detach().cpu() for name, value in self.state_dict().items()}
        arrays = {name: (v.float() if v.dtype == torch.bfloat16 else v).numpy() for name, v in values.items()}
        write_weights(path, {**arrays, **self.stored_constants()})

    def set_weights(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Replace parameters and state. Raises ValueError where names or shapes are not those of this model."""
        values = self.state_dict()
        missing = sorted(values.keys() - arrays.keys())
        unknown = sorted(arrays.keys() - values.keys() - self.stored_constants().keys())
        if missing or unknown:
            raise ValueError(f"these are not the weights of this model: missing {missing}, unknown {unknown}")
        for name, value in values.items():
            if tuple(arrays[name].shape) != tuple(value.shape):
                raise ValueError(f"weight {name} has shape {arrays[name].shape}, not {tuple(value.shape)}")
        with torch.no_grad():
            for name, value in values.items():
                value.copy_(torch.from_numpy(np.array(arrays[name])))

    def stored_constants(self) -> dict[str, np.ndarray[Any, Any]]:
        """The constants that lie in the weights file, by path."""
        found: dict[str, np.ndarray[Any, Any]] = {}
        for place, module in self.named_modules():
            for name in getattr(module, "_stored", ()):
                path = f"{place}.{name}" if place else name
                exact = getattr(module, "_exact", {})
                found[path] = exact[name] if name in exact else module.get_buffer(name).cpu().numpy()
        return found

    def load_constants(self, path: str | os.PathLike[str]) -> None:
        """Read the stored constants. Raises ValueError where one is missing or has another shape."""
        arrays = read_weights(path)
        for place, module in self.named_modules():
            for name in getattr(module, "_stored", ()):
                full = f"{place}.{name}" if place else name
                shape = tuple(module.get_buffer(name).shape)
                if full not in arrays or arrays[full].shape != shape:
                    raise ValueError(f"{path} has no constant {full} of shape {shape}")
                add_constant: Any = getattr(module, "add_constant", None)
                add_constant(name, arrays[full])
