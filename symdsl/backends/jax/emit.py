"""A program as one Python file that needs jax, equinox and numpy."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from symdsl.backends.jax.constants import name_functions, print_function
from symdsl.backends.jax.layer import LayerWriter
from symdsl.backends.jax.model import emit_pure_functions
from symdsl.backends.jax.naming import IMPORTED_NAMES
from symdsl.backends.source_functions import SourceLibrary, function_source
from symdsl.plan.nodes import Program
from symdsl.plan.share_classes import share_classes

STANDARD = (
    ("json", ""),
    ("math", ""),
    ("os", ""),
    ("collections.abc", "Mapping Sequence"),
    ("pathlib", "Path"),
    ("typing", "Any NamedTuple"),
)
PACKAGES = (("equinox", "eqx"), ("jax", ""), ("jax.numpy", "jnp"), ("numpy", "np"))
PARTS = (("jax", "Array"), ("numpy.typing", "NDArray"))


PRINTED = SourceLibrary("symdsl.backends.jax.printed", ("model", "arrays", "pointwise", "layers", "normalisation"))
WEIGHTS = SourceLibrary("symdsl.backends.emitted", ("weights",))
DRAW = "symdsl.plan.initial:draw_parameter"


def reserved_names() -> frozenset[str]:
    """Names that no class of a file may have."""
    return IMPORTED_NAMES | PRINTED.definitions.keys() | WEIGHTS.definitions.keys() | {"draw_parameter"}


def emit_source(program: Program, from_file: bool = False) -> str:
    """The source of `program`, byte-equal for equal programs.

    `from_file`: the parameters lie in the weights file beside the source, unless others are given.
    """
    shared = share_classes(program, reserved_names())
    constants = [constant for kind in shared.classes for constant in kind.template.constants]
    functions = name_functions(constants, reserved_names() | {kind.name for kind in shared.classes})
    reserved = reserved_names() | {kind.name for kind in shared.classes} | set(functions.values())
    layers = [LayerWriter(kind, shared, functions, reserved, from_file).write() for kind in shared.classes]
    tables = [print_function(reference, name) for reference, name in functions.items()]
    pure = list(emit_pure_functions(shared))
    parts = [part.strip("\n") for part in (*tables, *layers, *pure, *_support([*layers, *pure]))]
    if "WEIGHTS_FILE" in names_in(parts):
        parts.insert(0, 'WEIGHTS_FILE = Path(__file__).with_suffix(".safetensors")')
    return "\n\n\n".join([f"{_header(program)}\n\n{_imports(parts)}", *parts]) + "\n"


def _support(sources: Iterable[str]) -> list[str]:
    """The printed functions that the sources need."""
    printed = PRINTED.closure(names_in(sources) & PRINTED.definitions.keys())
    return [function_source(DRAW)[1], *WEIGHTS.definitions.values(), *printed.values()]


def names_in(sources: Iterable[str]) -> frozenset[str]:
    """Every name that the sources read or write; words in comments and strings are none."""
    trees = (ast.parse(source) for source in sources)
    return frozenset(node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name))


def _header(program: Program) -> str:
    lines = [f"{program.name}: a model compiled by symdsl for JAX. It needs jax, equinox and numpy.", *program.claims]
    if program.spec_text.strip():
        lines += ["", "The specification:", "", *program.spec_text.strip("\n").splitlines()]
    cleaned = ["".join(c for c in line if c.isprintable() or c == " ") for line in lines]
    return "\n".join(f"# {line}".rstrip() for line in cleaned)


def _imports(parts: list[str]) -> str:
    used = names_in(parts)
    standard = [_import_names(place, names, used) if names else f"import {place}" for place, names in STANDARD]
    kept = [line for (place, names), line in zip(STANDARD, standard, strict=True) if line and (names or place in used)]
    packages = [f"import {place} as {name}" if name else f"import {place}" for place, name in PACKAGES]
    needed = [line for (place, name), line in zip(PACKAGES, packages, strict=True) if (name or place) in used]
    needed += [line for line in (_import_names(place, names, used) for place, names in PARTS) if line]
    return "\n".join(["from __future__ import annotations", "", *kept, "", *needed])


def _import_names(place: str, names: str, used: frozenset[str]) -> str:
    chosen = [name for name in names.split() if name in used]
    return f"from {place} import {', '.join(chosen)}" if chosen else ""
