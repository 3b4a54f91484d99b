"""From edges to nodes, and from nodes or edges to the whole: what no order of the aggregated things changes."""

from __future__ import annotations

from typing import ClassVar, Literal

from symdsl.groups.actions.action import Action, Factor
from symdsl.groups.representation import Representation
from symdsl.ir.axes import action_of, linear_factors, on_axis
from symdsl.ir.connections import Connections
from symdsl.ir.operations.attributes import Attributes
from symdsl.ir.operations.graph_edges import edge_actions, require_edges, require_nodes
from symdsl.ir.types import EquivarianceError, ValueType

Aggregation = Literal["sum", "mean", "max"]


def commutes(function: Aggregation, rest: list[Factor]) -> bool:
    """Whether the aggregation commutes with what moves features: any matrices, or only permutations for max."""
    return function != "max" or all(each.is_permutation for _, each in rest)


def _at_nodes(moved: Representation | None, rest: list[Factor]) -> list[Factor]:
    front: list[Factor] = [] if moved is None else [((0,), moved)]
    return [*front, *((tuple(axis + 1 for axis in axes), each) for axes, each in rest)]


class AggregateEdges(Attributes):
    """For each node the sum, mean or maximum over the edges that it receives; 0 where there are none.

    The function rho_{e->v} of a graph network block (Battaglia et al. 2018, 1806.01261, algorithm 1).
    """

    op: ClassVar[str] = "aggregate_edges"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_aggregation:AGGREGATE_EDGES"

    graph: Connections
    function: Aggregation

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        require_edges(self.graph, value)
        shape = (self.graph.nodes, *value.shape[len(self.graph.shape) :])
        kept = {
            name: action_of(action, shape, _at_nodes(moved, rest))
            for name, action, moved, rest in edge_actions(self.graph, value.actions.items())
            if commutes(self.function, rest)
        }
        return value.with_shape(shape, kept)


class AttendEdges(Attributes):
    """For each node the mean over the edges that it receives, weighted by the softmax of logits (.., 1); 0 without.

    Operands are the logits and the values, of one graph's edges (Velickovic et al. 2018, 1710.10903, equations 3, 4).
    """

    op: ClassVar[str] = "attend_edges"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_aggregation:ATTEND_EDGES"

    graph: Connections

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        logits, value = inputs
        require_edges(self.graph, value)
        if logits.shape != (*self.graph.shape, 1):
            raise EquivarianceError(f"logits of shape {logits.shape} are not one number for each edge")
        shape = (self.graph.nodes, *value.shape[len(self.graph.shape) :])
        alike = {name: moved for name, _, moved, rest in edge_actions(self.graph, logits.actions.items()) if not rest}
        kept = {
            name: action_of(action, shape, _at_nodes(moved, rest))
            for name, action, moved, rest in edge_actions(self.graph, value.actions.items())
            if name in alike and alike[name] == moved
        }
        return value.with_shape(shape, kept)


class PoolNodes(Attributes):
    """The sum, mean or maximum over all nodes (rho_{v->u} of Battaglia et al. 2018)."""

    op: ClassVar[str] = "pool_nodes"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_aggregation:POOL_NODES"

    graph: Connections
    function: Aggregation

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        require_nodes(self.graph, value)
        kept: dict[str, Action] = {}
        for name, action in value.actions.items():
            factors = linear_factors(action)
            if factors is None:
                continue
            try:
                moved = on_axis(factors, 0)
            except KeyError:
                continue
            rest: list[Factor] = [(tuple(axis - 1 for axis in axes), each) for axes, each in factors if axes[0] > 0]
            if (moved is None or moved.is_permutation) and commutes(self.function, rest):
                kept[name] = action_of(action, value.shape[1:], rest)
        return value.with_shape(value.shape[1:], kept)


class PoolEdges(Attributes):
    """The sum, mean or maximum over all edges (rho_{e->u} of Battaglia et al. 2018); 0 without edges."""

    op: ClassVar[str] = "pool_edges"
    lowering: ClassVar[str] = "symdsl.passes.lowering.graph_aggregation:POOL_EDGES"

    graph: Connections
    function: Aggregation

    def infer_type(self, inputs: tuple[ValueType, ...]) -> ValueType:
        (value,) = inputs
        require_edges(self.graph, value)
        shape = value.shape[len(self.graph.shape) :]
        kept = {
            name: action_of(action, shape, rest)
            for name, action, _, rest in edge_actions(self.graph, value.actions.items())
            if commutes(self.function, rest)
        }
        return value.with_shape(shape, kept)
