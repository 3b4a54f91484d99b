"""The IR as a networkx graph: the order of its nodes, and drawings of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symdsl.ir.graph import Graph, Node

if TYPE_CHECKING:
    import networkx


def to_networkx(graph: Graph) -> networkx.DiGraph:
    """A directed graph with an edge from each operand to its user; nodes have `label` and `level` (longest path)."""
    import networkx

    network = networkx.DiGraph()
    for node in graph.nodes:
        network.add_node(node.id, label=node_label(node))
        network.add_edges_from((operand, node.id) for operand in node.inputs)
    for level, names in enumerate(networkx.topological_generations(network)):
        for name in names:
            network.nodes[name]["level"] = level
    return network


def node_label(node: Node) -> str:
    """Name, operation and shape: "conv1: convolution 40x26x26"."""
    shape = "x".join(map(str, node.type.shape)) or "one number"
    name = getattr(node.attributes, "field", None) or node.name
    return f"{name}: {node.attributes.op} {shape}" if name else f"{node.attributes.op} {shape}"


def drawing_text(graph: Graph) -> str:
    """The graph drawn with lines of text, inputs first."""
    import networkx

    lines = networkx.generate_network_text(to_networkx(graph), vertical_chains=True)
    return "\n".join(lines) + "\n"


def draw(graph: Graph, path: Path) -> None:
    """A picture of the graph, from top to bottom; the ending of `path` (.png, .svg, .pdf) says of what kind."""
    import networkx
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    network = to_networkx(graph)
    levels = 1 + max(network.nodes[name]["level"] for name in network)
    place = networkx.multipartite_layout(network, subset_key="level", align="horizontal")
    place = {name: (x, -y) for name, (x, y) in place.items()}
    figure = Figure(figsize=(7, max(3.0, 0.45 * levels)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.axis("off")
    box = {"boxstyle": "round", "facecolor": "white", "edgecolor": "tab:blue"}
    networkx.draw_networkx_edges(network, place, ax=axes, node_size=900, edge_color="grey")
    labels = dict(network.nodes(data="label"))
    networkx.draw_networkx_labels(network, place, labels, font_size=8, ax=axes, bbox=box)
    figure.savefig(path, dpi=150)
