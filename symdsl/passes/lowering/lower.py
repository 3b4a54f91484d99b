"""IR graph -> plan module: one method for inference, one for training where training differs."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Mapping
from keyword import iskeyword
from typing import Literal

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.ir.graph import Graph, Node
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LayerRule, LoweringContext, LoweringRule
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module
from symdsl.plan.value import Value

Mode = Literal["forward", "forward_train", "trace"]

TRACED = "value_"
"""Outputs of the method `trace` are called this, followed by the id of the IR node."""

NEEDED_NAMES = frozenset(dir(builtins)) | frozenset(
    {"self", "cls", "np", "torch", "nn", "Tensor", "jax", "jnp", "eqx", "F", "Array", "json", "math", "os", "Any"}
    | {"Mapping", "NDArray", "NamedTuple", "Outputs", "Path", "Sequence"}
)
"""Builtins and the imports of emitted files: an argument of such a name would hide it."""


def lower_graph(graph: Graph, class_name: str, documentation: str, channels_last: bool, traced: bool = False) -> Module:
    """Lower a graph into a module called `class_name` with `forward` and, where it differs, `forward_train`.

    With `traced` it has a method `trace` as well, which returns every value of the graph (for verification by layer).
    """

    def lower_region(region: Graph, name: str) -> Module:
        return lower_graph(region, name, f"The scalar {name} of its arguments.", channels_last)

    context = LoweringContext(channels_last=channels_last, lower_region=lower_region)
    children: dict[str, Module] = {}
    for node in graph.nodes:
        rule = find_rule(node)
        if isinstance(rule, LayerRule):
            operand_types = tuple(graph.node(index).type for index in node.inputs)
            children[layer_name(node)] = rule.layer(node, operand_types, context)
    methods = [_lower_method(graph, children, context, "forward")]
    trained = _lower_method(graph, children, context, "forward_train")
    if any(node.op == "call" and node.attributes["method"].endswith("_train") for node in trained.nodes):
        methods.append(trained)
    if traced:
        methods.append(_lower_method(graph, children, context, "trace"))
    return Module(class_name, documentation, tuple(methods), children=tuple(children.items()))


def find_rule(node: Node) -> LoweringRule:
    """The rule that the node's operation names. Raises SymdslError SYM9003 (exit code 70) where it is not there."""
    module, _, attribute = node.attributes.lowering.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ModuleNotFoundError, AttributeError) as error:
        message = f"{node.attributes.op} has no lowering: {node.attributes.lowering} is not there"
        raise SymdslError(Diagnostic("SYM9003", message), exit_code=70) from error


def layer_name(node: Node) -> str:
    """The attribute of the emitted model that holds the layer."""
    return node.name or f"{node.attributes.op}_{node.id}"


def argument_name(field: str) -> str:
    """What a field is called in the plan: its own name, with `_` after one that a Python function cannot use freely.

    Underscores behind such a name are counted in, so that different fields have different names: `lambda` becomes
    `lambda_`, and `lambda_` becomes `lambda__`.
    """
    stem = field.rstrip("_")
    return f"{field}_" if iskeyword(stem) or stem in NEEDED_NAMES else field


def array_type(value: ValueType) -> ArrayType:
    """The plan type of an IR input: batched, in the layout that the user passes."""
    return ArrayType(value.shape, value.dtype, batched=True, rows=value.rows)


def _lower_method(graph: Graph, children: Mapping[str, Module], context: LoweringContext, mode: Mode) -> Method:
    builder = MethodBuilder(mode)
    values: dict[int, Value] = {}
    for name, identifier in graph.inputs:
        values[identifier] = builder.argument(argument_name(name), array_type(graph.node(identifier).type))
    for node in graph.nodes:
        if node.id in values:
            continue
        operands = tuple(values[index] for index in node.inputs)
        with builder.from_origin(node.id):
            rule = find_rule(node)
            if isinstance(rule, InlineRule):
                types = tuple(graph.node(index).type for index in node.inputs)
                values[node.id] = rule.inline(node, builder, operands, types, context)
            else:
                name = layer_name(node)
                train = mode == "forward_train"
                values[node.id] = call_layer(builder, name, children[name], rule.method, operands, train)
    outputs = {f"{TRACED}{index}": value for index, value in values.items()} if mode == "trace" else {}
    for name, value in (outputs or {name: values[index] for name, index in graph.outputs}).items():
        builder.output(argument_name(name), value)
    return builder.build()


def call_layer(
    builder: MethodBuilder, name: str, child: Module, method: str, operands: tuple[Value, ...], train: bool
) -> Value:
    """Call a child; in training its `<method>_train`, if it has one, its noise passed on as noise of the caller."""
    trained = f"{method}_train"
    if train and any(each.name == trained for each in child.methods):
        method = trained
    callee = child.method(method)
    kinds = dict(callee.noise)
    arguments = [callee.nodes[index] for index in callee.arguments]
    noise = tuple(
        builder.noise(f"{name}_{argument.attributes['name']}", argument.type, kinds[argument.attributes["name"]])
        for argument in arguments
        if argument.attributes["name"] in kinds
    )
    (result,) = builder.call(child, name, method, *operands, *noise)
    return result
