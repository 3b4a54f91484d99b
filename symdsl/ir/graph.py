"""Graphs of typed nodes, built and verified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializeAsAny

from symdsl.ir.objectives import Objective
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.leaves import Input
from symdsl.ir.types import EquivarianceError, ValueType

IR_VERSION = 1


class Node(BaseModel):
    """One value of a graph: an operation on earlier nodes. `name` is the layer's name in the emitted model.

    `shares` is an earlier node of the same layer, whose weights this one has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int
    attributes: SerializeAsAny[Attributes]
    inputs: tuple[int, ...]
    type: ValueType
    name: str | None = None
    shares: int | None = None


class Graph(BaseModel):
    """A dataflow graph: nodes in topological order, named inputs and outputs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: tuple[Node, ...]
    inputs: tuple[tuple[str, int], ...]
    outputs: tuple[tuple[str, int], ...]

    def node(self, identifier: int) -> Node:
        """The node with that id (ids are positions)."""
        return self.nodes[identifier]

    def describe(self) -> dict[str, Any]:
        """The graph as JSON data, one entry a node."""
        return {
            "nodes": [
                {
                    "id": node.id,
                    "op": node.attributes.op,
                    "attributes": node.attributes.model_dump(mode="json"),
                    "inputs": list(node.inputs),
                    "type": node.type.model_dump(mode="json"),
                    "name": node.name,
                    **({} if node.shares is None else {"shares": node.shares}),
                }
                for node in self.nodes
            ],
            "inputs": [list(pair) for pair in self.inputs],
            "outputs": [list(pair) for pair in self.outputs],
        }


class ModelGraph(BaseModel):
    """The IR of a whole model: its forward graph, the symmetries of its types, and what only training does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    forward: Graph
    groups: Mapping[str, Any]
    claims: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()

    def to_json(self) -> str:
        """Versioned JSON with the same bytes on every run."""
        data = {
            "ir_version": IR_VERSION,
            "name": self.name,
            "groups": {name: self.groups[name] for name in sorted(self.groups)},
            "claims": list(self.claims),
            "objectives": [{"kind": type(each).__name__, **each.model_dump(mode="json")} for each in self.objectives],
            "forward": self.forward.describe(),
        }
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def content_hash(self) -> str:
        """SHA-256 of what the model computes and how every value moves.

        It ignores the names of the model, its fields, symmetries, axes, parameters and layers, the order of
        declarations, and the layout of the text; it depends on the order after `from` and `predict`, in which a model
        is called.
        """
        from symdsl.ir.content import canonical_content

        data = {"ir_version": IR_VERSION, **canonical_content(self.forward, self.groups)}
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


class GraphBuilder:
    """Adds nodes one by one; every node is typed when it is added."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._inputs: list[tuple[str, int]] = []
        self._names: set[str] = set()

    def input(self, name: str, value_type: ValueType) -> int:
        """Declare an input of the graph."""
        identifier = self.add(Input(field=name, type=value_type))
        self._inputs.append((name, identifier))
        return identifier

    def add(self, attributes: Attributes, *operands: int, name: str | None = None, shares: int | None = None) -> int:
        """Append an operation; its typing rule decides the type. With `shares` it is a second use of a layer.

        Raises EquivarianceError.
        """
        value_type = attributes.result_type(tuple(self._nodes[index].type for index in operands))
        identifier = len(self._nodes)
        if shares is not None:
            name = self._nodes[shares].name
        elif name is not None:
            name = self._unique(name.lower())
        self._nodes.append(
            Node(id=identifier, attributes=attributes, inputs=operands, type=value_type, name=name, shares=shares)
        )
        return identifier

    def type_of(self, identifier: int) -> ValueType:
        """The type of a node."""
        return self._nodes[identifier].type

    def build(self, outputs: Mapping[str, int]) -> Graph:
        """Close the graph."""
        return Graph(nodes=tuple(self._nodes), inputs=tuple(self._inputs), outputs=tuple(outputs.items()))

    def _unique(self, name: str) -> str:
        candidate, count = name, 1
        while candidate in self._names:
            count += 1
            candidate = f"{name}_{count}"
        self._names.add(candidate)
        return candidate


def verify_graph(graph: Graph) -> None:
    """Type every node again from its operands, in regions too. Raises EquivarianceError naming one that fails."""
    for position, node in enumerate(graph.nodes):
        if node.id != position or any(not 0 <= index < position for index in node.inputs):
            raise EquivarianceError(f"node {node.id} ({node.attributes.op}) is out of order")
        for name in type(node.attributes).model_fields:
            region = getattr(node.attributes, name)
            if isinstance(region, Graph):
                verify_graph(region)
        if node.shares is not None:
            _verify_shared(node, graph)
        inferred = node.attributes.result_type(tuple(graph.nodes[index].type for index in node.inputs))
        if inferred != node.type:
            raise EquivarianceError(
                f"node {node.id} ({node.attributes.op}) is typed {node.type}, its rule gives {inferred}"
            )


def _verify_shared(node: Node, graph: Graph) -> None:
    """Raises EquivarianceError unless a node and the one whose weights it has are the same layer on like operands."""
    first = graph.node(node.shares or 0)
    shapes = [[graph.node(index).type.shape for index in each.inputs] for each in (first, node)]
    same = first.id < node.id and first.name == node.name is not None and first.attributes == node.attributes
    if not same or shapes[0] != shapes[1]:
        raise EquivarianceError(f"node {node.id} ({node.attributes.op}) cannot share the weights of node {first.id}")
