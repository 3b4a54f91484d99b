"""The integers and reals of a module that a printed class depends on, visited and replaced in one order.

Sizes in the types of values are not among them: methods are printed without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from symdsl.plan.nodes import Constant, Initial, Method, Module, Node, Parameter, State, Table

PRINTED_ENTRIES = 64
"""A stored table of more entries lies in the weights file, so its data do not tell classes apart."""

SIZED_ATTRIBUTES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "full": frozenset({"shape"}),
        "one_hot": frozenset({"classes"}),
        "split": frozenset({"sizes"}),
        "broadcast": frozenset({"shape"}),
        "slice": frozenset({"start", "stop", "step"}),
        "pad": frozenset({"low", "high"}),
        "roll": frozenset({"shift"}),
        "put": frozenset({"size"}),
        "convolution": frozenset({"stride", "padding"}),
        "convolution_input": frozenset({"stride", "padding", "size"}),
        "convolution_weight": frozenset({"stride", "padding", "size"}),
        "batch_norm": frozenset({"fields"}),
        "batch_norm_inference": frozenset({"fields"}),
        "max_pool": frozenset({"size", "stride", "padding"}),
        "average_pool": frozenset({"size", "stride", "padding"}),
        "max_pool_gradient": frozenset({"size", "stride", "padding"}),
        "average_pool_gradient": frozenset({"size", "stride", "padding", "input_size"}),
        "segment_sum": frozenset({"count"}),
        "segment_max": frozenset({"count"}),
        "scan": frozenset({"length"}),
    }
)
"""Attributes whose integers are amounts. All other integers (axes, indices, permutations) are structure."""

FALLBACK_NAMES: Mapping[str, str] = MappingProxyType(
    {"sizes": "size", "shape": "size", "input_size": "size", "start": "begin"}
)
"""What an argument of a class is called that stands for an attribute; a torch module has a method `start`."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Stands where a size was."""

    def __repr__(self) -> str:
        return "_"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a size stands.

    `fallback` names the constructor argument to make when no dimension explains it ("": none, the class is split);
    sites with the same nonempty `free` key are sizes of one activation: one of them may be left to follow (-1).
    """

    where: str
    fallback: str = ""
    free: str = ""


Visit = Callable[[Any, Site], Any]


def map_sizes(module: Module, visit: Visit) -> Module:
    """The module with every size replaced by `visit(value, site)`, always in the same order; children untouched."""
    several = len(module.parameters) > 1
    return replace(
        module,
        parameters=tuple(_map_parameter(parameter, visit, several) for parameter in module.parameters),
        constants=tuple(_map_constant(constant, visit) for constant in module.constants),
        state=tuple(_map_state(state, visit) for state in module.state),
        methods=tuple(_map_method(method, visit) for method in module.methods),
    )


def _map_parameter(parameter: Parameter, visit: Visit, several: bool) -> Parameter:
    shape = tuple(visit(size, Site(f"shape of {parameter.name}")) for size in parameter.shape)
    initial = parameter.initial
    prefix = f"{parameter.name}_" if several else ""
    gain = visit(float(initial.gain), Site(f"gain of {parameter.name}", fallback=f"{prefix}gain"))
    fan = visit(initial.fan, Site(f"fan of {parameter.name}", fallback=f"{prefix}fan"))
    return Parameter(parameter.name, shape, Initial(initial.kind, gain, fan))


def _map_state(state: State, visit: Visit) -> State:
    shape = tuple(visit(size, Site(f"shape of {state.name}")) for size in state.shape)
    return State(state.name, shape, state.fill)


def _map_constant(constant: Constant, visit: Visit) -> Constant:
    arguments = _map_nested(constant.arguments, visit, Site(f"argument of {constant.name}"))
    table = constant.table
    if table is not None and _entries(table) > PRINTED_ENTRIES:
        shape = tuple(visit(size, Site(f"shape of {constant.name}")) for size in table.shape)
        table = Table(shape, table.dtype, b"")
    return Constant(constant.name, constant.function, arguments, table)


def _entries(table: Table) -> int:
    return len(table.data) // 8


def is_stored(constant: Constant) -> bool:
    """Whether the array of this constant lies in the weights file. Also true of a template's, whose data are empty."""
    table = constant.table
    if table is None:
        return False
    return _entries(table) > PRINTED_ENTRIES or (not table.data and 0 not in table.shape)


def _map_nested(value: Any, visit: Visit, site: Site) -> Any:
    """Integers and reals, inside tuples at any depth, replaced; booleans and strings kept."""
    if isinstance(value, tuple | list):
        return tuple(_map_nested(item, visit, site) for item in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return visit(value, site)


def _map_method(method: Method, visit: Visit) -> Method:
    nodes = tuple(_map_node(node, method, index, visit) for index, node in enumerate(method.nodes))
    return replace(method, nodes=nodes)


def _map_node(node: Node, method: Method, index: int, visit: Visit) -> Node:
    operands = [method.nodes[operand] for operand in node.operands]
    sized = SIZED_ATTRIBUTES.get(node.op, frozenset())
    attributes: dict[str, Any] = {}
    for name in sorted(node.attributes):
        value = node.attributes[name]
        free = f"{method.name}:{index}" if node.op == "split" else ""
        fallback = "" if node.op == "broadcast" else FALLBACK_NAMES.get(name, name)
        site = Site(f"{name} of {node.op}", fallback=fallback, free=free)
        if node.op in {"broadcast", "slice"}:
            value = _relative(node, name, value, operands)
        if name in sized:
            attributes[name] = _map_amounts(value, visit, site)
        elif isinstance(value, float):
            attributes[name] = visit(value, site)
        else:
            attributes[name] = tuple(value) if isinstance(value, list) else value
    if node.op in {"batch_norm", "batch_norm_inference"}:
        attributes["copies_are_one"] = _copies_are_one(node, operands)
    return replace(node, attributes=MappingProxyType(attributes))


def _map_amounts(value: Any, visit: Visit, site: Site) -> Any:
    """As `_map_nested`, but what `_relative` marked stays."""
    if isinstance(value, tuple | list):
        return tuple(_map_amounts(item, visit, site) for item in value)
    return value if value is None or value == -1 else _map_nested(value, visit, site)


def _relative(node: Node, name: str, value: Any, operands: Sequence[Node]) -> Any:
    """A kept size of `broadcast` is -1, and a `stop` at the end of the axis None: neither is a number of the class."""
    shape = operands[0].type.shape
    if node.op == "broadcast" and name == "shape" and shape:
        return tuple(-1 if before == after else after for before, after in zip(shape, value, strict=True))
    if node.op == "slice" and name == "stop" and value == shape[node.attributes["axis"]]:
        return None
    return value


def _copies_are_one(node: Node, operands: Sequence[Node]) -> bool:
    """Whether each field has one channel, so that the ordinary batch norm of the framework is meant."""
    shape = operands[0].type.shape
    channels = shape[0] if node.attributes["layout"] == "channels_first" else shape[-1]
    return channels == node.attributes["fields"]
