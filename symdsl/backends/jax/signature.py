"""Names and order of arguments of printed methods, and the names that a class must not use."""

from __future__ import annotations

import keyword

from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import Method, Module

CLASS_NAMES = frozenset(
    {"apply", "apply_train", "apply_objective", "draw_noise", "initial_state", "load_weights", "parameters"}
    | {"save_weights", "saved_state", "with_state"}
)
"""What printed classes have of their own."""


def owned_names(module: Module) -> set[str]:
    """The attributes that a module holds."""
    items = (*module.parameters, *module.constants, *module.state)
    return {item.name for item in items} | {name for name, _ in module.children}


def method_name(module: Module, method: str) -> str:
    """The printed name of a method; one that a child or an array already has is put into words."""
    return f"compute_{method}" if method in owned_names(module) else method


def signature_order(method: Method) -> tuple[int, ...]:
    """Places of the plan's arguments in the order of the printed signature: noise comes last."""
    noise = {name for name, _ in method.noise}
    names = argument_names(method)
    return tuple(sorted(range(len(names)), key=lambda place: names[place] in noise))


def argument_names(method: Method) -> list[str]:
    """The plan's names of the arguments, in its order."""
    return [method.nodes[index].attributes["name"] for index in method.arguments]


def check_names(module: Module) -> None:
    """Raises PlanError where a name of the plan cannot be an attribute of a printed class."""
    items = [item.name for item in (*module.parameters, *module.constants, *module.state)]
    items += [name for name, _ in module.children]
    names = [*items, *(method_name(module, method.name) for method in module.methods), *dict(module.dimensions)]
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in CLASS_NAMES:
            raise PlanError(f"{module.class_name} cannot have an attribute called {name!r}")
    if len(set(names)) != len(names):
        raise PlanError(f"{module.class_name} has two attributes of one name")
