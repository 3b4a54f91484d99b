"""Which methods read or update state, themselves or through what they call."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.plan.interpret import find_module
from symdsl.plan.nodes import Method, Module


def updates_state(module: Module, method_name: str) -> bool:
    """Whether the method returns a new state."""
    return any(method.updates for method in _called_methods(module, method_name))


def takes_state(module: Module, method_name: str) -> bool:
    """Whether the method needs the state as an argument, to read it or to return it changed."""
    return any(
        method.updates or any(node.op == "state" for node in method.nodes)
        for method in _called_methods(module, method_name)
    )


def has_state(module: Module) -> bool:
    """Whether the module or one below it owns state."""
    return bool(module.state) or any(has_state(child) for _, child in module.children)


def _called_methods(module: Module, method_name: str) -> Iterator[Method]:
    """The method and all that it calls, each once for each module object."""
    waiting = [(module, method_name)]
    seen: set[tuple[int, str]] = set()
    while waiting:
        owner, name = waiting.pop()
        if (id(owner), name) in seen:
            continue
        seen.add((id(owner), name))
        method = owner.method(name)
        yield method
        for node in method.nodes:
            if node.op == "call":
                waiting.append((find_module(owner, node.attributes["child"]), node.attributes["method"]))
            elif node.op == "scan":
                waiting.append((owner, node.attributes["body"]))
