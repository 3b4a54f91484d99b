"""What uses what in a plan method: how often, until when, and whether for outputs or only for updates of state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from symdsl.plan.nodes import Method


@dataclass(frozen=True, slots=True)
class Uses:
    """The uses of the values of one method.

    `order` are the indices of needed nodes, those for outputs first; `position` is the place in it; `count` the
    number of uses; `last` the position of the last use; `items` the item nodes of a node with several results.
    `returned` are outputs; `for_outputs` and `for_updates` split the needed nodes.
    """

    method: Method
    order: tuple[int, ...]
    position: dict[int, int]
    count: dict[int, int]
    last: dict[int, int]
    items: dict[int, list[int]]
    returned: frozenset[int]
    for_outputs: frozenset[int]
    for_updates: frozenset[int]

    def states_read(self, index: int) -> set[str]:
        """The paths of state that a value is made of."""
        nodes = [self.method.nodes[other] for other in reachable(self.method, [index])]
        return {node.attributes["path"] for node in nodes if node.op == "state"}


def reachable(method: Method, roots: Iterable[int]) -> set[int]:
    """The roots and all that they are made of."""
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting.extend(method.nodes[index].operands)
    return found


def count_uses(method: Method, updating: Callable[[str, str], bool]) -> Uses:
    """The uses; `updating(child, method)` says whether a call must stay because it updates state."""
    kept = [
        index
        for index, node in enumerate(method.nodes)
        if node.op == "call" and updating(node.attributes["child"], node.attributes["method"])
    ]
    for_outputs = reachable(method, [*method.outputs, *kept])
    for_updates = reachable(method, [index for _, index in method.updates]) - for_outputs
    order = [*sorted(for_outputs), *sorted(for_updates)]
    position = {index: place for place, index in enumerate(order)}
    count = dict.fromkeys(range(len(method.nodes)), 0)
    last = dict.fromkeys(range(len(method.nodes)), -1)
    items: dict[int, list[int]] = {}
    for place, index in enumerate(order):
        node = method.nodes[index]
        if node.op == "item":
            items.setdefault(node.operands[0], []).append(index)
        for operand in node.operands:
            count[operand] += 1
            last[operand] = place
    for index in [*method.outputs, *(target for _, target in method.updates)]:
        count[index] += 1
        last[index] = len(order)
    _extend_through_items(method, order, count, last)
    return Uses(
        method,
        tuple(order),
        position,
        count,
        last,
        items,
        frozenset(method.outputs),
        frozenset(for_outputs),
        frozenset(for_updates),
    )


def _extend_through_items(method: Method, order: list[int], count: dict[int, int], last: dict[int, int]) -> None:
    """The one item of a node with one result is that node: its uses are the node's."""
    for index in reversed(order):
        node = method.nodes[index]
        if node.op == "item" and len(method.nodes[node.operands[0]].types) == 1:
            count[node.operands[0]] += count[index] - 1
            last[node.operands[0]] = max(last[node.operands[0]], last[index])
