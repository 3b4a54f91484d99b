"""Drops the nodes of a method that nothing needs."""

from __future__ import annotations

from dataclasses import replace

from symdsl.plan.nodes import Method


def prune(method: Method, keep_calls: bool = True) -> Method:
    """The method without the nodes that no output, update or call needs.

    Arguments stay, for the signature; a call stays with `keep_calls`, since the child's method may update state.
    """
    needed = [False] * len(method.nodes)
    for index in (*method.arguments, *method.outputs, *(index for _, index in method.updates)):
        needed[index] = True
    for index in range(len(method.nodes) - 1, -1, -1):
        node = method.nodes[index]
        needed[index] = needed[index] or (keep_calls and node.op == "call")
        if needed[index]:
            for operand in node.operands:
                needed[operand] = True
    place: dict[int, int] = {}
    nodes = []
    for index, node in enumerate(method.nodes):
        if needed[index]:
            place[index] = len(nodes)
            nodes.append(replace(node, operands=tuple(place[operand] for operand in node.operands)))
    return replace(
        method,
        nodes=tuple(nodes),
        arguments=tuple(place[index] for index in method.arguments),
        outputs=tuple(place[index] for index in method.outputs),
        updates=tuple((path, place[index]) for path, index in method.updates),
    )
