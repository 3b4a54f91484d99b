"""The IR as a networkx graph and its drawings."""

from __future__ import annotations

from pathlib import Path

import networkx

from symdsl.ir.network import draw, drawing_text, to_networkx
from symdsl.pipeline import prepare
from tests.models.specs import SPECS


def test_edges_are_operands_and_levels_are_longest_paths() -> None:
    graph = prepare(SPECS["inertia"]).graph.forward
    network = to_networkx(graph)
    assert networkx.is_directed_acyclic_graph(network)
    assert {(a, b) for a, b in network.edges} == {(i, node.id) for node in graph.nodes for i in node.inputs}
    assert all(network.nodes[a]["level"] < network.nodes[b]["level"] for a, b in network.edges)


def test_the_drawing_names_every_layer(tmp_path: Path) -> None:
    graph = prepare(SPECS["inertia"]).graph.forward
    text = drawing_text(graph)
    assert all(node.name in text for node in graph.nodes if node.name)
    draw(graph, tmp_path / "graph.png")
    assert (tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG")
