"""Between nodes and edges: nodes lie as (n, ..), edges as (receiver, sender, ..) or (edge, ..)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from symdsl.groups.actions.action import Action, Factor
from symdsl.groups.representation import Representation
from symdsl.ir.axes import action_of, is_on, linear_factors, moved_axes, on_axis
from symdsl.ir.connections import Connections
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.types import EquivarianceError, ValueType

End = Literal["receiver", "sender"]


def require_nodes(graph: Connections, value: ValueType) -> None:
    """Raises EquivarianceError unless the first axis is that of the nodes."""
    if value.shape[:1] != (graph.nodes,):
        raise EquivarianceError(f"an array of shape {value.shape} has no entry for each of {graph.nodes} nodes")


def require_edges(graph: Connections, value: ValueType) -> None:
    """Raises EquivarianceError unless the first axes are those of the edges."""
    if value.shape[: len(graph.shape)] != graph.shape:
        raise EquivarianceError(f"an array of shape {value.shape} has no entry for each edge, {graph.shape}")


def edge_actions(
    graph: Connections, actions: Iterable[tuple[str, Action]]
) -> list[tuple[str, Action, Representation | None, list[Factor]]]:
    """(symmetry, action, what permutes the nodes, other factors counted from the axis behind the edges).

    Without the symmetries that do not move both ends alike, or do not keep the edges.
    """
    lead, found = len(graph.shape), []
    for name, action in actions:
        factors = linear_factors(action)
        if factors is None:
            continue
        try:
            ends = [on_axis(factors, axis) for axis in range(lead)]
        except KeyError:
            continue
        if any(end != ends[0] for end in ends) or (ends[0] is not None and not graph.kept_by(ends[0])):
            continue
        rest = [(tuple(axis - lead for axis in axes), each) for axes, each in factors if axes[0] >= lead]
        found.append((name, action, ends[0], rest))
    return found


class GatherNodes(Attributes):
    """What the receiver or the sender of each edge has: y[edge] = x[end of the edge]."""

    op: ClassVar[str] = "gather_nodes"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_edges:GATHER_NODES"

    graph: Connections
    end: End

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        require_nodes(self.graph, value)
        lead = len(self.graph.shape)
        shape = (*self.graph.shape, *value.shape[1:])
        kept = {}
        for name, action in value.actions.items():
            factors = linear_factors(action)
            if factors is None:
                continue
            try:
                moved = on_axis(factors, 0)
            except KeyError:
                continue
            if moved is not None and not self.graph.kept_by(moved):
                continue
            rest: list[Factor] = [
                (tuple(axis + lead - 1 for axis in axes), each) for axes, each in factors if axes[0] > 0
            ]
            ends: list[Factor] = [] if moved is None else [((axis,), moved) for axis in range(lead)]
            kept[name] = action_of(action, shape, [*ends, *rest])
        return value.with_shape(shape, kept)


class TakeEdges(Attributes):
    """The entries of an array (receiver, sender, ..) that belong to edges."""

    op: ClassVar[str] = "take_edges"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_edges:TAKE_EDGES"

    graph: Connections

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        if value.shape[:2] != (self.graph.nodes, self.graph.nodes):
            raise EquivarianceError(f"an array of shape {value.shape} has no entry for each pair of nodes")
        if self.graph.pairs:
            return value.with_shape(value.shape, moved_axes(value, value.shape, _same(len(value.shape))))
        shape = (*self.graph.shape, *value.shape[2:])
        return value.with_shape(shape, moved_axes(value, shape, {axis + 2: axis + 1 for axis in range(len(shape))}))


class PlaceEdges(Attributes):
    """An array (receiver, sender, ..) with what each edge has, and 0 where there is no edge."""

    op: ClassVar[str] = "place_edges"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_edges:PLACE_EDGES"

    graph: Connections

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        require_edges(self.graph, value)
        lead = len(self.graph.shape)
        shape = (self.graph.nodes, self.graph.nodes, *value.shape[lead:])
        kept = {}
        for name, action, moved, rest in edge_actions(self.graph, value.actions.items()):
            ends: list[Factor] = [] if moved is None else [((axis,), moved) for axis in range(2)]
            behind: list[Factor] = [(tuple(axis + 2 for axis in axes), each) for axes, each in rest]
            kept[name] = action_of(action, shape, [*ends, *behind])
        return value.with_shape(shape, kept)


class EdgeProducts(Attributes):
    """y[edge, 0] = sum_f a[receiver, f] b[sender, f] / sqrt(f): (Vaswani et al. 2017, 1706.03762)."""

    op: ClassVar[str] = "edge_products"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_edges:EDGE_PRODUCTS"

    graph: Connections

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        queries, keys = inputs
        require_nodes(self.graph, queries)
        if queries.shape != keys.shape or len(queries.shape) != 2:
            raise EquivarianceError(f"features of shapes {queries.shape} and {keys.shape} have no products")
        gathered = GatherNodes(graph=self.graph, end="receiver").infer_type((queries,))
        shape, last = (*self.graph.shape, 1), len(self.graph.shape)
        kept = {}
        for name, action in gathered.actions.items():
            factors = linear_factors(action)
            if factors is not None and not is_on(factors, last) and keys.actions.get(name) == queries.actions[name]:
                kept[name] = action_of(action, shape, list(factors))
        return queries.with_shape(shape, kept)


def _same(count: int) -> dict[int, int]:
    return {axis: axis for axis in range(count)}
