"""Constants of a layer as Python text: computed by a printed NumPy function, printed, or read from the weights file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from symdsl.backends.jax.code import print_value
from symdsl.backends.source_functions import function_source
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import Constant
from symdsl.plan.sizes import is_stored


def emit_constant(constant: Constant, functions: Mapping[str, str]) -> str:
    """Text of the constant's value inside a constructor; `functions` are the printed names of NumPy functions."""
    if constant.function is not None:
        arguments = ", ".join(print_value(argument, "") for argument in constant.arguments)
        return f"{functions[constant.function]}({arguments})"
    if constant.table is None:
        raise PlanError(f"constant {constant.name} has neither a function nor a table")
    if is_stored(constant):
        return f'source.stored("{constant.name}", {print_value(constant.table.shape, "")})'
    array = constant.table.to_array()
    if 0 in array.shape:
        return f"np.zeros({array.shape}, np.{constant.table.dtype})"
    return f"np.array({_print_nested(array.tolist())}, np.{constant.table.dtype})"


def _print_nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_print_nested(entry) for entry in value)}]"
    return print_value(value)


def name_functions(constants: Iterable[Constant], reserved: frozenset[str]) -> Mapping[str, str]:
    """Reference "package.module:name" -> the name that the function has in the file; taken names are numbered."""
    names: dict[str, str] = {}
    for constant in constants:
        if constant.function is None or constant.function in names:
            continue
        wanted = constant.function.rpartition(":")[2]
        name, number = wanted, 1
        while name in names.values() or name in reserved:
            number += 1
            name = f"{wanted}_{number}"
        names[constant.function] = name
    return MappingProxyType(names)


def print_function(reference: str, name: str) -> str:
    """The source of the NumPy function "package.module:name", called `name`."""
    known, source = function_source(reference)
    return source if name == known else source.replace(f"def {known}(", f"def {name}(", 1)
