"""First values of parameters and state, drawn in NumPy so that both backends start bit-equal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import Module, Parameter, State


def draw_parameter(path: str, shape: tuple[int, ...], kind: str, gain: float, fan: int, seed: int) -> NDArray[Any]:
    """The first value of the parameter at `path`: float64, from a generator of its own.

    normal: standard deviation gain / sqrt(fan); uniform: bound gain / sqrt(fan); orthogonal: gain times a matrix
    (first axis, all others) with orthonormal rows, or columns where it is tall; constant: gain.
    """
    import zlib

    generator = np.random.Generator(np.random.PCG64([seed, zlib.crc32(path.encode())]))
    if kind == "constant":
        return np.full(shape, float(gain))
    if kind == "normal":
        return generator.standard_normal(shape) * (gain / np.sqrt(fan))
    if kind == "uniform":
        return generator.uniform(-1.0, 1.0, shape) * (gain / np.sqrt(fan))
    if kind == "orthogonal":
        rows = shape[0]
        columns = int(np.prod(shape[1:], dtype=np.int64))
        q, r = np.linalg.qr(generator.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
        return gain * (q if rows >= columns else q.T).reshape(shape)
    raise ValueError(f"unknown kind of initial value: {kind}")


def parameter_table(module: Module, prefix: str = "") -> dict[str, Parameter]:
    """path -> Parameter, for the module and all its children, own parameters first."""
    table = {prefix + parameter.name: parameter for parameter in module.parameters}
    for name, child in module.children:
        table.update(parameter_table(child, f"{prefix}{name}."))
    return table


def state_table(module: Module, prefix: str = "") -> dict[str, State]:
    """path -> State, for the module and all its children, own state first."""
    table = {prefix + state.name: state for state in module.state}
    for name, child in module.children:
        table.update(state_table(child, f"{prefix}{name}."))
    return table


def draw_parameters(module: Module, seed: int) -> dict[str, NDArray[Any]]:
    """path -> first value (float64)."""
    return {
        path: draw_parameter(
            path, parameter.shape, parameter.initial.kind, parameter.initial.gain, parameter.initial.fan, seed
        )
        for path, parameter in parameter_table(module).items()
    }


def initial_state(module: Module) -> dict[str, NDArray[Any]]:
    """path -> first value (float64)."""
    return {path: np.full(state.shape, float(state.fill)) for path, state in state_table(module).items()}
