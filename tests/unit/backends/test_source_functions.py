"""Source that is printed: found by name with all that it uses, without being imported."""

from __future__ import annotations

import ast

import pytest

from symdsl.backends.source_functions import SourceLibrary, function_source

LIBRARY = SourceLibrary("symdsl.backends.torch.printed", ("pointwise", "normalisation"))


def test_a_definition_brings_what_it_uses() -> None:
    found = LIBRARY.closure({"batch_norm_in_full"})
    assert list(found) == ["normalise_fields", "batch_norm_in_full"]
    assert "batch_norm" in LIBRARY.closure({"field_batch_norm"})


def test_every_definition_parses_alone_and_says_nothing_to_checkers() -> None:
    for name, text in LIBRARY.definitions.items():
        (item,) = ast.parse(text).body
        assert isinstance(item, ast.FunctionDef | ast.ClassDef)
        assert item.name == name
        assert ast.get_docstring(item)
        assert "noqa" not in text
        assert "pyright" not in text


def test_unknown_names_are_errors() -> None:
    with pytest.raises(KeyError):
        LIBRARY.closure({"no_such_function"})
    with pytest.raises(ValueError, match="is not a function"):
        function_source("math:pi")


def test_a_function_by_reference() -> None:
    name, text = function_source("symdsl.plan.initial:draw_parameter")
    assert name == "draw_parameter"
    assert text.startswith("def draw_parameter(")
