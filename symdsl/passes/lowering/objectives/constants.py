"""The tables of a module that is being written: each once, whatever asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.constants import evaluate_constant
from symdsl.plan.nodes import Constant, Table
from symdsl.plan.value import Value


@dataclass
class ConstantTables:
    """Constants by name; a name that is taken by another one gets a number."""

    found: dict[str, Constant] = field(default_factory=dict)

    def stored(self, name: str, array: np.ndarray, builder: MethodBuilder) -> Value:
        """An array, integers as integers."""
        return self._add(Constant(name, table=Table.from_array(np.asarray(array))), builder)

    def computed(self, name: str, function: str, arguments: tuple[int, ...], builder: MethodBuilder) -> Value:
        """What a self-contained NumPy function gives, named as in `Constant`."""
        return self._add(Constant(name, function, arguments), builder)

    def constants(self) -> tuple[Constant, ...]:
        """All of them, in the order in which they were asked for."""
        return tuple(self.found.values())

    def _add(self, constant: Constant, builder: MethodBuilder) -> Value:
        stem, number = constant.name, 1
        while self.found.get(constant.name, constant) != constant:
            number += 1
            constant = replace(constant, name=f"{stem}_{number}")
        self.found[constant.name] = constant
        array = evaluate_constant(constant)
        return builder.constant(constant.name, array.shape, "integer" if array.dtype.kind == "i" else "real")


def pixels_right(height: int, width: int) -> NDArray[np.float64]:
    """How far each pixel lies to the right of the centre: (height * width,), in pixels."""
    return np.asarray(np.tile(np.arange(width) - (width - 1) / 2.0, height), dtype=np.float64)


def pixels_up(height: int, width: int) -> NDArray[np.float64]:
    """How far each pixel lies above the centre: (height * width,), in pixels."""
    return np.asarray(np.repeat((height - 1) / 2.0 - np.arange(height), width), dtype=np.float64)
