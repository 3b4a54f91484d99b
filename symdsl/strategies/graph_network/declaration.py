"""Graph networks as the checker sees them: one axis counts nodes; numbers, vectors and points lie along it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from symdsl.check import spec
from symdsl.check.declaration import NetworkForm, Offer, StrategyDeclaration, Verdict
from symdsl.strategies.graph_network.edge_faults import edge_faults
from symdsl.strategies.graph_network.field_faults import axis_faults, field_faults, symmetry_faults
from symdsl.strategies.graph_network.layout import Layout, layout_of
from symdsl.strategies.graph_network.options import VARIANTS, GraphNetworkOptions, Neighbours, edge_list
from symdsl.strategies.graph_network.update_faults import smoothness_faults, update_faults
from symdsl.strategies.mlp.declaration import scaled_widths


def judge(offer: Offer) -> Verdict:
    """Groups that permute one axis, and at most one that turns vectors, with or without shifts of points."""
    faults = [*symmetry_faults(offer), *axis_faults(offer)]
    layout = None if faults else layout_of((*offer.inputs, *offer.targets), offer.symmetries)
    if layout is None:
        return Verdict(tuple(faults))
    faults += [*edge_faults(offer, layout), *field_faults(offer, layout)]
    if not faults:
        faults += [*update_faults(offer, layout), *smoothness_faults(offer)]
    if any(fault.severity == "error" for fault in faults):
        return Verdict(tuple(faults))
    return Verdict(tuple(faults), tuple(_claims(offer, layout)), tuple(_facts(offer, layout)))


def _claims(offer: Offer, layout: Layout) -> Iterator[spec.Exactness]:
    for symmetry in offer.symmetries:
        how = []
        if symmetry.name in layout.permuting:
            how.append("updates are shared by all nodes and edges")
        if symmetry.name == layout.turning:
            how.append("edges see invariants")
        if any(action.geometry is not None for action in symmetry.actions.values()):
            how.append("positions are read as differences")
        yield spec.Exactness(symmetry.name, "exact", "; ".join(how) or "nothing that the network reads moves")


def _facts(offer: Offer, layout: Layout) -> Iterator[str]:
    options = offer.options
    assert isinstance(options, GraphNetworkOptions)
    if layout.ragged is not None:
        yield f"any number of nodes, those of {layout.ragged}"
        yield from _reads_text(options)
        return
    edges = edge_list(options, layout.nodes)
    nodes = layout.nodes
    count = nodes * (nodes - (not options.self_edges)) if edges is None else len(edges)
    axis = layout.axis.name or f"an axis of {nodes}"
    yield f"{nodes} nodes along {axis}, {count} edges"
    yield from _reads_text(options)


def edge_rule(options: BaseModel, given: bool) -> spec.EdgeRule:
    """The edges of samples of any size: those of a graph of the data unless said otherwise, else all pairs."""
    assert isinstance(options, GraphNetworkOptions)
    edges = options.edges
    if isinstance(edges, Neighbours):
        radius = edges.amount if edges.kind == "radius" else None
        count = int(edges.amount) if edges.kind == "nearest" else None
        return spec.EdgeRule(edges.kind, radius, count)
    if edges == "given" or (given and "edges" not in options.model_fields_set):
        return spec.EdgeRule("given")
    return spec.EdgeRule("all", loops=options.self_edges)


def _reads_text(options: GraphNetworkOptions) -> Iterator[str]:
    reads = options.reads
    updates = {"edge_update": reads.edge, "node_update": reads.node, "global_update": reads.whole}
    text = ", ".join(f"{name} = [{', '.join(found)}]" for name, found in updates.items())
    if reads == VARIANTS[options.variant]:
        yield f"variant = {options.variant} stands for {text}"
    else:
        yield text


def plain(options: BaseModel) -> NetworkForm:
    """An mlp of the same hidden widths."""
    assert isinstance(options, GraphNetworkOptions)
    return NetworkForm("mlp", {"hidden": options.hidden})


def scaled(options: BaseModel, factor: float) -> dict[str, Any]:
    """Every hidden width times `factor`, at least 1."""
    assert isinstance(options, GraphNetworkOptions)
    written = {name: getattr(options, name) for name in sorted(options.model_fields_set)}
    return {**written, "hidden": scaled_widths(options.hidden, factor)}


DECLARATION = StrategyDeclaration(
    name="graph_network",
    kind="network",
    options=GraphNetworkOptions,
    summary="Shared updates of nodes, edges and the whole graph; with rotations, of their invariants.",
    citation=(
        "P. W. Battaglia, J. B. Hamrick, V. Bapst, A. Sanchez-Gonzalez, et al.: Relational inductive biases, deep "
        "learning, and graph networks (2018), arXiv:1806.01261. Under rotations: V. G. Satorras, E. Hoogeboom, "
        "M. Welling: E(n) Equivariant Graph Neural Networks. ICML 2021, arXiv:2102.09844. Inside Hamilton's "
        "equations: A. Sanchez-Gonzalez, V. Bapst, K. Cranmer, P. Battaglia: Hamiltonian Graph Networks with ODE "
        "Integrators (2019), arXiv:1909.12790."
    ),
    implementation="symdsl.strategies.graph_network.build:STRATEGY",
    judge=judge,
    plain=plain,
    scaled=scaled,
    rows="edges",
    edge_rule=edge_rule,
)
