"""The source of functions and classes, read as text: nothing is imported to print it."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from inspect import getsource

_ADDRESSED_TO_CHECKERS = re.compile(r"  # (noqa|pyright: ignore)\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class SourceLibrary:
    """The top-level definitions of some modules of one package, which may call one another."""

    package: str
    modules: tuple[str, ...]

    @cached_property
    def definitions(self) -> dict[str, str]:
        """Source by name, in the order of the modules."""
        found: dict[str, str] = {}
        for module in self.modules:
            text = (files(self.package) / f"{module}.py").read_text(encoding="utf-8")
            for item in ast.parse(text).body:
                if isinstance(item, ast.FunctionDef | ast.ClassDef):
                    segment = ast.get_source_segment(text, item)
                    if segment is not None:
                        found[item.name] = _ADDRESSED_TO_CHECKERS.sub("", segment)
        return found

    def closure(self, names: Iterable[str]) -> dict[str, str]:
        """The named definitions and all that they use, in order. Raises KeyError for a name that is not there."""
        needed: set[str] = set()
        waiting = sorted(names)
        while waiting:
            name = waiting.pop()
            if name in needed:
                continue
            needed.add(name)
            used = {item.id for item in ast.walk(ast.parse(self.definitions[name])) if isinstance(item, ast.Name)}
            waiting.extend(sorted(used & self.definitions.keys()))
        return {name: text for name, text in self.definitions.items() if name in needed}


def function_source(reference: str) -> tuple[str, str]:
    """The name and the source of the function "package.module:name". Raises ValueError where there is none."""
    module_name, _, name = reference.partition(":")
    function = getattr(import_module(module_name), name, None)
    if function is None or not callable(function):
        raise ValueError(f"{reference} is not a function")
    return name, textwrap.dedent(getsource(function)).rstrip()
