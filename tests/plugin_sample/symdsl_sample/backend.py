"""A backend that needs no framework: the source is the plan as text, and the NumPy interpreter runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.backend import RealDType, Requirements
from symdsl.backends.source_cache import import_source
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program
from symdsl.plan.print import print_program

REQUIREMENTS = Requirements(("numpy",), "pip install numpy")


@dataclass
class InterpretedModel:
    """A plan and its weights behind NumPy arrays."""

    program: Program
    module: ModuleType
    dtype: RealDType
    values: dict[str, NDArray[Any]] = field(default_factory=dict)

    def call(self, entry_point: str, *arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """The outputs of an entry point."""
        outputs, state = interpret(self.program.root, entry_point, list(arrays), self.values, self.values)
        self.values |= state
        return tuple(outputs)

    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of parameters and state by plan path."""
        return {name: value.copy() for name, value in self.values.items()}

    def set_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Replace parameters and state. Raises ValueError where names differ."""
        if set(weights) != set(self.values):
            raise ValueError("these are the weights of another model")
        self.values = {name: np.asarray(value, dtype=np.float64) for name, value in weights.items()}


@dataclass(frozen=True, slots=True)
class InterpretedBackend:
    """The plan as text."""

    name: str = "interpreted"
    requirements: Requirements = REQUIREMENTS
    channels_last: bool = True

    def emit(self, program: Program, weights: Mapping[str, NDArray[Any]] | None = None) -> str:
        """The plan as a Python string literal."""
        return f"PLAN = {print_program(program)!r}\n"

    def load(self, path: Path) -> ModuleType:
        """Import emitted source."""
        return import_source(path)

    def instantiate(
        self,
        program: Program,
        path: Path,
        weights: Mapping[str, NDArray[Any]] | None = None,
        seed: int = 0,
        dtype: RealDType = "float32",
    ) -> InterpretedModel:
        """The interpreter with weights given or drawn from `seed`."""
        first = {**draw_parameters(program.root, seed), **initial_state(program.root)}
        model = InterpretedModel(program, self.load(path), dtype, first)
        if weights is not None:
            model.set_weights(weights)
        return model


BACKEND = InterpretedBackend()
