"""Edges that a spec lists: pairs of nodes that exist, each once, and a graph that the symmetries keep."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.check.declaration import Offer
from symdsl.check.rows import points_of_rows
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.groups.actions.edges import adjacency, keeps_edges
from symdsl.strategies.graph_network.layout import Layout, key_of
from symdsl.strategies.graph_network.options import GraphNetworkOptions, Neighbours, edge_list

LARGEST_NODES = 4_096
"""Arrays of all pairs of more nodes are not built."""


def edge_faults(offer: Offer, layout: Layout) -> Iterator[Diagnostic]:
    """What is wrong with the edges of a graph on the axis of nodes."""
    options, nodes = offer.options, layout.nodes
    assert isinstance(options, GraphNetworkOptions)
    if layout.ragged is not None:
        yield from _row_edge_faults(offer, options)
        return
    if isinstance(options.edges, Neighbours) or options.edges == "given":
        yield Diagnostic(
            "SYM0502", "these edges are of graphs of any size", span=offer.span_of("edges"),
            label=f"`{key_of(layout.axis)}` has one size",
            hint=f"write edges = all, or `axis {key_of(layout.axis)} = any`",
        )  # fmt: skip
        return
    if nodes > LARGEST_NODES:
        yield Diagnostic(
            code="SYM0506",
            message=f"a graph of {nodes} nodes is too large for arrays of all pairs",
            span=offer.span,
            label=f"at most {LARGEST_NODES} nodes",
            related=(Label(layout.axis.span, f"{nodes} nodes"),),
        )
        return
    if isinstance(options.edges, list):
        faults = list(_list_faults(offer, options.edges, nodes))
        if faults:
            yield from faults
            return
    edges = edge_list(options, nodes)
    if edges is not None:
        yield from _unkept(offer, layout, edges, options)


def _row_edge_faults(offer: Offer, options: GraphNetworkOptions) -> Iterator[Diagnostic]:
    """Edges that graphs of any size do not have, and points that neighbours are sought among."""
    edges, span = options.edges, offer.span_of("edges")
    if isinstance(edges, list) or edges in ("ring", "chain"):
        yield Diagnostic(
            "SYM0502", "these edges are of one graph, and here graphs have any size", span=span,
            label="names nodes of one graph",
            hint="write edges = all, edges = radius(1.5) or edges = nearest(8), or give edges in a `graph` of the data",
        )  # fmt: skip
    if isinstance(edges, Neighbours) and len(points_of_rows(offer.inputs)) != 1:
        found = points_of_rows(offer.inputs)
        yield Diagnostic(
            "SYM0506", f"neighbours are sought among points, and {len(found) or 'none'} are given", span=span,
            label="one field of points is needed", related=tuple(Label(field.span, "points") for field in found),
            hint="declare the positions of the nodes as `point(3)` or in a phase_space, and predict from them",
        )  # fmt: skip
    axis = all(field.rows != f"{field.varying}_edges" for field in (*offer.inputs, *offer.targets))
    if edges == "given" and axis and not any(field.rows.endswith("_nodes") for field in offer.inputs):
        yield Diagnostic(
            "SYM0502", "no data give edges along an axis", span=span, label="not known here",
            hint="write edges = all, or declare a graph: graph g { node x: vector(3); edge e: scalar }",
        )  # fmt: skip


def _list_faults(offer: Offer, edges: list[list[int]], nodes: int) -> Iterator[Diagnostic]:
    span, known = offer.span_of("edges"), set[tuple[int, ...]]()
    if not edges:
        yield Diagnostic("SYM0502", "a graph without edges", span=span, label="no edge", hint=_hint(nodes))
    for edge in edges:
        text = f"[{', '.join(map(str, edge))}]"
        if len(edge) != 2:
            yield Diagnostic(
                "SYM0502", f"an edge has two ends, and {text} has {len(edge)}", span=span,
                label="write [sender, receiver]", hint=_hint(nodes),
            )  # fmt: skip
        elif not all(0 <= end < nodes for end in edge):
            yield Diagnostic(
                "SYM0502", f"the edge {text} points outside the graph", span=span,
                label=f"nodes are 0 to {nodes - 1}", hint=_hint(nodes),
            )  # fmt: skip
        elif tuple(edge) in known:
            yield Diagnostic(
                "SYM0502", f"the edge {text} is listed twice", span=span, label="once is enough",
                hint="leave one out; an edge and its reverse are different edges",
            )  # fmt: skip
        known.add(tuple(edge))


def _hint(nodes: int) -> str:
    return f"list pairs [sender, receiver] of nodes 0 to {nodes - 1}, or write edges = all"


def _unkept(
    offer: Offer, layout: Layout, edges: tuple[tuple[int, int], ...], options: GraphNetworkOptions
) -> Iterator[Diagnostic]:
    """Symmetries whose permutations bring an edge to a pair that is none."""
    matrix = adjacency(layout.nodes, edges, loops=False)
    for symmetry in offer.symmetries:
        moved = next(
            (
                each
                for field in (*offer.inputs, *offer.targets)
                for axes, each in (symmetry.actions[field.name].factors if symmetry.kind == "group" else ())
                if axes[0] < layout.levels[field.name]
            ),
            None,
        )
        if moved is not None and not keeps_edges(moved, matrix):
            axis = layout.axis.name or layout.nodes
            what = f"a {options.edges}" if isinstance(options.edges, str) else "this list"
            yield Diagnostic(
                code="SYM0505",
                message=f"with these edges the graph does not keep `{symmetry.name}`",
                span=offer.span_of("edges"),
                label=f"{symmetry.text} brings edges of {what} to pairs that are none",
                related=(Label(symmetry.span, f"this is {symmetry.text}"),),
                hint=f"write edges = all, or leave `{symmetry.name}` out; a ring keeps the group of its turns: "
                f'permutation_group({axis}, ["({_turn(layout.nodes)})"])',
            )


def _turn(nodes: int) -> str:
    shown = [str(node) for node in range(1, nodes + 1)]
    return " ".join(shown if nodes <= 8 else [*shown[:3], "...", shown[-1]])
