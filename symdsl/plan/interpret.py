"""The meaning of a plan, in NumPy float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.constants import constant_table, evaluate_constant
from symdsl.plan.copying import find_module, join_prefix
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType, Constant, Method, Module, Node
from symdsl.plan.operations.registry import operation_of

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
Trace: TypeAlias = Callable[[str, int, int | None, NDArray[Any]], None]

_DTYPES: Mapping[str, type] = {"real": np.float64, "integer": np.int64, "boolean": np.bool_}


@dataclass(slots=True)
class _Run:
    params: Arrays
    state: Arrays
    constants: Mapping[str, Constant]
    arrays: dict[str, NDArray[Any]]
    trace: Trace | None
    new_state: dict[str, NDArray[Any]] = field(default_factory=dict)

    def leaf(self, node: Node, path: str) -> NDArray[Any]:
        if node.op == "parameter":
            return self._found(self.params, path)
        if node.op == "state":
            return self._found(self.state, path)
        if path not in self.arrays:
            if path not in self.constants:
                raise PlanError(f"there is no constant {path}")
            self.arrays[path] = evaluate_constant(self.constants[path])
        return self.arrays[path]

    def _found(self, table: Arrays, path: str) -> NDArray[Any]:
        if path not in table:
            raise PlanError(f"no array is given for {path}")
        return table[path]


def interpret(
    module: Module,
    method: Method | str,
    arguments: Sequence[NDArray[Any]],
    params: Arrays,
    state: Arrays,
    trace: Trace | None = None,
    constants: Arrays | None = None,
) -> tuple[tuple[NDArray[Any], ...], dict[str, NDArray[Any]]]:
    """(outputs, new state) of a method, in float64; batched arguments and outputs have the batch axis in front.

    `params` and `state` map paths, relative to the module, to arrays. `trace(path, node index, origin, value)` is
    called for each result of each node, `path` being that of the module whose method holds the node.
    `constants` may give arrays that were evaluated before. Raises PlanError where an array is missing or misshapen.
    """
    run = _Run(params, state, constant_table(module), dict(constants or {}), trace)
    chosen = module.method(method) if isinstance(method, str) else method
    outputs = _run_method(run, module, chosen, tuple(np.asarray(array) for array in arguments), "")
    return outputs, {**state, **run.new_state}


def _run_method(
    run: _Run, module: Module, method: Method, arguments: tuple[NDArray[Any], ...], prefix: str
) -> tuple[NDArray[Any], ...]:
    if len(arguments) != len(method.arguments):
        raise PlanError(f"{prefix}{method.name} takes {len(method.arguments)} arguments, not {len(arguments)}")
    given = dict(zip(method.arguments, arguments, strict=True))
    values: list[tuple[NDArray[Any], ...]] = []
    for index, node in enumerate(method.nodes):
        try:
            results = _run_node(run, module, node, given.get(index), values, method, prefix)
            checked = tuple(_conform(array, type) for array, type in zip(results, node.types, strict=True))
        except PlanError as error:
            raise PlanError(f"{prefix}{method.name}, node {index} ({node.op}): {error}") from error
        values.append(checked)
        if run.trace is not None:
            for array in checked:
                run.trace(prefix.rstrip("."), index, node.origin, array)
    for path, index in method.updates:
        run.new_state[prefix + path] = values[index][0]
    return tuple(values[index][0] for index in method.outputs)


def _run_node(
    run: _Run,
    module: Module,
    node: Node,
    argument: NDArray[Any] | None,
    values: Sequence[tuple[NDArray[Any], ...]],
    method: Method,
    prefix: str,
) -> tuple[NDArray[Any], ...]:
    if node.op == "argument":
        if argument is None:
            raise PlanError("an argument node is not among the method's arguments")
        return (argument,)
    if node.op in ("parameter", "constant", "state"):
        return (run.leaf(node, prefix + node.attributes["path"]),)
    if node.op == "item":
        return (values[node.operands[0]][node.attributes["index"]],)
    operands = tuple(values[operand][0] for operand in node.operands)
    if node.op == "call":
        name = node.attributes["child"]
        child = find_module(module, name)
        inner = join_prefix(prefix, name) if name else prefix
        return _run_method(run, child, child.method(node.attributes["method"]), operands, inner)
    types = tuple(method.nodes[operand].type for operand in node.operands)
    return operation_of(node.op).evaluate(operands, node.attributes, types)


def _conform(array: NDArray[Any], type: ArrayType) -> NDArray[Any]:
    array = np.asarray(array)
    if type.dtype == "boolean" and array.dtype.kind not in "biu":
        raise PlanError(f"a value of dtype {array.dtype} stands for booleans")
    if type.dtype == "integer" and array.dtype.kind not in "biu":
        raise PlanError(f"a value of dtype {array.dtype} stands for integers")
    array = array.astype(_DTYPES[type.dtype], copy=False)
    shape = array.shape[1:] if type.batched else array.shape
    if shape != type.shape or (type.batched and array.ndim != len(type.shape) + 1):
        raise PlanError(f"a value of shape {array.shape} stands for {type}")
    return array
