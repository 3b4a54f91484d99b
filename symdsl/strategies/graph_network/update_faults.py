"""Updates that a target needs and a variant does not have, inputs that nothing reads, functions that are not smooth."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.check import spec
from symdsl.check.declaration import Offer
from symdsl.diagnostics.diagnostic import Diagnostic, Label
from symdsl.groups.actions.action import Offset
from symdsl.groups.actions.invariant_theory import coefficients_of
from symdsl.groups.actions.placement import placement_of
from symdsl.groups.actions.points import without_offset
from symdsl.strategies.graph_network.layout import Layout
from symdsl.strategies.graph_network.options import GraphNetworkOptions

LEVELS = ("the whole", "nodes", "edges")
UPDATES = ("global_update", "node_update", "edge_update")


def update_faults(offer: Offer, layout: Layout) -> Iterator[Diagnostic]:
    """Targets without features, and inputs that are ignored."""
    options = offer.options
    assert isinstance(options, GraphNetworkOptions)
    known = _features(offer, layout, options)
    wanted: list[tuple[int, spec.Field | None]] = [(layout.levels[field.name], field) for field in offer.targets]
    for level, field in [(0, None)] if offer.scalar_target else wanted:
        directed = False
        if field is not None and _is_directed(field.name, offer, layout, level):
            directed = True
            yield from _undirected(offer, layout, field.name, level)
        if not known[level] and not (directed and any(known)):
            what = "the energy" if field is None else f"`{field.name}`"
            related = () if field is None else (Label(field.span, f"belongs to {LEVELS[level]}"),)
            yield Diagnostic(
                code="SYM0513",
                message=f"nothing is learned of {LEVELS[level]}, where {what} belongs",
                span=offer.span_of("variant" if "variant" in offer.option_spans else UPDATES[level]),
                label=f"has no update of {LEVELS[level]} that reads something",
                related=related,
                hint="write variant = full, or give what the update reads",
            )
    yield from _ignored(offer, layout, options)


def smoothness_faults(offer: Offer) -> Iterator[Diagnostic]:
    """Under a structure the scalar is differentiated, which relu and the identity do not survive."""
    options = offer.options
    assert isinstance(options, GraphNetworkOptions)
    flat = options.activation in ("relu", "identity")
    if offer.scalar_target and (flat or options.aggregate == "max"):
        name, value = ("activation", options.activation) if flat else ("aggregate", "max")
        yield Diagnostic(
            code="SYM0513",
            message=f"with `{value}` the gradient of the energy is made of pieces",
            span=offer.span_of(name),
            severity="error" if flat else "warning",
            label="not smooth",
            notes=("what is predicted is a gradient of this network",),
            hint="write activation = silu, or tanh or softplus" if flat else "write aggregate = sum or mean",
        )


def _features(offer: Offer, layout: Layout, options: GraphNetworkOptions) -> tuple[bool, bool, bool]:
    """Whether the whole, nodes and edges have features at the end, level by level."""
    given = [any(layout.levels[field.name] == level for field in offer.inputs) for level in range(3)]
    shifted = [field.name for field in offer.inputs if _is_position(field.name, offer, layout, options)]
    only_positions = all(
        field.name in shifted and field.kind == "point" for field in offer.inputs if layout.levels[field.name] == 1
    )
    whole, nodes, edges = given[0], given[1] and not only_positions, given[2]
    between = edges or bool(shifted) or (layout.turning is not None and given[1])
    reads = options.reads
    sees_ends = nodes and bool({"receivers", "senders"} & set(reads.edge))
    has_edges = bool(reads.edge) and ((between and reads.geometry) or (edges and "edges" in reads.edge) or sees_ends)
    carried_edges = has_edges or between
    has_nodes = bool(reads.node) and ((nodes and "nodes" in reads.node) or (has_edges and "edges" in reads.node))
    reads_whole = {
        "edges": has_edges, "nodes": has_nodes or nodes, "globals": whole,
    }  # fmt: skip
    has_whole = any(reads_whole[name] for name in reads.whole)
    return has_whole or has_nodes, has_nodes, carried_edges and bool(reads.edge)


def _is_position(name: str, offer: Offer, layout: Layout, options: GraphNetworkOptions) -> bool:
    """Whether a field of nodes holds points that only differences along edges tell of."""
    return (
        options.positions == "differences"
        and layout.levels[name] == 1
        and any(
            isinstance(symmetry.actions[name].geometry, Offset)
            for symmetry in offer.symmetries
            if name in symmetry.actions
        )
    )


def _is_directed(name: str, offer: Offer, layout: Layout, level: int) -> bool:
    """Whether a target has vectors or tensors."""
    if layout.turning is None or layout.setting is None:
        return False
    symmetry = next(each for each in offer.symmetries if each.name == layout.turning)
    placement = placement_of(without_offset(symmetry.actions[name]), layout.setting, layout.lead(level))
    return placement is not None and any(slots for _, slots in placement.blocks)


def _undirected(offer: Offer, layout: Layout, name: str, level: int) -> Iterator[Diagnostic]:
    """A target with directions where no input has one."""
    symmetry = next(each for each in offer.symmetries if each.name == layout.turning)
    setting = layout.setting
    assert setting is not None
    target = placement_of(without_offset(symmetry.actions[name]), setting, layout.lead(level))
    given = [
        placement_of(
            without_offset(symmetry.actions[field.name]), setting, layout.lead(layout.levels[field.name])
        )
        for field in offer.inputs
    ]
    vectors = sum(copies for each in given if each for copies, slots in each.blocks if slots)
    # an edge sees the vectors of both ends
    if target is not None and 0 in coefficients_of(setting.classical, target.blocks, 2 * vectors):
        field = next(each for each in offer.targets if each.name == name)
        yield Diagnostic(
            code="SYM0413",
            message=f"under {symmetry.text} only zero can be predicted for `{name}`",
            span=offer.span,
            label="no input has a direction",
            related=(Label(field.span, "the target"), Label(symmetry.span, "the symmetry")),
            hint="give an input that moves as the target does",
        )


def _ignored(offer: Offer, layout: Layout, options: GraphNetworkOptions) -> Iterator[Diagnostic]:
    """Inputs that no update reads."""
    reads = options.reads
    read = (
        "globals" in (*reads.edge, *reads.node, *reads.whole),
        bool({"receivers", "senders"} & set(reads.edge)) or "nodes" in (*reads.node, *reads.whole),
        "edges" in reads.edge,
    )
    for field in offer.inputs:
        level = layout.levels[field.name]
        if not read[level]:
            yield Diagnostic(
                code="SYM0513",
                message=f"`{field.name}` is given, and no update reads {LEVELS[level]}",
                span=offer.span_of("variant"),
                label="does not read it",
                severity="warning",
                related=(Label(field.span, f"belongs to {LEVELS[level]}"),),
                hint=f"leave `{field.name}` out, or write variant = full",
            )
