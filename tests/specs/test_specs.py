"""Every spec of tests/specs: the good ones have no diagnostic, the others exactly the pinned ones."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from symdsl.check.checker import check_file
from symdsl.diagnostics.codes import CODES
from symdsl.registry import EntryPointCatalogue
from symdsl.syntax.parser import parse


def _script(name: str) -> ModuleType:
    """A script beside this file, which is no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


regenerate = _script("regenerate")
diagnostics_of, pinned_json, rendered = regenerate.diagnostics_of, regenerate.pinned_json, regenerate.rendered
SPECS: Path = regenerate.SPECS

GOOD = sorted(SPECS.glob("good/*.sym"))
WARNED = sorted(SPECS.glob("warned/*.sym"))
BAD = sorted(SPECS.glob("bad/*.sym"))
PINNED_DATA = json.loads(regenerate.PINNED.read_text())


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_good_spec_has_models_and_no_diagnostic(path: Path) -> None:
    file = parse(path.read_text(), path.name)
    result = check_file(file, EntryPointCatalogue(), folder=regenerate.CARDS)
    assert rendered(path) == ""
    assert [model.name for model in result.models] == [model.name.text for model in file.models]
    for model in result.models:
        for symmetry in model.symmetries.values():
            moved = {name for name, field in model.fields.items() if not field.is_index}
            assert set(symmetry.actions) == (moved if symmetry.kind == "group" else set())


@pytest.mark.parametrize("path", [*BAD, *WARNED], ids=name_of)
def test_diagnostics_are_the_pinned_ones(path: Path) -> None:
    assert rendered(path) == path.with_suffix(".txt").read_text()
    assert pinned_json(path) == PINNED_DATA[path.stem]


@pytest.mark.parametrize("path", BAD, ids=name_of)
def test_bad_spec_gives_no_model_and_placed_errors(path: Path) -> None:
    found = diagnostics_of(path)
    assert any(diagnostic.severity == "error" for diagnostic in found)
    for diagnostic in found:
        assert diagnostic.code in CODES
        assert diagnostic.span is not None
        assert diagnostic.message
        assert not diagnostic.message.endswith(".")


@pytest.mark.parametrize("path", WARNED, ids=name_of)
def test_warned_spec_still_gives_its_models(path: Path) -> None:
    result = check_file(parse(path.read_text(), path.name), EntryPointCatalogue())
    assert result.ok
    assert result.models


def test_nothing_is_pinned_that_does_not_exist() -> None:
    assert set(PINNED_DATA) == {path.stem for path in (*BAD, *WARNED)}
    pinned = {path.stem for folder in ("bad", "warned") for path in SPECS.glob(f"{folder}/*.txt")}
    assert pinned == set(PINNED_DATA)
    assert len(GOOD) >= 40
    assert len(BAD) >= 80
