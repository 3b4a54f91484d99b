"""After training, symmetry costs nothing: what depends on no input is computed once, and normalisation merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from symdsl.passes.fold_normalisation import merge_normalisation
from symdsl.passes.fold_values import fold_values
from symdsl.plan.initial import parameter_table
from symdsl.plan.nodes import Program

# What belongs to training is not folded, and is no part of the folded program.
_TRAINING = ("forward_train", "objective", "trace")


def fold(
    program: Program, params: Mapping[str, NDArray[Any]], state: Mapping[str, NDArray[Any]]
) -> tuple[Program, dict[str, NDArray[Any]]]:
    """The inference program in which symmetry is compiled away, and its parameters (float64).

    Every largest value that depends on parameters, constants and state alone becomes a parameter of its layer;
    `batch_norm_inference` behind a convolution or linear map, in the same method or across calls, is merged into
    weight and bias. The tree of layers stays. Entry points of training are dropped; there is no state left.
    The outputs are those of the original to rounding. Raises PlanError.
    """
    kept = tuple(name for name in program.entry_points if name not in _TRAINING)
    root, arrays = fold_values(program.root, kept, params, state)
    root, arrays = merge_normalisation(root, arrays)
    used = {path: arrays[path] for path in parameter_table(root)}
    return replace(program, root=root, entry_points=kept, targets=()), used
