"""Layer by layer: every typed value of the IR must move as its type says, so that a broken layer is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.check.spec import Model
from symdsl.ir.graph import Graph, Node
from symdsl.ir.operations.derivative import Gradient
from symdsl.ir.operations.euler_lagrange import EulerLagrange
from symdsl.passes.lowering.lower import lower_graph
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Module
from symdsl.verification.equivariance import EXACT_TOLERANCE, move, relative_error
from symdsl.verification.report import Measurement
from symdsl.verification.samples import Elements

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Traced:
    """A graph with its module, whose method `trace` returns every value, and its weights by path.

    `prefix` stands before the names of its layers: "hamiltonian." for those of a scalar whose gradient is taken. Such
    a one lies within another graph, at a node whose operands are its inputs.
    """

    graph: Graph
    module: Module
    weights: Arrays
    prefix: str = ""
    within: tuple[Traced, Node] | None = None

    def values(self, inputs: Arrays) -> dict[int, NDArray[Any]]:
        """Every value of the graph by node id, in the interpreter; `inputs` are by the names of the model's inputs."""
        if self.within is not None:
            outer, node = self.within
            known = outer.values(inputs)
            inputs = {name: known[index] for (name, _), index in zip(self.graph.inputs, node.inputs, strict=True)}
        method = self.module.method("trace")
        arrays = [inputs[name] for name, _ in self.graph.inputs]
        outputs, _ = interpret(self.module, method, arrays, self.weights, self.weights)
        return {int(name.rpartition("_")[2]): value for name, value in zip(method.output_names, outputs, strict=True)}

    def regions(self) -> Iterator[Traced]:
        """The scalars that are differentiated, innermost first."""
        for node in self.graph.nodes:
            if isinstance(node.attributes, (Gradient, EulerLagrange)):
                inside, region = f"{node.name}.", node.attributes.region
                below = [path for path in self.weights if path.startswith(inside)]
                own = {path.removeprefix(inside): self.weights[path] for path in below}
                module = lower_graph(region, "Region", "The scalar of a gradient.", channels_last=False, traced=True)
                scalar = Traced(region, module, own, self.prefix + inside, (self, node))
                yield from scalar.regions()
                yield scalar


def measure_layers(
    model: Model, traced: Traced, inputs: Arrays, sets: tuple[Elements, ...], limit: int = 4
) -> tuple[Measurement, ...]:
    """The error at every typed value of the graph, for each symmetry, over at most `limit` elements acting exactly.

    The layers inside a gradient come before it, so that the first broken one is the cause.
    """
    return tuple(
        row
        for part in (*traced.regions(), traced)
        for plain in (part.values(inputs),)
        for elements in sets
        for row in _measure(model, part, plain, inputs, elements, limit)
    )


def _measure(
    model: Model, traced: Traced, plain: Mapping[int, NDArray[Any]], inputs: Arrays, elements: Elements, limit: int
) -> Iterator[Measurement]:
    symmetry, exact = elements.symmetry, elements.matrices[elements.exact]
    chosen = exact[np.linspace(0, len(exact) - 1, min(limit, len(exact))).astype(int)]
    moved = [traced.values(move(model, symmetry, matrix, inputs)) for matrix in chosen]
    for node in traced.graph.nodes:
        action = node.type.actions.get(symmetry.name)
        if action is None or not node.inputs:
            continue
        errors = [
            relative_error(values[node.id], action.apply(matrix, plain[node.id]))
            for matrix, values in zip(chosen, moved, strict=True)
        ]
        yield Measurement(
            quantity="equivariance",
            subject=symmetry.name,
            where=traced.prefix + (node.name or f"{node.attributes.op}_{node.id}"),
            elements=len(chosen),
            error=max(errors, default=0.0),
            tolerance=EXACT_TOLERANCE,
            note=action.text,
        )
