"""Constant expressions."""

from __future__ import annotations

import math
from typing import Any

import pytest

from symdsl.check.evaluate import Evaluator, expression_depth
from symdsl.check.layers import LayerCall
from symdsl.check.reporter import Reporter
from symdsl.syntax import ast
from symdsl.syntax.parser import parse


def expression(text: str) -> ast.Expression:
    file = parse(f"model m {{\ndata {{ x: scalar }}\nvalue = {text}\n}}")
    (definition,) = (entry for entry in file.models[0].statements if isinstance(entry, ast.Definition))
    return definition.value


def evaluate(text: str, words: bool = False, **constants: Any) -> tuple[Any, list[str]]:
    reporter = Reporter()
    value = Evaluator(reporter, constants).constant(expression(text), words)
    return value, [diagnostic.code for diagnostic in reporter.found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("8 / 2", 4),
        ("7 / 2", 3.5),
        ("1e-3", 0.001),
        ("pi", math.pi),
        ("sqrt(16)", 4.0),
        ("2 ^ -1", 0.5),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("2 * [1, 2]", [1, 2, 1, 2]),
        ("0 * [1]", []),
        ("1..6", (1, 6)),
        ("true", True),
        ('"a b"', "a b"),
        ("width * 2", 6),
    ],
)
def test_values(text: str, value: Any) -> None:
    found, codes = evaluate(text, width=3)
    assert codes == []
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 / 0", "SYM0316"),
        ("10 ^ 400", "SYM0316"),
        ("9 ^ 9 ^ 9 ^ 9", "SYM0316"),
        ("1e308 * 10", "SYM0316"),
        ("(0 - 8) ^ (1 / 3)", "SYM0316"),
        ("9007199254740992 + 1", "SYM0316"),
        ("6..1", "SYM0316"),
        ("nothing", "SYM0214"),
        ("nothing * 2", "SYM0214"),
        ("true + 1", "SYM0303"),
        ('"a" * 2', "SYM0303"),
        ("[1] * [2]", "SYM0303"),
        ("[1] - [1]", "SYM0303"),
        ("1.5 * [2]", "SYM0303"),
        ("sqrt(0 - 1)", "SYM0303"),
        ("1.5..2", "SYM0303"),
        ("f(1)", "SYM0315"),
        ("1000000 * [1]", "SYM0711"),
    ],
)
def test_faults_are_reported_once_and_give_no_value(text: str, code: str) -> None:
    assert evaluate(text) == (None, [code])


def test_words_and_layers() -> None:
    assert evaluate("tanh", words=True) == ("tanh", [])
    layers, codes = evaluate("[conv(10, k = 3, activation = relu), group_pool]", words=True)
    assert codes == []
    assert [layer.name for layer in layers] == ["conv", "group_pool"]
    assert [(entry.name, entry.value) for entry in layers[0].arguments] == [
        (None, 10),
        ("k", 3),
        ("activation", "relu"),
    ]
    nested, _ = evaluate("[block(conv(1), [3, 4])]", words=True)
    assert isinstance(nested[0].arguments[0].value, LayerCall)
    assert nested[0].arguments[1].value == [3, 4]


def test_a_word_is_no_operand() -> None:
    assert evaluate("2 * tanh", words=True) == (None, ["SYM0214"])


def test_a_parameter_hides_a_word() -> None:
    assert evaluate("tanh", words=True, tanh=5) == (5, [])


def test_failed_parameters_are_no_second_fault() -> None:
    reporter = Reporter()
    assert Evaluator(reporter, {}, frozenset({"width"})).constant(expression("2 * width")) is None
    assert reporter.found == []


def test_depth_is_found_without_recursion() -> None:
    span = expression("1").span
    chain: ast.Expression = ast.Number(1, span)
    for _ in range(50_000):
        chain = ast.Unary("-", chain, span)
    assert expression_depth(chain) == 50_001
    assert expression_depth(expression("1 + [2, f(3)]")) == 4
