"""Layer by layer: every typed value of the IR must move as its type says, so that a broken layer is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.ir.graph import Graph
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program
from symdsl.verification.equivariance import EXACT_TOLERANCE, move, relative_error
from symdsl.verification.report import Measurement
from symdsl.verification.samples import Elements

Arrays = Mapping[str, NDArray[Any]]


def trace_values(traced: Program, weights: Arrays, inputs: Arrays) -> dict[int, NDArray[Any]]:
    """Every value of the IR graph by node id, through the interpreter, for inputs in the order of the spec."""
    method = traced.root.method("trace")
    outputs, _ = interpret(traced.root, method, list(inputs.values()), weights, weights)
    return {int(name.rpartition("_")[2]): value for name, value in zip(method.output_names, outputs, strict=True)}


def measure_layers(
    model: Model,
    graph: Graph,
    traced: Program,
    weights: Arrays,
    inputs: Arrays,
    sets: tuple[Elements, ...],
    limit: int = 4,
) -> tuple[Measurement, ...]:
    """The error at every typed value of the graph, for each symmetry, over at most `limit` elements acting exactly."""
    plain = trace_values(traced, weights, inputs)
    found: list[Measurement] = []
    for elements in sets:
        symmetry = elements.symmetry
        chosen = elements.matrices[elements.exact]
        chosen = chosen[np.linspace(0, len(chosen) - 1, min(limit, len(chosen))).astype(int)]
        moved = [trace_values(traced, weights, move(model, symmetry, matrix, inputs)) for matrix in chosen]
        for node in graph.nodes:
            action = node.type.actions.get(symmetry.name)
            if action is None or not node.inputs:
                continue
            errors = [
                relative_error(values[node.id], action.apply(matrix, plain[node.id]))
                for matrix, values in zip(chosen, moved, strict=True)
            ]
            found.append(
                Measurement(
                    quantity="equivariance",
                    subject=symmetry.name,
                    where=node.name or f"{node.attributes.op}_{node.id}",
                    elements=len(chosen),
                    error=max(errors, default=0.0),
                    tolerance=EXACT_TOLERANCE,
                    note=action.text,
                )
            )
    return tuple(found)
