"""A plan as text, for people; the same plan gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.plan.nodes import ArrayType, Method, Module, Node, Program


def print_program(program: Program) -> str:
    """The program: its fields and entry points, then each module with its methods, a line a node."""
    lines = [
        f"program {program.name}",
        f"  inputs: {', '.join(program.inputs)}",
        f"  outputs: {', '.join(program.outputs)}",
        f"  targets: {', '.join(program.targets)}",
        f"  entry points: {', '.join(program.entry_points)}",
        *(f"  claim: {claim}" for claim in program.claims),
        *_print_module(program.root, "", program.root.class_name),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def print_method(method: Method) -> str:
    """One method, a line a node."""
    return "\n".join(_print_method(method, "")) + "\n"


def _print_module(module: Module, path: str, title: str) -> Iterator[str]:
    yield ""
    yield f"module {title}: {module.class_name}" if path else f"module {title}"
    if module.dimensions:
        yield "  dimensions: " + ", ".join(f"{name} = {size}" for name, size in module.dimensions)
    for parameter in module.parameters:
        first = parameter.initial
        drawn = f"{first.kind}(gain = {first.gain!r}, fan = {first.fan})"
        yield f"  parameter {parameter.name}: {_print_shape(parameter.shape)} from {drawn}"
    for constant in module.constants:
        if constant.table is not None:
            yield f"  constant {constant.name}: table {constant.table.dtype} {_print_shape(constant.table.shape)}"
        else:
            name = (constant.function or "").rpartition(":")[2]
            yield f"  constant {constant.name} = {name}({', '.join(map(repr, constant.arguments))})"
    for state in module.state:
        yield f"  state {state.name}: {_print_shape(state.shape)} from {state.fill!r}"
    for method in module.methods:
        yield from _print_method(method, "  ")
    for name, child in module.children:
        inner = f"{path}.{name}" if path else name
        yield from _print_module(child, inner, inner)


def _print_method(method: Method, indent: str) -> Iterator[str]:
    kinds = dict(method.noise)
    arguments = []
    for index in method.arguments:
        node = method.nodes[index]
        name = node.attributes["name"]
        noise = f" ~ {kinds[name]}" if name in kinds else ""
        arguments.append(f"{name}: {print_type(node.type)}{noise}")
    yield f"{indent}method {method.name}({', '.join(arguments)})"
    for index, node in enumerate(method.nodes):
        if node.op != "argument":
            yield f"{indent}  {_print_node(method, index, node)}"
    for path, index in method.updates:
        yield f"{indent}  {path} <- {_reference(method, index)}"
    names = method.output_names or tuple(f"y{place}" for place in range(len(method.outputs)))
    results = [f"{name} = {_reference(method, index)}" for name, index in zip(names, method.outputs, strict=True)]
    yield f"{indent}  return {', '.join(results)}"


def _print_node(method: Method, index: int, node: Node) -> str:
    attributes = ", ".join(f"{name} = {_print_attribute(value)}" for name, value in sorted(node.attributes.items()))
    operands = ", ".join(_reference(method, operand) for operand in node.operands)
    types = " and ".join(map(print_type, node.types))
    origin = "" if node.origin is None else f"  // {node.origin}"
    inside = f"{{{attributes}}}" if attributes else ""
    return f"{_reference(method, index)} = {node.op}({operands}){inside}: {types}{origin}"


def _print_attribute(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value) if value != "" else "self"


def _reference(method: Method, index: int) -> str:
    node = method.nodes[index]
    if node.op == "argument":
        return str(node.attributes["name"])
    return f"%{index}.{node.name}" if node.name else f"%{index}"


def _print_shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"


def print_type(type: ArrayType) -> str:
    """For example "batch (3, 2)" or "integer (4)"."""
    batch = f"{type.rows or 'batch'} " if type.batched else ""
    dtype = "" if type.dtype == "real" else f"{type.dtype} "
    return f"{batch}{dtype}{_print_shape(type.shape)}"
