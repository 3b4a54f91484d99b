"""What a plan costs: operations, multiply-adds, bytes and parameters, for one sample."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod

from symdsl.plan.copying import find_module
from symdsl.plan.initial import parameter_table
from symdsl.plan.nodes import Method, Module
from symdsl.plan.operations.operation import Cost
from symdsl.plan.operations.registry import LEAVES, STRUCTURE, operation_of


@dataclass(frozen=True, slots=True)
class MethodCost:
    """The work of one call for one sample, calls included. `operations` pairs a name with a count, by name."""

    operations: tuple[tuple[str, int], ...]
    multiply_adds: int
    bytes: int

    @property
    def operation_count(self) -> int:
        """The number of operations of all kinds."""
        return sum(count for _, count in self.operations)


def cost_of_method(module: Module, method: Method | str) -> MethodCost:
    """The cost of a method of the module, with what it calls."""
    counts: Counter[str] = Counter()
    total = _add_up(module, module.method(method) if isinstance(method, str) else method, counts)
    return MethodCost(tuple(sorted(counts.items())), total.multiply_adds, total.bytes)


def _add_up(module: Module, method: Method, counts: Counter[str]) -> Cost:
    total = Cost(0, 0)
    for node in method.nodes:
        if node.op == "call":
            child = find_module(module, node.attributes["child"])
            total += _add_up(child, child.method(node.attributes["method"]), counts)
        elif node.op not in (*LEAVES, *STRUCTURE):
            counts[node.op] += 1
            operands = tuple(method.nodes[operand].type for operand in node.operands)
            total += operation_of(node.op).cost(operands, node.attributes, node.types)
    return total


def count_operations(method: Method) -> dict[str, int]:
    """How often each operation stands in the method itself, leaves, items and calls left out."""
    counts = Counter(node.op for node in method.nodes if node.op not in (*LEAVES, *STRUCTURE))
    return dict(sorted(counts.items()))


def count_parameters(module: Module) -> int:
    """The trained numbers of the module and its children."""
    return sum(prod(parameter.shape) for parameter in parameter_table(module).values())


def parameters_by_module(module: Module, path: str = "") -> dict[str, int]:
    """path -> the trained numbers that the module there owns itself ("" is the root); modules without are left out."""
    own = sum(prod(parameter.shape) for parameter in module.parameters)
    table = {path: own} if own else {}
    for name, child in module.children:
        table.update(parameters_by_module(child, f"{path}.{name}" if path else name))
    return table
