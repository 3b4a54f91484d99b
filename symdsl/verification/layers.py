"""Layer by layer: every typed value of the IR must move as its type says, so that a broken layer is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.ir.graph import Graph, Node
from symdsl.ir.operations.derivative import Gradient
from symdsl.passes.lowering.lower import lower_graph
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Module
from symdsl.verification.equivariance import EXACT_TOLERANCE, move, relative_error
from symdsl.verification.report import Measurement
from symdsl.verification.samples import Elements

Arrays = Mapping[str, NDArray[Any]]


def trace_values(graph: Graph, traced: Module, weights: Arrays, inputs: Arrays) -> dict[int, NDArray[Any]]:
    """Every value of the graph by node id, through the interpreter; `inputs` are by the names of the graph's inputs."""
    method = traced.method("trace")
    arrays = [inputs[name] for name, _ in graph.inputs]
    outputs, _ = interpret(traced, method, arrays, weights, weights)
    return {int(name.rpartition("_")[2]): value for name, value in zip(method.output_names, outputs, strict=True)}


def measure_layers(
    model: Model,
    graph: Graph,
    traced: Module,
    weights: Arrays,
    inputs: Arrays,
    sets: tuple[Elements, ...],
    limit: int = 4,
) -> tuple[Measurement, ...]:
    """The error at every typed value of the graph, for each symmetry, over at most `limit` elements acting exactly.

    `traced` is the graph's module with its method `trace`. The layers of a scalar whose gradient is taken come before
    the gradient, as "hamiltonian.layer_1".
    """
    found: list[Measurement] = []
    for elements in sets:
        exact = elements.matrices[elements.exact]
        chosen = exact[np.linspace(0, len(exact) - 1, min(limit, len(exact))).astype(int)]
        few = replace(elements, matrices=chosen, exact=np.ones(len(chosen), dtype=np.bool_))
        found.extend(_measure(model, graph, traced, weights, inputs, few, ""))
    return tuple(found)


def _measure(
    model: Model, graph: Graph, traced: Module, weights: Arrays, inputs: Arrays, elements: Elements, prefix: str
) -> Iterator[Measurement]:
    symmetry = elements.symmetry
    plain = trace_values(graph, traced, weights, inputs)
    moved = [
        trace_values(graph, traced, weights, move(model, symmetry, matrix, inputs)) for matrix in elements.matrices
    ]
    for node in graph.nodes:
        if isinstance(node.attributes, Gradient):
            yield from _measure_region(model, node, node.attributes.region, weights, inputs, elements, prefix)
        action = node.type.actions.get(symmetry.name)
        if action is None or not node.inputs:
            continue
        errors = [
            relative_error(values[node.id], action.apply(matrix, plain[node.id]))
            for matrix, values in zip(elements.matrices, moved, strict=True)
        ]
        yield Measurement(
            quantity="equivariance",
            subject=symmetry.name,
            where=prefix + (node.name or f"{node.attributes.op}_{node.id}"),
            elements=len(elements.matrices),
            error=max(errors, default=0.0),
            tolerance=EXACT_TOLERANCE,
            note=action.text,
        )


def _measure_region(
    model: Model, node: Node, region: Graph, weights: Arrays, inputs: Arrays, elements: Elements, prefix: str
) -> Iterator[Measurement]:
    inside = f"{node.name}."
    own = {path.removeprefix(inside): value for path, value in weights.items() if path.startswith(inside)}
    traced = lower_graph(region, "Region", "The scalar of a gradient.", channels_last=False, traced=True)
    yield from _measure(model, region, traced, own, inputs, elements, prefix + inside)
