"""What every emitted model needs: fixed tables, where parameters come from, and arrays by path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symdsl.backends.emitted.weights import read_weights
from symdsl.plan.initial import draw_parameter


class Table:
    """A constant array. It belongs to the structure of a layer and is never trained; equal tables are equal."""

    def __init__(self, values: Any) -> None:
        self.array = np.array(values)
        self.array.setflags(write=False)
        self.key = (self.array.shape, self.array.dtype.str, self.array.tobytes())

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Table) and self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)


class Source:
    """Where the arrays of a layer come from: drawn from a seed by path, or handed in by path."""

    def __init__(
        self, seed: int, dtype: Any, given: Mapping[str, Any] | None, fixed: Mapping[str, Any] | None = None
    ) -> None:
        self.seed, self.dtype, self.given, self.fixed = seed, dtype, given, fixed or {}
        self.path = ""
        self.taken: set[str] = set()

    def below(self, name: str) -> Source:
        """The source of a child."""
        child = Source(self.seed, self.dtype, self.given, self.fixed)
        child.path, child.taken = f"{self.path}{name}.", self.taken
        return child

    def parameter(self, name: str, shape: tuple[int, ...], kind: str, gain: float, fan: int) -> Array:
        """A trained array. Raises ValueError where the given arrays have none of this path and shape."""
        if self.given is None:
            return jnp.asarray(draw_parameter(self.path + name, shape, kind, gain, fan, self.seed), self.dtype)
        return jnp.asarray(self.find(self.given, self.path + name, shape), self.dtype)

    def stored(self, name: str, shape: tuple[int, ...]) -> Any:
        """A constant that does not fit into this file."""
        return self.find({**self.fixed, **(self.given or {})}, self.path + name, shape)

    def state(self, initial: dict[str, Array]) -> dict[str, Array]:
        """The given state, all of it or none; else the initial one."""
        if self.given is None or not any(path in self.given for path in initial):
            return initial
        return {path: jnp.asarray(self.find(self.given, path, a.shape), a.dtype) for path, a in initial.items()}

    def find(self, arrays: Mapping[str, Any], path: str, shape: tuple[int, ...]) -> Any:
        """The array at `path`. Raises ValueError if it is missing or of another shape."""
        if path not in arrays:
            raise ValueError(f"the weights have no array {path}")
        if tuple(arrays[path].shape) != shape:
            raise ValueError(f"{path} has the shape {tuple(arrays[path].shape)} in the weights, but needs {shape}")
        self.taken.add(path)
        return arrays[path]

    def finish(self) -> None:
        """Raises ValueError if an array was given that no layer has taken."""
        unknown = sorted(set(self.given or {}) - self.taken)
        if unknown:
            raise ValueError(f"the model has no array {', '.join(unknown)}")


def open_weights(weights: Any) -> Mapping[str, Any] | None:
    """Arrays by path: as they are, or those of a safetensors file."""
    return weights if weights is None or isinstance(weights, Mapping) else read_weights(weights)


def parameters_of(module: Any) -> dict[str, Array]:
    """The trained arrays of a module by path."""
    leaves, _ = jax.tree_util.tree_flatten_with_path(module)
    return {".".join(key.name for key in path): leaf for path, leaf in leaves if path[0].name != "saved_state"}


def in_order(arrays: Any, names: tuple[str, ...]) -> list[Array]:
    """Arrays by name, or already in the order of the names. Raises ValueError where they are not these."""
    if len(arrays) != len(names) or (isinstance(arrays, Mapping) and set(arrays) != set(names)):
        raise ValueError(f"needed: {', '.join(names)}")
    return (
        [jnp.asarray(arrays[name]) for name in names] if isinstance(arrays, Mapping) else list(map(jnp.asarray, arrays))
    )


def state_below(state: Mapping[str, Array], child: str) -> dict[str, Array]:
    """The state of a child, by paths that start there."""
    return {path[len(child) + 1 :]: value for path, value in state.items() if path.startswith(child + ".")}


def state_above(state: Mapping[str, Array], child: str) -> dict[str, Array]:
    """The state of a child, by paths that start one level up."""
    return {f"{child}.{path}": value for path, value in state.items()}


def draw_arrays(
    key: Array, batch: int, dtype: Any, kinds: Mapping[str, tuple[str, tuple[int | None, ...]]]
) -> dict[str, Array]:
    """Independent noise by name: (uniform in [0, 1) or standard normal, shape), None standing for the batch axis."""
    draw = {"uniform": jax.random.uniform, "normal": jax.random.normal}
    drawn = {}
    for (name, (kind, shape)), part in zip(kinds.items(), jax.random.split(key, len(kinds)), strict=True):
        drawn[name] = draw[kind](part, [batch if size is None else size for size in shape], dtype)
    return drawn
