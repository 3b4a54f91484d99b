"""Writes a method node by node: types are inferred, leaves and equal nodes are shared, dead nodes dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from symdsl.plan.call_types import types_of_call
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType, DType, Method, Module, Node
from symdsl.plan.operations.canonical import canonicalise
from symdsl.plan.operations.registry import LEAVES, operation_of
from symdsl.plan.prune import prune
from symdsl.plan.value import Value

Noise = Literal["uniform", "normal"]


class MethodBuilder:
    """A method under construction. `origin` is stamped on each node that is added (see `from_origin`)."""

    def __init__(self, name: str, documentation: str = "") -> None:
        self.name = name
        self.documentation = documentation
        self.origin: int | None = None
        self._nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._arguments: list[int] = []
        self._outputs: list[tuple[str, int]] = []
        self._updates: list[tuple[str, int]] = []
        self._noise: list[tuple[str, Noise]] = []
        self._joins_batches = False

    @property
    def joins_batches(self) -> bool:
        """Whether some values may have more samples than the arguments, so that an argument does not show how many."""
        return self._joins_batches

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes so far."""
        return tuple(self._nodes)

    @property
    def argument_indices(self) -> tuple[int, ...]:
        """The nodes that are arguments, in call order."""
        return tuple(self._arguments)

    def node_at(self, index: int) -> Node:
        """Node `index`."""
        return self._nodes[index]

    @contextmanager
    def from_origin(self, origin: int | None) -> Iterator[None]:
        """Within the block, new nodes carry this origin."""
        before, self.origin = self.origin, origin
        try:
            yield
        finally:
            self.origin = before

    # Leaves

    def argument(self, name: str, type: ArrayType) -> Value:
        """The next argument of the method. Raises PlanError if the name is taken."""
        if any(self._nodes[index].attributes["name"] == name for index in self._arguments):
            raise PlanError(f"{self.name} has two arguments {name}")
        value = self._leaf("argument", "name", name, type)
        self._arguments.append(value.index)
        return value

    def noise(self, name: str, type: ArrayType, kind: Noise) -> Value:
        """An argument that a wrapper fills with random numbers."""
        value = self.argument(name, type)
        self._noise.append((name, kind))
        return value

    def parameter(self, path: str, shape: tuple[int, ...]) -> Value:
        """The trained array at `path`."""
        return self._leaf("parameter", "path", path, ArrayType(tuple(shape)))

    def constant(self, path: str, shape: tuple[int, ...], dtype: DType = "real") -> Value:
        """The fixed array at `path`."""
        return self._leaf("constant", "path", path, ArrayType(tuple(shape), dtype))

    def state(self, path: str, shape: tuple[int, ...]) -> Value:
        """The array at `path` that training updates outside the optimiser."""
        return self._leaf("state", "path", path, ArrayType(tuple(shape)))

    def _leaf(self, op: str, key: str, place: str, type: ArrayType) -> Value:
        known = self._known.get((op, place))
        if known is not None:
            if self._nodes[known].type != type:
                raise PlanError(f"{op} {place} is used as {type} and as {self._nodes[known].type}")
            return self.value(known)
        index = self._append(Node(op, (), (type,), MappingProxyType({key: place}), place.rpartition(".")[2]))
        self._known[op, place] = index
        return self.value(index)

    # Operations

    def add(self, operation: str, *operands: Value, name: str | None = None, **attributes: Any) -> Value:
        """operation(*operands), an operation with one result. Raises PlanError where the types do not fit."""
        results = self.add_many(operation, *operands, name=name, **attributes)
        if len(results) != 1:
            raise PlanError(f"{operation} has {len(results)} results: use add_many")
        return results[0]

    def add_many(
        self, operation: str, *operands: Value, name: str | None = None, **attributes: Any
    ) -> tuple[Value, ...]:
        """All results of operation(*operands). Raises PlanError where the types do not fit."""
        rule = operation_of(operation)
        self._check_operands(operation, operands)
        if not rule.arity[0] <= len(operands) <= rule.arity[1]:
            raise PlanError(f"{operation} has {len(operands)} operands; it takes {rule.arity}")
        types = tuple(operand.type for operand in operands)
        canonical = canonicalise(rule, types, attributes)
        try:
            results = rule.result_types(types, canonical)
        except PlanError as error:
            raise PlanError(f"{self.name}: {operation}({', '.join(map(str, types))}): {error}") from error
        indices = tuple(operand.index for operand in operands)
        return self._results(Node(operation, indices, results, canonical, name, self.origin))

    def call(
        self, child: Module, path: str, method: str, *operands: Value, name: str | None = None
    ) -> tuple[Value, ...]:
        """The outputs of a child's method. Raises PlanError where the arguments do not fit."""
        self._check_operands(f"call {path}.{method}", operands)
        callee = child.method(method)
        try:
            types = types_of_call(callee, tuple(operand.type for operand in operands))
        except PlanError as error:
            raise PlanError(f"{self.name}: call of {path}.{method}: {error}") from error
        return self.call_typed(types, path, method, *operands, name=name)

    def call_typed(
        self, types: tuple[ArrayType, ...], path: str, method: str, *operands: Value, name: str | None = None
    ) -> tuple[Value, ...]:
        """The outputs, of these types, of a method of the child at `path`: for passes, which check no callee."""
        self._check_operands(f"call {path}.{method}", operands)
        attributes = MappingProxyType({"child": path, "method": method})
        return self._results(Node("call", tuple(v.index for v in operands), types, attributes, name, self.origin))

    def _check_operands(self, operation: str, operands: tuple[Value, ...]) -> None:
        for operand in operands:
            if operand.builder is not self:
                raise PlanError(f"{operation}: an operand belongs to another method")

    def _results(self, node: Node) -> tuple[Value, ...]:
        key = (node.op, node.operands, tuple(sorted(node.attributes.items())))
        known = self._known.get(key)
        if known is None:
            known = self._append(node)
            self._known[key] = known
        elif node.name and not self._nodes[known].name:
            self._nodes[known] = replace(self._nodes[known], name=node.name)
        if len(node.types) == 1:
            return (self.value(known),)
        return tuple(self._item(known, place) for place in range(len(node.types)))

    def _item(self, source: int, place: int) -> Value:
        key = ("item", source, place)
        if key not in self._known:
            attributes = MappingProxyType({"index": place})
            node = self._nodes[source]
            self._known[key] = self._append(
                Node("item", (source,), (node.types[place],), attributes, None, node.origin)
            )
        return self.value(self._known[key])

    def _append(self, node: Node) -> int:
        self._joins_batches |= node.op in ("batch_concatenate", "batch_part")
        self._nodes.append(node)
        return len(self._nodes) - 1

    def value(self, index: int) -> Value:
        """The handle on a node with one result."""
        return Value(self, index, self._nodes[index].type)

    def results_of(self, index: int) -> tuple[Value, ...]:
        """The handles on all results of a node."""
        if len(self._nodes[index].types) == 1:
            return (self.value(index),)
        return tuple(self._item(index, place) for place in range(len(self._nodes[index].types)))

    def suggest_name(self, value: Value, name: str | None) -> None:
        """Name the value, unless it is a leaf or has a name."""
        node = self._nodes[value.index]
        if name and not node.name and node.op not in LEAVES:
            self.rename(value, name)

    def rename(self, value: Value, name: str) -> None:
        """What the emitted variable is called."""
        self._nodes[value.index] = replace(self._nodes[value.index], name=name)

    # Common values

    def full(self, shape: tuple[int, ...], number: float) -> Value:
        """A batch-free array filled with one number."""
        return self.add("full", shape=shape, value=number)

    def zeros_like(self, value: Value) -> Value:
        """0 in the type of a value."""
        return self.add("full_like", value, value=0.0)

    def unit_matrix(self, size: int) -> Value:
        """The unit matrix (size, size)."""
        lower = self.full((size, size), 1.0).apply("triangle", lower=True, diagonal=0)
        return lower.apply("triangle", lower=False, diagonal=0)

    def sum_to(self, value: Value, shape: tuple[int, ...]) -> Value:
        """The transpose of stretching `shape` to the value's shape: a sum over the stretched axes."""
        if value.shape == shape:
            return value
        if not shape:
            return value.apply("sum", axes=tuple(range(value.rank)))
        if len(shape) != value.rank:
            raise PlanError(f"{value.shape} is not {shape} stretched")
        stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 and value.shape[axis] != 1)
        value = value.apply("sum", axes=stretched)
        for axis in stretched:
            value = value.apply("expand", axis=axis)
        return value

    # Results

    def output(self, name: str, value: Value) -> None:
        """The next output of the method."""
        self._check_operands(f"output {name}", (value,))
        self._outputs.append((name, value.index))

    def update(self, path: str, value: Value) -> None:
        """The new value of the state at `path`."""
        self._check_operands(f"update of {path}", (value,))
        self._updates.append((path, value.index))

    def build(self) -> Method:
        """The method, without the nodes that no output and no update needs; arguments and calls that update stay."""
        return prune(
            Method(
                self.name,
                tuple(self._nodes),
                tuple(self._arguments),
                tuple(index for _, index in self._outputs),
                tuple(name for name, _ in self._outputs),
                tuple(self._updates),
                tuple(self._noise),
                self.documentation,
            )
        )
