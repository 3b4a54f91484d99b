"""Names that a spec gives, where they meet the names of Python."""

from __future__ import annotations

import builtins
import keyword

import pytest

from symdsl.passes.lowering.lower import argument_name
from symdsl.passes.lowering.names import class_name

STRANGE = ["lambda", "lambda_", "lambda__", "self", "print", "print_", "type", "np", "Tensor", "F", "x", "x_", "_"]


def test_different_fields_are_different_arguments() -> None:
    assert len({argument_name(name) for name in STRANGE}) == len(STRANGE)


@pytest.mark.parametrize("name", STRANGE)
def test_an_argument_hides_nothing(name: str) -> None:
    found = argument_name(name)
    assert found.isidentifier()
    assert not keyword.iskeyword(found)
    assert found not in dir(builtins)


@pytest.mark.parametrize("name", ["x", "Xx", "lam", "match", "data", "_x"])
def test_free_names_stay(name: str) -> None:
    assert argument_name(name) == name


@pytest.mark.parametrize("name", ["None", "True", "False", "_", "__init__", "none", "p4_cnn", "_4"])
def test_a_model_may_be_called_anything(name: str) -> None:
    found = class_name(name)
    assert found.isidentifier()
    assert not keyword.iskeyword(found)
    assert found[:1].isupper()
