"""Rules that every source file of symdsl keeps: sizes, names, docstrings, and what backends may know."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import re
import statistics
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from symdsl.check.field_types import SIGNATURES
from symdsl.registry import EntryPointCatalogue
from tests.child import ROOT

PACKAGE = ROOT / "symdsl"
FILES = sorted(PACKAGE.rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "tools"}
BORDERS = {"cli/border.py"}
GROUP_FUNCTIONS = {"cyclic", "dihedral", "symmetric_group", "special_orthogonal", "lorentz", "matrix_group"}
CHANGING = {"append", "extend", "insert", "remove", "pop", "clear", "add", "discard", "update", "setdefault", "popitem"}
UNMISTAKABLE = {"SO", "Lorentz", "phase_space", "links"}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in FILES:
        yield name_of(path), ast.parse(path.read_text(encoding="utf-8"))


def test_modules_are_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
    assert statistics.median(length for name, length in lengths.items() if not name.endswith("__init__.py")) <= 150


def test_functions_are_short() -> None:
    long = {
        f"{name}:{node.name}": node.end_lineno - node.lineno + 1
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None and node.end_lineno - node.lineno >= 60
    }
    assert long == {}


def test_no_module_is_named_for_nothing() -> None:
    assert [name_of(path) for path in FILES if path.stem in FORBIDDEN_NAMES] == []


def test_no_promises_for_later() -> None:
    later = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert [name_of(path) for path in FILES if later.search(path.read_text(encoding="utf-8"))] == []


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """`except:` and `except Exception:` that do not raise again."""
    named = handler.type
    broad = named is None or (isinstance(named, ast.Name) and named.id in ("Exception", "BaseException"))
    last = handler.body[-1]
    return broad and not (isinstance(last, ast.Raise) and last.exc is None)


def test_everything_is_caught_at_the_border_only() -> None:
    found = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert found == BORDERS


def changes_of_module_state(tree: ast.Module) -> Iterator[str]:
    """`global`, and functions that change a table of their module: `TABLE[key] = ...`, `TABLE.update(...)`."""
    tables = {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        local = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
        local |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield f"global {', '.join(node.names)}"
            stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del))
            called = isinstance(node, ast.Attribute) and node.attr in CHANGING
            if (stored or called) and isinstance(node.value, ast.Name) and node.value.id in tables - local:
                yield node.value.id


def test_the_search_finds_changes() -> None:
    assert list(changes_of_module_state(ast.parse("T = {}\ndef f():\n    T[1] = 2"))) == ["T"]
    assert list(changes_of_module_state(ast.parse("T: list = []\ndef f():\n    T.append(2)"))) == ["T"]
    assert list(changes_of_module_state(ast.parse("def f():\n    global T\n    T = 1"))) == ["global T"]
    assert list(changes_of_module_state(ast.parse("T = {}\ndef f(T):\n    T[1] = 2"))) == []


def test_no_module_level_mutable_state() -> None:
    assert {name: found for name, tree in trees() if (found := list(changes_of_module_state(tree)))} == {}


def undocumented(name: str, tree: ast.Module) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring of their own or of what they override."""
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{name}: {node.name}"
        for part in node.body if isinstance(node, ast.ClassDef) else ():
            public = isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
            if public and not ast.get_docstring(part) and not inherited_documentation(name, node.name, part.name):
                yield f"{name}: {node.name}.{part.name}"


def inherited_documentation(name: str, owner: str, method: str) -> str | None:
    module = importlib.import_module("symdsl." + name.removesuffix(".py").replace("/", "."))
    return inspect.getdoc(getattr(getattr(module, owner), method))


def test_everything_public_is_documented() -> None:
    missing = [entry for name, tree in trees() for entry in undocumented(name, tree)]
    missing += [name for name, tree in trees() if tree.body and not ast.get_docstring(tree)]
    assert missing == []


def words_of_mathematics() -> frozenset[str]:
    catalogue = EntryPointCatalogue()
    return frozenset((*catalogue.strategy_names(), *catalogue.group_names(), *SIGNATURES))


def mathematics_in(source: str) -> Iterator[str]:
    """Strategies, groups and field types that code names: as a whole string, or as an unmistakable identifier."""
    words = words_of_mathematics()
    identifiers = set(EntryPointCatalogue().strategy_names()) | GROUP_FUNCTIONS | UNMISTAKABLE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        quoted = re.fullmatch(r"[rbfRBF]*([\"']{1,3})(.*)\1", token.string, re.DOTALL)
        named = token.type == tokenize.NAME and token.string in identifiers
        if named or (token.type == tokenize.STRING and quoted and quoted[2] in words):
            yield token.string


def test_the_search_finds_mathematics() -> None:
    assert list(mathematics_in('if kind == "image": pass')) == ['"image"']
    assert list(mathematics_in("group_convolution(1)")) == ["group_convolution"]
    assert list(mathematics_in("torch.tensor([1])  # image")) == []


@pytest.mark.parametrize("path", sorted((PACKAGE / "backends").rglob("*.py")), ids=name_of)
def test_backends_know_no_mathematics(path: Path) -> None:
    assert list(mathematics_in(path.read_text(encoding="utf-8"))) == []


def test_the_plan_knows_no_group() -> None:
    imports = re.compile(r"^\s*(from|import) symdsl\.(groups|check|ir|strategies|syntax)\b", re.MULTILINE)
    found = [path for path in (PACKAGE / "plan").rglob("*.py") if imports.search(path.read_text(encoding="utf-8"))]
    assert found == []
