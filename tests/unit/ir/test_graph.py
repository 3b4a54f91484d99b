"""A graph is typed again from its leaves, regions included."""

from __future__ import annotations

import pytest

from symdsl.ir.graph import Graph, Node, verify_graph
from symdsl.ir.types import EquivarianceError, ValueType
from symdsl.pipeline import prepare

PENDULUM = """
model pendulum {
  data {
    z: phase_space(dim = 1)
    dz: derivative(z)
  }
  symmetry time: translation(t)
  predict dz from z
  enforce time by hamiltonian { hidden = [4] }
}
"""


def with_node(graph: Graph, node: Node) -> Graph:
    return graph.model_copy(update={"nodes": (*graph.nodes[: node.id], node, *graph.nodes[node.id + 1 :])})


def mistyped(graph: Graph, index: int) -> Graph:
    return with_node(graph, graph.node(index).model_copy(update={"type": ValueType(shape=(99,))}))


def test_every_node_is_typed_again() -> None:
    graph = prepare(PENDULUM).graph.forward
    verify_graph(graph)
    with pytest.raises(EquivarianceError, match="is typed"):
        verify_graph(mistyped(graph, len(graph.nodes) - 1))


def test_the_nodes_of_a_region_are_typed_again() -> None:
    graph = prepare(PENDULUM).graph.forward
    (outer,) = [node for node in graph.nodes if hasattr(node.attributes, "region")]
    region = mistyped(outer.attributes.region, 2)
    attributes = outer.attributes.model_copy(update={"region": region})
    with pytest.raises(EquivarianceError, match="is typed"):
        verify_graph(with_node(graph, outer.model_copy(update={"attributes": attributes})))
