"""Copies the nodes of a method into a method under construction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import Method, Module, Node
from symdsl.plan.value import Value


def find_module(module: Module, path: str) -> Module:
    """The descendant at a dotted path ("" is the module). Raises KeyError."""
    for name in path.split(".") if path else ():
        module = module.child(name)
    return module


def join_prefix(prefix: str, child: str) -> str:
    """What stands before the paths of a child's leaves, seen from where the module has `prefix`."""
    return f"{prefix}{child}." if child else prefix


def declare_arguments(builder: MethodBuilder, method: Method) -> list[Value]:
    """Give the method under construction the arguments (and noise) of another."""
    kinds = dict(method.noise)
    values = []
    for index in method.arguments:
        node = method.nodes[index]
        name, type = node.attributes["name"], node.type
        values.append(builder.noise(name, type, kinds[name]) if name in kinds else builder.argument(name, type))
    return values


def copy_leaf(builder: MethodBuilder, node: Node, prefix: str) -> Value:
    """The leaf, with its path seen from `prefix`."""
    path, type = prefix + node.attributes["path"], node.type
    if node.op == "parameter":
        return builder.parameter(path, type.shape)
    if node.op == "state":
        return builder.state(path, type.shape)
    return builder.constant(path, type.shape, type.dtype)


def copy_method(
    builder: MethodBuilder,
    module: Module,
    method: Method,
    arguments: Sequence[Value],
    prefix: str = "",
    inline: bool = True,
    updates: bool = True,
) -> tuple[Value, ...]:
    """Write the method's nodes with these arguments, and return its outputs.

    `prefix` ("child.") stands before the paths of leaves. With `inline`, calls are replaced by the nodes of the
    called method, at any depth; without, they are kept. With `updates`, state updates are copied too.
    Raises PlanError.
    """
    if len(arguments) != len(method.arguments):
        raise PlanError(f"{method.name} takes {len(method.arguments)} arguments, not {len(arguments)}")
    given: Mapping[int, Value] = dict(zip(method.arguments, arguments, strict=True))
    values: list[tuple[Value, ...]] = []
    for index, node in enumerate(method.nodes):
        with builder.from_origin(node.origin if node.origin is not None else builder.origin):
            if index in given:
                values.append((given[index],))
                continue
            if node.op in ("parameter", "constant", "state"):
                values.append((copy_leaf(builder, node, prefix),))
                continue
            operands = [values[operand][0] for operand in node.operands]
            if node.op == "item":
                values.append((values[node.operands[0]][node.attributes["index"]],))
            elif node.op == "call":
                name, called = node.attributes["child"], node.attributes["method"]
                child = find_module(module, name)
                if inline:
                    inner = join_prefix(prefix, name) if name else prefix
                    values.append(copy_method(builder, child, child.method(called), operands, inner, True, updates))
                else:
                    values.append(builder.call(child, (prefix + name).rstrip("."), called, *operands, name=node.name))
            else:
                values.append(builder.add_many(node.op, *operands, name=node.name, **node.attributes))
    if updates:
        for path, index in method.updates:
            builder.update(prefix + path, values[index][0])
    return tuple(values[index][0] for index in method.outputs)


Written = list[tuple[Value, ...]]
"""The values of each node of a method, one a result, as far as it is written."""


def rewrite_method(
    builder: MethodBuilder, method: Method, write: Callable[[int, Node, Written], tuple[Value, ...] | None]
) -> Method:
    """The method once more through `builder`: arguments, leaves, calls, origins, outputs and state updates stay.

    `write` gives the values of a node that is no argument from those before it; None leaves the node as it is.
    """
    given = dict(zip(method.arguments, declare_arguments(builder, method), strict=True))
    values: Written = []
    for index, node in enumerate(method.nodes):
        with builder.from_origin(node.origin):
            written = (given[index],) if index in given else write(index, node, values)
            values.append(_as_it_is(builder, node, values) if written is None else written)
    for name, index in zip(name_outputs(method), method.outputs, strict=True):
        builder.output(name, values[index][0])
    for path, index in method.updates:
        builder.update(path, values[index][0])
    return builder.build()


def _as_it_is(builder: MethodBuilder, node: Node, values: Written) -> tuple[Value, ...]:
    operands = [values[operand][0] for operand in node.operands]
    match node.op:
        case "parameter" | "constant" | "state":
            return (copy_leaf(builder, node, ""),)
        case "item":
            return (values[node.operands[0]][node.attributes["index"]],)
        case "call":
            path, called = node.attributes["child"], node.attributes["method"]
            return builder.call_typed(node.types, path, called, *operands, name=node.name)
        case _:
            return builder.add_many(node.op, *operands, name=node.name, **node.attributes)


def name_outputs(method: Method) -> tuple[str, ...]:
    """The names of the outputs; y0, y1, ... where the method gives none."""
    return method.output_names or tuple(f"y{place}" for place in range(len(method.outputs)))
