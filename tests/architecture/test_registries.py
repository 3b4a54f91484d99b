"""No registry has a hole: operations, strategies, groups, codes and commands against rules, pages, specs and docs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from importlib.resources import files

import pytest

import symdsl.ir.operations
from symdsl.cli.main import app
from symdsl.diagnostics.codes import CODES
from symdsl.ir.operations.attributes import Attributes
from symdsl.passes.lowering.rule import InlineRule, LayerRule
from symdsl.registry import EntryPointCatalogue
from tests.child import ROOT

CATALOGUE = EntryPointCatalogue()
DOCS = ROOT / "docs" / "reference"
GOOD = ROOT / "tests" / "specs" / "good"


def ir_operations() -> list[type[Attributes]]:
    """Every concrete operation of the IR, found by importing the package."""
    for module in pkgutil.iter_modules(symdsl.ir.operations.__path__):
        importlib.import_module(f"symdsl.ir.operations.{module.name}")
    own = [kind for kind in Attributes.__subclasses__() if kind.__module__.startswith("symdsl.")]
    return sorted(own, key=lambda kind: kind.op)


def test_ir_operations_have_names_of_their_own() -> None:
    names = [operation.op for operation in ir_operations()]
    assert len(names) == len(set(names)) >= 15


@pytest.mark.parametrize("operation", ir_operations(), ids=lambda operation: operation.op)
def test_every_ir_operation_has_a_rule(operation: type[Attributes]) -> None:
    module, _, name = operation.lowering.partition(":")
    assert isinstance(getattr(importlib.import_module(module), name), (InlineRule, LayerRule))
    assert "infer_type" in operation.__dict__
    assert operation.__doc__


@pytest.mark.parametrize("name", CATALOGUE.strategy_names())
def test_every_strategy_is_complete(name: str) -> None:
    declaration = CATALOGUE.strategy(name)
    assert declaration.name == name
    assert declaration.summary.endswith(".")
    assert re.search(r"arXiv:\d{4}\.\d{4,5}|doi:10\.", declaration.citation)
    assert all(field.description for field in declaration.options.model_fields.values())
    module, _, attribute = declaration.implementation.partition(":")
    assert callable(getattr(importlib.import_module(module), attribute).build)
    assert f"\n## `{name}`\n" in (DOCS / "strategies.md").read_text(encoding="utf-8")
    assert any(re.search(rf"\bby {name}\b", path.read_text(encoding="utf-8")) for path in GOOD.glob("*.sym"))


@pytest.mark.parametrize("name", CATALOGUE.estimator_names())
def test_every_estimator_is_complete(name: str) -> None:
    declaration = CATALOGUE.estimator(name)
    assert declaration.name == name
    assert declaration.summary.endswith(".")
    assert re.search(r"arXiv:\d{4}\.\d{4,5}|doi:10\.", declaration.citation)
    assert all(field.description for field in declaration.options.model_fields.values())
    module, _, attribute = declaration.implementation.partition(":")
    assert callable(getattr(importlib.import_module(module), attribute))
    assert f"\n## `{name}`\n" in (DOCS / "estimators.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CATALOGUE.group_names())
def test_every_group_is_documented_and_used(name: str) -> None:
    assert f"`{name}(" in (DOCS / "groups.md").read_text(encoding="utf-8")
    assert any(re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")) for path in GOOD.glob("*.sym"))


def test_every_code_has_a_page_and_stands_in_the_index() -> None:
    pages = {page.name.removesuffix(".md") for page in files("symdsl.diagnostics").joinpath("pages").iterdir()}
    assert pages == set(CODES)
    index = (DOCS / "diagnostics.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (SYM\d{4}) \|", index, re.MULTILINE) == sorted(CODES)


def test_every_code_that_is_used_exists() -> None:
    used = {
        code
        for path in (ROOT / "symdsl").rglob("*.py")
        for code in re.findall(r"[\"'](SYM\d{4})[\"']", path.read_text(encoding="utf-8"))
    }
    assert used - set(CODES) == set()


def test_every_command_is_documented() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert f"\n## `symdsl {command.name}`\n" in page
