"""Graph networks (Battaglia et al. 2018, 1806.01261), and E(n)-equivariant ones (Satorras et al. 2021, 2102.09844)."""

from __future__ import annotations

from collections.abc import Mapping

from symdsl.check.spec import Enforcement, Field, Model
from symdsl.groups.actions.action import Action
from symdsl.ir.connections import Connections
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.types import ValueType
from symdsl.strategies.graph_network.block import Block
from symdsl.strategies.graph_network.heads import Heads
from symdsl.strategies.graph_network.layers import UpdateLayers
from symdsl.strategies.graph_network.layout import Layout, layout_of
from symdsl.strategies.graph_network.options import GraphNetworkOptions, edge_list
from symdsl.strategies.graph_network.reading import InputReader
from symdsl.strategies.graph_network.wiring import FixedWiring, RowWiring, Wiring
from symdsl.strategies.strategy import Target


class GraphNetwork:
    """Reads inputs as a graph, applies the block, and reads targets off edges, nodes and the whole."""

    def build(
        self,
        builder: GraphBuilder,
        inputs: Mapping[str, int],
        targets: tuple[Target, ...],
        enforcement: Enforcement,
        model: Model,
    ) -> dict[str, int]:
        """Add the network's nodes; returns the node of every target. Raises EquivarianceError."""
        options = enforcement.options
        assert isinstance(options, GraphNetworkOptions)
        layout = model_layout(model, enforcement)
        wiring = wiring_of(builder, inputs, layout, enforcement, model)
        reader = InputReader(builder, layout, wiring, model, options.positions == "centred")
        reading = reader.read({name: value for name, value in inputs.items() if name in layout.levels})
        layers = UpdateLayers(builder, wiring, tuple(options.hidden), options.activation)
        state = Block(layers, options).processed(reading.state)
        # A constant in the scalar of a structure is never seen.
        heads = Heads(layers, layout, reading, options, bias=model.structure is None)
        return {
            target.name: heads.output(target, state, self._is_placed(target, enforcement, model)) for target in targets
        }

    def _is_placed(self, target: Target, enforcement: Enforcement, model: Model) -> bool:
        """Whether a target is a point for each node, so that it lies near the node's own."""
        actions = [model.symmetries[name].actions.get(target.name) for name in enforcement.symmetries]
        return any(action is not None and action.geometry is not None for action in actions)


def model_layout(model: Model, enforcement: Enforcement) -> Layout:
    """The layout of what a network maps between; the scalar of a structure belongs to the whole."""
    names = model.inputs if model.structure is not None else (*model.inputs, *model.outputs)
    fields: tuple[Field, ...] = tuple(model.fields[name] for name in names if not model.fields[name].is_index)
    layout = layout_of(fields, [model.symmetries[name] for name in enforcement.symmetries])
    assert layout is not None
    return layout


def wiring_of(
    builder: GraphBuilder, inputs: Mapping[str, int], layout: Layout, enforcement: Enforcement, model: Model
) -> Wiring:
    """Between rows where there are any number of them, else along the axis of nodes."""
    options = enforcement.options
    assert isinstance(options, GraphNetworkOptions)
    if layout.ragged is None:
        return FixedWiring(builder, connections_of(options, layout), node_type(model, layout, enforcement))
    rows, name = model.ragged[layout.ragged].rows, layout.ragged
    return RowWiring(
        builder,
        inputs[f"{name}_senders"],
        inputs[f"{name}_receivers"],
        inputs[f"sample_of_{rows}"],
        inputs[f"n_{rows}"],
    )


def connections_of(options: GraphNetworkOptions, layout: Layout) -> Connections:
    """The graph; a list of edges is kept as pairs where a symmetry permutes the nodes, whose types it has to keep."""
    edges = edge_list(options, layout.nodes)
    loops = edges is None and options.self_edges
    return Connections(nodes=layout.nodes, edges=edges, loops=loops, pairs=edges is None or bool(layout.permuting))


def node_type(model: Model, layout: Layout, enforcement: Enforcement) -> ValueType:
    """One number for each node, and how every symmetry of the network moves it."""
    actions = {}
    for name in enforcement.symmetries:
        symmetry = model.symmetries[name]
        if symmetry.group is None:
            continue
        moved = next(
            (
                ((0,), each)
                for field, level in layout.levels.items()
                for axes, each in symmetry.actions[field].factors
                if axes[0] < level
            ),
            None,
        )
        actions[name] = Action(symmetry.group, (layout.nodes,), () if moved is None else (moved,))
    return ValueType(shape=(layout.nodes,), actions=actions)


STRATEGY = GraphNetwork()
