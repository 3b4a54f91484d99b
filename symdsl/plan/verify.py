"""Checks that a plan is well formed: every pass leaves it so, every emitter relies on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from keyword import iskeyword

from symdsl.plan.call_types import types_of_call
from symdsl.plan.constants import constant_table, evaluate_constant
from symdsl.plan.copying import find_module
from symdsl.plan.errors import PlanError
from symdsl.plan.initial import parameter_table, state_table
from symdsl.plan.nodes import ArrayType, Method, Module, Node, Program
from symdsl.plan.operations.canonical import canonicalise
from symdsl.plan.operations.registry import operation_of
from symdsl.plan.prune import prune

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9_]*\Z")


def verify_program(program: Program) -> None:
    """Raise PlanError, naming the module, method and node, unless the program is well formed.

    Types are those that the operation table infers; leaves name arrays that exist, of that shape; constant indices of
    `take` and `put` are in range; calls fit the called methods, which form no cycle; names are valid; nothing is dead.
    """
    verify_module(program.root)
    for name in program.entry_points:
        _find_method(program.root, name, "entry point")
    for name in (*program.inputs, *program.outputs, *program.targets):
        _check_given_name(name, "a field of the program")


def verify_module(module: Module, path: str = "") -> None:
    """Raise PlanError unless the module, its children and their methods are well formed."""
    where = path or module.class_name
    if not _CLASS_NAME.match(module.class_name) or iskeyword(module.class_name):
        raise PlanError(f"{where}: {module.class_name!r} is no name of a class")
    names = [
        *(parameter.name for parameter in module.parameters),
        *(constant.name for constant in module.constants),
        *(state.name for state in module.state),
        *(name for name, _ in module.children),
        *(method.name for method in module.methods),
    ]
    for name in (*names, *(name for name, _ in module.dimensions)):
        _check_name(name, where)
    _refuse_repeats(names, where)
    tables = _Tables(module)
    for method in module.methods:
        verify_method(module, method, f"{where}.{method.name}", tables)
    _refuse_recursion(module, where)
    for name, child in module.children:
        verify_module(child, f"{path}.{name}" if path else name)


class _Tables:
    """The types of the arrays that a module and its descendants own."""

    def __init__(self, module: Module) -> None:
        self.parameters = {path: ArrayType(one.shape) for path, one in parameter_table(module).items()}
        self.state = {path: ArrayType(one.shape) for path, one in state_table(module).items()}
        self.constants = constant_table(module)


def verify_method(module: Module, method: Method, where: str, tables: _Tables | None = None) -> None:
    """Raise PlanError, naming the node, unless the method is well formed within its module."""
    tables = tables or _Tables(module)
    for index, node in enumerate(method.nodes):
        place = f"{where}, node {index} ({node.op}{f' {node.name}' if node.name else ''})"
        if any(not 0 <= operand < index for operand in node.operands):
            raise PlanError(f"{place}: an operand is not an earlier node")
        if node.name is not None:
            (_check_given_name if node.op == "argument" else _check_name)(node.name, place)
        try:
            types = _infer_node(module, method, index, tables)
        except PlanError as error:
            raise PlanError(f"{place}: {error}") from error
        if types != node.types:
            raise PlanError(f"{place}: its types are {node.types}, not the inferred {types}")
    _verify_signature(method, where, tables)


def _infer_node(module: Module, method: Method, index: int, tables: _Tables) -> tuple[ArrayType, ...]:
    node = method.nodes[index]
    if node.op == "item":
        types = method.nodes[node.operands[0]].types
        if not 0 <= node.attributes["index"] < len(types) or len(types) < 2:
            raise PlanError("there is no such result")
        return (types[node.attributes["index"]],)
    if any(len(method.nodes[operand].types) != 1 for operand in node.operands):
        raise PlanError("an operand has several results, and no item says which")
    operands = tuple(method.nodes[operand].type for operand in node.operands)
    if node.op == "argument":
        if index not in method.arguments:
            raise PlanError("the argument is not among those of the method")
        return node.types
    if node.op in ("parameter", "state", "constant"):
        return (_type_of_leaf(node, tables),)
    if node.op == "call":
        return _infer_call(module, node, operands)
    rule = operation_of(node.op)
    if dict(canonicalise(rule, operands, node.attributes)) != dict(node.attributes):
        raise PlanError(f"attributes {dict(node.attributes)} are not canonical")
    _check_constant_index(method, node, tables)
    return rule.result_types(operands, node.attributes)


def _type_of_leaf(node: Node, tables: _Tables) -> ArrayType:
    path = node.attributes["path"]
    known = {"parameter": tables.parameters, "state": tables.state, "constant": tables.constants}[node.op]
    if path not in known:
        raise PlanError(f"there is no {node.op} {path}")
    if node.op != "constant":
        return (tables.parameters if node.op == "parameter" else tables.state)[path]
    array = evaluate_constant(tables.constants[path])
    return ArrayType(array.shape, "integer" if array.dtype.kind == "i" else "real")


def _infer_call(module: Module, node: Node, operands: tuple[ArrayType, ...]) -> tuple[ArrayType, ...]:
    path = node.attributes["child"]
    try:
        child = find_module(module, path)
    except KeyError as error:
        raise PlanError(f"there is no child {path}") from error
    callee = _find_method(child, node.attributes["method"], f"call of {path}")
    return types_of_call(callee, operands)


def _refuse_recursion(module: Module, where: str) -> None:
    """Calls lead down the tree, or to another method of the module; the latter must not come back."""
    calls = {
        method.name: {
            node.attributes["method"] for node in method.nodes if node.op == "call" and not node.attributes["child"]
        }
        for method in module.methods
    }
    while True:
        ready = [name for name, called in calls.items() if not called & set(calls)]
        if not ready:
            break
        for name in ready:
            del calls[name]
    if calls:
        raise PlanError(f"{where}: the methods {sorted(calls)} call each other")


def _check_constant_index(method: Method, node: Node, tables: _Tables) -> None:
    bounds = {"take": None, "put": "size", "segment_sum": "count", "segment_max": "count"}
    if node.op not in bounds:
        return
    index = method.nodes[node.operands[1]]
    if index.op != "constant" or index.attributes["path"] not in tables.constants:
        return
    key = bounds[node.op]
    of_array = method.nodes[node.operands[0]].type
    size = of_array.shape[node.attributes["axis"]] if key is None else node.attributes[key]
    table = evaluate_constant(tables.constants[index.attributes["path"]])
    if table.size and not 0 <= table.min() <= table.max() < size:
        raise PlanError(f"{index.attributes['path']} has indices {table.min()} to {table.max()}, outside 0..{size - 1}")


def _verify_signature(method: Method, where: str, tables: _Tables) -> None:
    names = [method.nodes[index].attributes.get("name", "") for index in method.arguments]
    if any(method.nodes[index].op != "argument" for index in method.arguments):
        raise PlanError(f"{where}: an argument is not an argument node")
    for name in (*names, *method.output_names):
        _check_given_name(name, where)
    _refuse_repeats(names, where)
    _refuse_repeats(method.output_names, where)
    if method.output_names and len(method.output_names) != len(method.outputs):
        raise PlanError(f"{where}: {len(method.outputs)} outputs with {len(method.output_names)} names")
    for name, _ in method.noise:
        if name not in names:
            raise PlanError(f"{where}: the noise {name} is not an argument")
    _refuse_repeats([path for path, _ in method.updates], where)
    for path, index in method.updates:
        if path not in tables.state:
            raise PlanError(f"{where}: an update of {path}, which is no state")
        if method.nodes[index].types != (tables.state[path],):
            raise PlanError(f"{where}: {path} is {tables.state[path]}, its new value {method.nodes[index].types}")
    if any(len(method.nodes[index].types) != 1 for index in method.outputs):
        raise PlanError(f"{where}: an output has several results")
    if len(prune(method).nodes) != len(method.nodes):
        dead = find_dead(method)
        raise PlanError(f"{where}: nothing needs node {dead} ({method.nodes[dead].op})")


def find_dead(method: Method) -> int:
    """The last node that nothing needs, given that there is one."""
    needed = {*method.arguments, *method.outputs, *(index for _, index in method.updates)}
    for index in range(len(method.nodes) - 1, -1, -1):
        if index not in needed and method.nodes[index].op != "call":
            return index
        needed.update(method.nodes[index].operands)
    raise ValueError("every node is needed")


def _find_method(module: Module, name: str, what: str) -> Method:
    try:
        return module.method(name)
    except KeyError as error:
        raise PlanError(f"{what}: {module.class_name} has no method {name}") from error


def _check_name(name: str, where: str) -> None:
    if not _NAME.match(name) or iskeyword(name):
        raise PlanError(f"{where}: {name!r} is no valid name")


def _check_given_name(name: str, where: str) -> None:
    """Names of arguments and outputs may come from a spec, and be words of Python; backends print them otherwise."""
    if not name.isidentifier():
        raise PlanError(f"{where}: {name!r} is no valid name")


def _refuse_repeats(names: Sequence[str], where: str) -> None:
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        raise PlanError(f"{where}: the name {repeated[0]} is used twice")
