"""Picks, from the modules whose functions are printed, those that a file needs: read as text, never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import symdsl

_PACKAGE = Path(symdsl.__file__).parent
PRINTED_FILES = (
    "plan/initial.py",
    "backends/emitted/weights.py",
    "backends/jax/printed/model.py",
    "backends/jax/printed/arrays.py",
    "backends/jax/printed/pointwise.py",
    "backends/jax/printed/layers.py",
    "backends/jax/printed/normalisation.py",
)
_ALONE = {"plan/initial.py": "draw_parameter"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class as text, and every name that occurs in it."""

    name: str
    text: str
    names: frozenset[str]


def read_definitions() -> tuple[Definition, ...]:
    """All that may be printed, in order of file and line."""
    found: list[Definition] = []
    for place in PRINTED_FILES:
        source = (_PACKAGE / place).read_text(encoding="utf-8")
        lines = source.splitlines()
        for statement in ast.parse(source).body:
            if (
                isinstance(statement, ast.FunctionDef | ast.ClassDef)
                and _ALONE.get(place, statement.name) == statement.name
            ):
                first = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
                text = "\n".join(lines[first - 1 : statement.end_lineno])
                found.append(Definition(statement.name, text, names_in([text])))
    return tuple(found)


def names_in(sources: Iterable[str]) -> frozenset[str]:
    """Every name that the sources read or write; words in comments and strings are none."""
    trees = (ast.parse(source) for source in sources)
    return frozenset(node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name))


def select_definitions(definitions: Sequence[Definition], names: Iterable[str]) -> list[Definition]:
    """The definitions that the names need, those that these need, and so on, in order."""
    known = {definition.name: definition for definition in definitions}
    waiting = [name for name in names if name in known]
    chosen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in chosen:
            chosen.add(name)
            waiting.extend(other for other in known[name].names if other in known)
    return [definition for definition in definitions if definition.name in chosen]
