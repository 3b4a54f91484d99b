"""A program as one readable Python file that needs torch and NumPy only."""

from __future__ import annotations

import keyword
import re
from importlib.metadata import PackageNotFoundError, version

from symdsl.backends.source_functions import SourceLibrary, function_source
from symdsl.backends.torch.class_text import ClassPrinter
from symdsl.backends.torch.docstring import print_comment
from symdsl.backends.torch.modes import Modes
from symdsl.backends.torch.result_tuples import ResultTuples
from symdsl.plan.nodes import Program
from symdsl.plan.share_classes import SharedProgram, share_classes, walk_modules

PRINTED = "symdsl.backends.torch.printed"
FUNCTIONS = SourceLibrary(PRINTED, ("pointwise", "index", "convolution", "normalisation"))
CLASSES = SourceLibrary(PRINTED, ("module",))
WEIGHTS = SourceLibrary("symdsl.backends.emitted", ("weights",))
DRAW = "symdsl.plan.initial:draw_parameter"

MODULE_SCOPE = frozenset(
    {"json", "os", "np", "torch", "nn", "F", "Tensor", "Mapping", "cache", "Path", "Any", "NamedTuple", "NDArray"}
)


def emit(program: Program, from_file: bool = False) -> str:
    """The source file; byte-equal for equal programs. Raises ValueError for a plan that torch cannot be given.

    `from_file`: the model takes its first weights from the .safetensors file beside the source, not from a seed.
    """
    taken = _module_names(program)
    shared = share_classes(program, reserved=taken)
    root = shared.classes[-1]
    modes = Modes(shared)
    names = taken | {one.name for one in shared.classes}
    results = ResultTuples(set(names))
    printer = ClassPrinter(modes, root.name, names, results, from_file, has_plain_filters(shared))
    classes = [printer.print_class(one) for one in shared.classes]
    # Layers that share a table compute it once.
    functions = [f"@cache\n{source}" for _, source in sorted(printer.functions.items())]
    support = [*FUNCTIONS.closure(printer.support & FUNCTIONS.definitions.keys()).values()]
    bases = [CLASSES.definitions[name] for name in CLASSES.definitions if name in printer.support]
    weights = [*WEIGHTS.definitions.values(), function_source(DRAW)[1]]
    parts = [*functions, *results.source(), *support, *classes]
    body = "\n\n\n".join([*weights, *bases, *parts])
    return f"{_header(program, root.name)}\n\n{_imports(body)}\n\n\n{body}\n"


def has_plain_filters(shared: SharedProgram) -> bool:
    """Whether feature maps lie channels last in memory, and some filters are parameters as they stand."""
    maps = any(
        node.op == "memory_format" and node.attributes["format"] == "channels_last"
        for method in shared.classes[-1].template.methods
        for node in method.nodes
    )
    return maps and any(len(each.shape) == 4 for one in shared.classes for each in one.template.parameters)


def _module_names(program: Program) -> frozenset[str]:
    """Names that no class and no variable may take."""
    constants = {
        constant.function.partition(":")[2]
        for _, module in walk_modules(program.root)
        for constant in module.constants
        if constant.function is not None
    }
    printed = {*FUNCTIONS.definitions, *CLASSES.definitions, *WEIGHTS.definitions}
    return MODULE_SCOPE | constants | printed | {"draw_parameter"} | frozenset(keyword.kwlist)


def _header(program: Program, root: str) -> str:
    lines = [f"{root}: written by symdsl {_version()} for torch."]
    lines += ["", "The specification:", "", *(f"    {line}" for line in program.spec_text.splitlines())]
    if program.claims:
        lines += ["", "What is claimed:", "", *(f"    {line}" for line in program.claims)]
    return "\n".join(print_comment("\n".join(lines).replace("\r", "\n")))


def _version() -> str:
    try:
        return version("symdsl")
    except PackageNotFoundError:
        return "(not installed)"


def _imports(body: str) -> str:
    """The imports that the body uses, in their usual order."""

    def used(name: str) -> bool:
        return re.search(rf"(?<![\w.\"]){name}\b", body) is not None

    standard = [f"import {name}" for name in ("json", "os") if used(name)]
    standard += [
        f"from {module} import {', '.join(found)}"
        for module, names in (
            ("collections.abc", ("Mapping",)),
            ("functools", ("cache",)),
            ("pathlib", ("Path",)),
            ("typing", ("Any", "NamedTuple")),
        )
        if (found := [name for name in names if used(name)])
    ]
    torch_lines = ["import numpy as np", "import torch"]
    if used("NDArray"):
        torch_lines.append("from numpy.typing import NDArray")
    torch_lines.append("from torch import Tensor, nn" if used("Tensor") else "from torch import nn")
    if used("F"):
        torch_lines.append("from torch.nn import functional as F")
    return "\n".join(["from __future__ import annotations", "", *standard, "", *torch_lines])


def root_class_name(program: Program) -> str:
    """The name of the class that is the model."""
    return share_classes(program, reserved=_module_names(program)).classes[-1].name
