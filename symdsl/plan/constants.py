"""The arrays of a module's constants: stored tables, or computed by a named NumPy function."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import Constant, Module


def evaluate_constant(constant: Constant) -> NDArray[Any]:
    """The array, as float64 or int64 (booleans too).

    The function named "package.module:name" is imported: constants come from the compiler's own code, and no
    reader of files makes one with a function. Raises PlanError if there is neither a function nor a table.
    """
    if constant.table is not None:
        return constant.table.to_array()
    if constant.function is None:
        raise PlanError(f"constant {constant.name} has neither a function nor a table")
    place, _, name = constant.function.partition(":")
    array = np.asarray(getattr(import_module(place), name)(*constant.arguments))
    return array.astype(np.int64 if array.dtype.kind in "iub" else np.float64)


def constant_table(module: Module, prefix: str = "") -> dict[str, Constant]:
    """path -> Constant, for the module and all its children."""
    table = {prefix + constant.name: constant for constant in module.constants}
    for name, child in module.children:
        table.update(constant_table(child, f"{prefix}{name}."))
    return table
