"""Computes, layer by layer, the values that depend on no input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import declare_arguments, name_outputs
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Constant, Initial, Method, Module, Node, Parameter, Table
from symdsl.plan.prune import prune
from symdsl.plan.value import Value

Arrays = Mapping[str, NDArray[Any]]


def fold_values(
    module: Module, methods: Iterable[str], params: Arrays, state: Arrays
) -> tuple[Module, dict[str, NDArray[Any]]]:
    """The module with these methods only (and what they call), each without work that depends on no argument.

    Returned arrays are the parameters by path. Real results become parameters, integers constants.
    """
    arrays: dict[str, NDArray[Any]] = {}
    return _fold_module(module, {"": set(methods)}, params, state, "", arrays), arrays


@dataclass(slots=True)
class _Layer:
    """A module being folded: its new own arrays, under names that no two values share."""

    module: Module
    params: Arrays
    state: Arrays
    parameters: dict[str, NDArray[Any]] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def name_for(self, wish: str, key: str) -> str:
        """The wish, or the wish with a number, so that different values (`key`) have different names."""
        taken = {name for name, _ in self.module.children} | {method.name for method in self.module.methods}
        number, name = 1, wish
        while name in taken or self.origins.setdefault(name, key) != key:
            number += 1
            name = f"{wish}{number}"
        self.origins[name] = key
        return name


def _fold_module(
    module: Module,
    wanted: Mapping[str, set[str]],
    params: Arrays,
    state: Arrays,
    prefix: str,
    arrays: dict[str, NDArray[Any]],
) -> Module:
    own = _close_over_self(module, wanted.get("", set()))
    below: dict[str, dict[str, set[str]]] = {}
    calls = {path: set(names) for path, names in wanted.items() if path}
    for method in own:
        for node in method.nodes:
            if node.op == "call" and node.attributes["child"]:
                calls.setdefault(node.attributes["child"], set()).add(node.attributes["method"])
    for path, names in calls.items():
        first, _, rest = path.partition(".")
        below.setdefault(first, {}).setdefault(rest, set()).update(names)
    children = tuple(
        (
            name,
            _fold_module(child, below[name], _below(params, name), _below(state, name), f"{prefix}{name}.", arrays),
        )
        for name, child in module.children
        if name in below
    )
    layer = _Layer(module, params, state)
    methods = tuple(_fold_method(layer, method) for method in own)
    arrays.update({prefix + name: array for name, array in layer.parameters.items()})
    parameters = tuple(_describe(module, name, array) for name, array in layer.parameters.items())
    same = parameters == module.parameters and not module.constants and not module.state
    return replace(
        module,
        class_name=module.class_name if same else f"Folded{module.class_name}",
        documentation=module.documentation if same else f"Folded, for fixed weights. {module.documentation}",
        methods=methods,
        dimensions=module.dimensions if same else (),
        parameters=parameters,
        constants=tuple(layer.constants.values()),
        state=(),
        children=children,
    )


def _close_over_self(module: Module, names: set[str]) -> tuple[Method, ...]:
    """The methods named, and those of the same module that they call."""
    reached: set[str] = set()
    pending = sorted(names)
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            nodes = module.method(name).nodes
            pending += [n.attributes["method"] for n in nodes if n.op == "call" and not n.attributes["child"]]
    return tuple(method for method in module.methods if method.name in reached)


def _below(arrays: Arrays, child: str) -> dict[str, NDArray[Any]]:
    start = f"{child}."
    return {path.removeprefix(start): array for path, array in arrays.items() if path.startswith(start)}


def _describe(module: Module, name: str, array: NDArray[Any]) -> Parameter:
    for parameter in module.parameters:
        if parameter.name == name and parameter.shape == array.shape:
            return parameter
    return Parameter(name, array.shape, Initial("constant", 0.0))


def _find_fixed(method: Method) -> tuple[set[int], set[int]]:
    """(nodes that depend on no argument, those of them that depend on a leaf)."""
    fixed: set[int] = set()
    stored: set[int] = set()
    for index, node in enumerate(method.nodes):
        if node.op in ("parameter", "constant", "state"):
            fixed.add(index)
            stored.add(index)
        elif node.op not in ("argument", "call") and all(operand in fixed for operand in node.operands):
            fixed.add(index)
            if any(operand in stored for operand in node.operands):
                stored.add(index)
    return fixed, stored


def _fold_method(layer: _Layer, method: Method) -> Method:
    fixed, stored = _find_fixed(method)
    users: dict[int, list[tuple[Node, int]]] = {}
    for index, node in enumerate(method.nodes):
        if index not in fixed:
            for place, operand in enumerate(node.operands):
                users.setdefault(operand, []).append((node, place))
    results = {*method.outputs, *(index for _, index in method.updates)}
    largest = [index for index in sorted(stored) if index in users or index in results]
    alone = replace(method, arguments=(), outputs=tuple(largest), output_names=(), updates=(), noise=())
    found = prune(alone, keep_calls=False)
    values, _ = interpret(layer.module, found, (), layer.params, layer.state)
    computed = dict(zip(largest, values, strict=True))
    builder = MethodBuilder(method.name, method.documentation)
    arguments = dict(zip(method.arguments, declare_arguments(builder, method), strict=True))
    rebuilt: dict[int, tuple[Value, ...]] = {}
    for index, node in enumerate(method.nodes):
        if index in computed:
            rebuilt[index] = (_store(layer, builder, method, index, computed[index], users.get(index, [])),)
        elif index in stored:
            continue
        elif index in arguments:
            rebuilt[index] = (arguments[index],)
        else:
            rebuilt[index] = _copy(builder, node, rebuilt)
    for name, index in zip(name_outputs(method), method.outputs, strict=True):
        builder.output(name, rebuilt[index][0])
    return builder.build()


def _copy(builder: MethodBuilder, node: Node, rebuilt: Mapping[int, tuple[Value, ...]]) -> tuple[Value, ...]:
    with builder.from_origin(node.origin):
        if node.op == "item":
            return (rebuilt[node.operands[0]][node.attributes["index"]],)
        operands = tuple(rebuilt[operand][0] for operand in node.operands)
        if node.op == "call":
            path, called = node.attributes["child"], node.attributes["method"]
            return builder.call_typed(node.types, path, called, *operands, name=node.name)
        return builder.add_many(node.op, *operands, name=node.name, **node.attributes)


def _store(
    layer: _Layer,
    builder: MethodBuilder,
    method: Method,
    index: int,
    array: NDArray[Any],
    users: list[tuple[Node, int]],
) -> Value:
    """A leaf that holds the computed array."""
    node = method.nodes[index]
    leaf = node.op in ("parameter", "constant", "state")
    key = f"{node.op} {node.attributes['path']}" if leaf else f"{method.name} {index}"
    name = layer.name_for(_wish(node, users), key)
    if node.type.dtype == "real" and node.op != "constant":
        layer.parameters[name] = array
        return builder.parameter(name, array.shape)
    known = next((one for one in layer.module.constants if leaf and one.name == node.attributes["path"]), None)
    layer.constants[name] = replace(known, name=name) if known else Constant(name, table=Table.from_array(array))
    if node.type.dtype != "boolean":
        return builder.constant(name, array.shape, node.type.dtype)
    return builder.constant(name, array.shape, "integer").apply("cast", dtype="boolean")


def _wish(node: Node, users: list[tuple[Node, int]]) -> str:
    """What the value would be called: weight or bias by its use, else its own name."""
    for user, place in users:
        if user.op in ("convolution", "linear") and place in (1, 2):
            return ("weight", "bias")[place - 1]
    if node.op in ("parameter", "constant", "state"):
        return node.attributes["path"].replace(".", "_")
    return node.name or f"folded_{node.op}"
