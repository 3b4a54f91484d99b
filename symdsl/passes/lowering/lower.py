"""IR graph -> plan module: one method for inference, one for training where training differs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from symdsl.ir.graph import Graph, Node
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LayerRule, LoweringContext, LoweringRule
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module


@dataclass(frozen=True)
class LoweredGraph:
    """The module of a graph, and which plan node of `forward` holds each IR value (for verification by layer)."""

    module: Module
    values: Mapping[int, int]


def lower_graph(graph: Graph, class_name: str, documentation: str, channels_last: bool) -> LoweredGraph:
    """Lower a graph into a module called `class_name` with `forward` and, where it differs, `forward_train`."""

    def lower_region(region: Graph, name: str) -> Module:
        return lower_graph(region, name, f"The scalar {name} of its arguments.", channels_last).module

    context = LoweringContext(channels_last=channels_last, lower_region=lower_region)
    children: dict[str, Module] = {}
    for node in graph.nodes:
        rule = find_rule(node)
        if isinstance(rule, LayerRule):
            operand_types = tuple(graph.node(index).type for index in node.inputs)
            children[layer_name(node)] = rule.layer(node, operand_types, context)
    methods = [(lowered := _lower_method(graph, children, context, train=False))[0]]
    trained = _lower_method(graph, children, context, train=True)[0]
    if trained.updates or trained.noise:
        methods.append(trained)
    module = Module(class_name, documentation, tuple(methods), children=tuple(children.items()))
    return LoweredGraph(module, lowered[1])


def find_rule(node: Node) -> LoweringRule:
    """The rule that the node's operation names."""
    module, _, attribute = node.attributes.lowering.partition(":")
    return getattr(importlib.import_module(module), attribute)


def layer_name(node: Node) -> str:
    """The attribute of the emitted model that holds the layer."""
    return node.name or f"{node.attributes.op}_{node.id}"


def array_type(value: ValueType) -> ArrayType:
    """The plan type of an IR input: batched, in the layout that the user passes."""
    return ArrayType(value.shape, value.dtype, batched=True)


def _lower_method(
    graph: Graph, children: Mapping[str, Module], context: LoweringContext, train: bool
) -> tuple[Method, dict[int, int]]:
    builder = MethodBuilder("forward_train" if train else "forward")
    values: dict[int, int] = {}
    for name, identifier in graph.inputs:
        values[identifier] = builder.argument(name, array_type(graph.node(identifier).type))
    for node in graph.nodes:
        if node.id in values:
            continue
        builder.origin = node.id
        operands = tuple(values[index] for index in node.inputs)
        rule = find_rule(node)
        if isinstance(rule, InlineRule):
            types = tuple(graph.node(index).type for index in node.inputs)
            values[node.id] = rule.inline(node, builder, operands, types, context)
        else:
            values[node.id] = call_layer(builder, layer_name(node), children[layer_name(node)], rule.method, operands, train)
    for name, identifier in graph.outputs:
        builder.output(name, values[identifier])
    return builder.build(), values


def call_layer(
    builder: MethodBuilder, name: str, child: Module, method: str, operands: tuple[int, ...], train: bool
) -> int:
    """Call a child; in training its `<method>_train`, if it has one, with its noise passed on as noise of the caller."""
    trained = f"{method}_train"
    if train and any(each.name == trained for each in child.methods):
        method = trained
    callee = child.method(method)
    kinds = dict(callee.noise)
    noise = tuple(
        builder.argument(f"{name}_{callee.nodes[index].attributes['name']}", callee.nodes[index].type, noise=kinds[kind_name])
        for index in callee.arguments
        if (kind_name := callee.nodes[index].attributes["name"]) in kinds
    )
    (result,) = builder.call(child, name, method, *operands, *noise)
    return result
