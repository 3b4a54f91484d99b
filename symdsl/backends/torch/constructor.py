"""The constructor of an emitted class: constants, parameters, state and children."""

from __future__ import annotations

import keyword
import math
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from symdsl.backends.torch.code import print_value
from symdsl.plan.nodes import Constant, State
from symdsl.plan.share_classes import SharedClass
from symdsl.plan.size_expressions import Expression
from symdsl.plan.sizes import is_stored

MODULE_NAMES = frozenset(
    [
        "add_constant",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "draw_weights",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "generator",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_constants",
        "load_state_dict",
        "load_weights",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "save_weights",
        "set_extra_state",
        "set_submodule",
        "set_weights",
        "share_memory",
        "start",
        "state_dict",
        "stored_constants",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
"""Attributes of every module: nothing of the plan may take their place."""

LONGEST = 110


def check_names(shared: SharedClass, methods: Iterable[str]) -> None:
    """Raises ValueError where a name of the plan cannot be an attribute of a module."""
    template = shared.template
    owned = [item.name for item in (*template.parameters, *template.constants, *template.state, *shared.children)]
    names = [*owned, *methods, *shared.arguments]
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in MODULE_NAMES:
            raise ValueError(f"{shared.name} cannot have an attribute called {name!r}")
    if len(set(names)) != len(names):
        raise ValueError(f"{shared.name} has two attributes of one name")


def print_constructor(
    shared: SharedClass, kept: list[str], start: list[str], follows: bool, function: Callable[[str], str]
) -> list[str]:
    """`__init__`; `kept` are the arguments that methods need, `function` makes a constant's function available.

    `start` are the last lines of the root's constructor, none for other classes. `follows` asks for a buffer that only
    follows the dtype and the device. No lines where nothing is to be done.
    """
    body = ["super().__init__()"]
    body += [f"self.{name} = {name}" for name in kept]
    template = shared.template
    for constant in template.constants:
        body += _print_constant(constant, function)
    if stored := [constant.name for constant in template.constants if is_stored(constant)]:
        body += ["self._stored = (", *(f'    "{name}",' for name in stored), ")"]
    initial = []
    for parameter in template.parameters:
        body.append(f"self.{parameter.name} = nn.Parameter(torch.empty({_sizes(parameter.shape)}))")
        entries = (parameter.initial.kind, parameter.initial.gain, parameter.initial.fan)
        initial.append(f'"{parameter.name}": {print_value(entries, "")}')
    if initial:
        line = f"self._initial = {{{', '.join(initial)}}}"
        wrapped = ["self._initial = {", *(f"    {entry}," for entry in initial), "}"]
        body += [line] if len(line) <= LONGEST else wrapped
    body += [_print_state(state) for state in template.state]
    if follows:
        body.append('self.register_buffer("_like", torch.empty(()), persistent=False)')
    for child in shared.children:
        given = ", ".join(f"{name}={print_value(value, '')}" for name, value in child.arguments)
        body.append(f"self.{child.name} = {child.class_name}({given})")
    if start:
        return [*_ROOT_SIGNATURE, *_indent([*body, *start])]
    if len(body) == 1:
        return []
    types = dict.fromkeys(shared.arguments, "int")
    for name in _real_arguments(shared):
        types[name] = "float"
    given = "".join(f", {name}: {types[name]}" for name in shared.arguments)
    return [f"def __init__(self{given}) -> None:", *_indent(body)]


_ROOT_SIGNATURE = [
    "def __init__(",
    "    self,",
    "    seed: int = 0,",
    "    dtype: torch.dtype = torch.float32,",
    "    weights: str | os.PathLike[str] | None = None,",
    ") -> None:",
]


def _real_arguments(shared: SharedClass) -> set[str]:
    """Arguments that are real: they stand alone where a gain or a real attribute does."""
    values = [parameter.initial.gain for parameter in shared.template.parameters]
    for method in shared.template.methods:
        for node in method.nodes:
            values += [
                node.attributes.get(name) for name in ("rate", "epsilon", "alpha", "value", "exponent", "cutoff")
            ]
    return {name for value in values if isinstance(value, Expression) for name in value.names}


def _print_constant(constant: Constant, function: Callable[[str], str]) -> list[str]:
    name = constant.name
    if constant.function is not None and constant.table is None:
        arguments = ", ".join(print_value(value, "") for value in constant.arguments)
        return [f'self.add_constant("{name}", np.asarray({function(constant.function)}({arguments})))']
    if constant.table is None:
        raise ValueError(f"constant {name} has neither a function nor a table")
    kind = f"np.{constant.table.dtype}"
    if is_stored(constant):
        return [f'self.add_constant("{name}", np.zeros({print_value(constant.table.shape, "")}, dtype={kind}))']
    array = constant.table.to_array()
    line = f'self.add_constant("{name}", np.array({_print_list(array.tolist())}, dtype={kind}))'
    if array.size and len(line) <= LONGEST:
        return [line]
    numbers = textwrap.wrap(_print_list(array.reshape(-1).tolist())[1:-1], LONGEST - 4)
    made = f"], dtype={kind}).reshape({print_value(array.shape)}))"
    return [f'self.add_constant("{name}", np.array([', *(f"    {part}" for part in numbers), made]


def _print_list(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_print_list(entry) for entry in value)}]"
    if isinstance(value, float) and not math.isfinite(value):
        return {"inf": "np.inf", "-inf": "-np.inf"}.get(repr(value), "np.nan")
    return repr(value)


def _print_state(state: State) -> str:
    sizes = _sizes(state.shape)
    made = {0.0: f"torch.zeros({sizes})", 1.0: f"torch.ones({sizes})"}.get(float(state.fill))
    made = made or f"torch.full({print_value(state.shape, '')}, {float(state.fill)!r})"
    return f'self.register_buffer("{state.name}", {made})'


def _sizes(shape: tuple[Any, ...]) -> str:
    return ", ".join(print_value(size, "") for size in shape) if shape else "()"


def _indent(lines: list[str]) -> list[str]:
    return textwrap.indent("\n".join(lines), "    ").split("\n")
