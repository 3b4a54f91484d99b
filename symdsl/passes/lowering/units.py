"""The units in which the loss of a normalised output is measured: those of its training data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symdsl.check.normalisation import field_scale
from symdsl.check.spec import Model
from symdsl.ir.graph import Graph, ModelGraph, Node
from symdsl.ir.operations.centroid import Displace
from symdsl.ir.operations.scaling import Restore
from symdsl.passes.lowering.lower import layer_name
from symdsl.passes.lowering.scaling import DIFFERENCE, units_layer
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Module
from symdsl.plan.value import Value


def add_units(root: Module, graph: ModelGraph, model: Model) -> tuple[Module, dict[str, str]]:
    """The root, and the layer with the scales of each normalised output by the output's name.

    That is the layer which restores the output; where a structure makes the output, a layer `units_<output>` is added.
    """
    forward, layers, added = graph.forward, dict[str, str](), dict[str, Module]()
    for name, identifier in forward.outputs:
        node = restoring_node(forward, identifier)
        if name not in model.normalised:
            continue
        if isinstance(node.attributes, Restore):
            layers[name] = layer_name(node)
        else:
            layers[name] = units_name(name)
            added[layers[name]] = units_layer(node.type.shape, field_scale(model, name).blocks)
    return replace(root, children=(*root.children, *added.items())), layers


def restoring_node(graph: Graph, output: int) -> Node:
    """The node that gives an output its units: the last one, or what is displaced to where the points are."""
    node = graph.node(output)
    return graph.node(node.inputs[0]) if isinstance(node.attributes, Displace) else node


def scaled_difference(
    builder: MethodBuilder, root: Module, layers: Mapping[str, str], name: str, output: Value, target: Value
) -> Value:
    """output - target, over the scale of the output where it is normalised."""
    if name not in layers:
        return builder.add("subtract", output, target)
    (difference,) = builder.call(root.child(layers[name]), layers[name], DIFFERENCE, output, target)
    return difference


def units_name(output: str) -> str:
    """The layer with the scales of an output that a structure makes; no network calls a layer so."""
    return f"units_{output.lower()}"
