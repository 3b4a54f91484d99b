"""The syntax tree that a text becomes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symdsl.diagnostics.diagnostic import Span, SymdslError
from symdsl.session import Limits
from symdsl.syntax import ast
from symdsl.syntax.limits import MAXIMUM_FAULTS
from symdsl.syntax.outline import outline
from symdsl.syntax.parser import decode, parse

EXAMPLES = Path(__file__).with_name("examples")
GOOD = sorted([*EXAMPLES.glob("*.sym"), *(Path(__file__).parents[2] / "specs" / "good").glob("*.sym")])


def statements(body: str) -> tuple[ast.Statement, ...]:
    return parse(f"model m {{\n{body}\n}}").models[0].statements


def value(text: str) -> ast.Expression:
    (definition,) = statements(f"v = {text}")
    assert isinstance(definition, ast.Definition)
    return definition.value


def codes(text: str) -> list[str]:
    with pytest.raises(SymdslError) as caught:
        parse(text)
    assert caught.value.exit_code == 1
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_specs_parse(path: Path) -> None:
    assert parse(path.read_text(encoding="utf-8"), path.name).models


def test_pendulum_statement_by_statement() -> None:
    data, symmetry, predict, enforce = parse((EXAMPLES / "pendulum.sym").read_text()).models[0].statements
    assert isinstance(data, ast.DataBlock)
    z, dz = data.items
    assert isinstance(z, ast.FieldDeclaration)
    assert (z.name.text, z.type.name.text, z.type.arguments[0].name.text) == ("z", "phase_space", "dim")
    assert isinstance(dz, ast.FieldDeclaration)
    assert isinstance(dz.type.arguments[0].value, ast.Name)
    assert isinstance(symmetry, ast.SymmetryDeclaration)
    assert isinstance(symmetry.group, ast.Call)
    assert symmetry.name.text == "time"
    assert isinstance(predict, ast.Predict)
    assert [name.text for name in predict.outputs] == ["dz"]
    assert [name.text for name in predict.inputs] == ["z"]
    assert predict.network is None
    assert isinstance(enforce, ast.Enforce)
    assert enforce.strategy.name.text == "hamiltonian"
    assert [option.name.text for option in enforce.strategy.options] == ["hidden", "activation"]


def test_field_with_every_clause() -> None:
    (data,) = statements('data from "d.npz" { x: tensor(2, 0) of 3 per 5 per bodies over t from "a.npz:k" }')
    assert isinstance(data, ast.DataBlock)
    assert data.source is not None
    assert data.source.value == "d.npz"
    (field,) = data.items
    assert isinstance(field, ast.FieldDeclaration)
    assert isinstance(field.type.of, ast.Number)
    assert len(field.type.per) == 2
    assert field.type.over is not None
    assert field.type.over.text == "t"
    assert field.source is not None
    assert field.source.value == "a.npz:k"


def test_clauses_in_any_order_mean_the_same() -> None:
    one = statements("data { x: tensor(2, 0) of 3 per 5 over t }")
    other = statements("data { x: tensor(2, 0) over t per 5 of 3 }")
    assert outline(one) == outline(other)


def test_axis_declared_inside_a_type() -> None:
    short = statements("data { x: scalar per bodies = 6\n y: scalar per bodies = 6 }")
    long = statements("data { axis bodies = 6\n x: scalar per bodies\n y: scalar per bodies }")
    assert outline(short) == outline(long)


def test_axis_declared_twice_with_two_sizes_is_left_to_the_checker() -> None:
    (data,) = statements("data { x: scalar per bodies = 6\n y: scalar per bodies = 7 }")
    assert isinstance(data, ast.DataBlock)
    assert sum(isinstance(item, ast.AxisDeclaration) for item in data.items) == 2


def test_graph_block() -> None:
    (data,) = statements("data { graph g { node h: vector(3); edge e: scalar(2); global u: scalar } }")
    assert isinstance(data, ast.DataBlock)
    (graph,) = data.items
    assert isinstance(graph, ast.GraphDeclaration)
    assert [member.role for member in graph.members] == ["node", "edge", "global"]


def test_symmetry_forms() -> None:
    found = statements(
        """symmetry a: O(3) * S(bodies) { x: defining }
        symmetry b: local U(1)
        symmetry c: from "card.json"
        symmetry d: learned(dim = 1..6, within = GL(4)) from "card.json"
        symmetry e: matrix_group { generators = [[[0, 1], [-1, 0]]], discrete = [] } { x: defining }
        symmetry f: C(4) {}"""
    )
    a, b, c, d, e, f = (each for each in found if isinstance(each, ast.SymmetryDeclaration))
    assert isinstance(a.group, ast.Binary)
    assert [action.field.text for action in a.actions] == ["x"]
    assert b.local
    assert isinstance(b.group, ast.Call)
    assert c.group is None
    assert c.card is not None
    assert d.card is not None
    assert isinstance(d.group, ast.Call)
    assert isinstance(d.group.arguments[0].value, ast.Range)
    assert isinstance(e.group, ast.Call)
    assert e.group.braces
    assert len(e.actions) == 1
    assert isinstance(f.group, ast.Call)
    assert not f.group.braces


def test_a_group_may_be_called_local() -> None:
    (symmetry,) = statements("symmetry g: local")
    assert isinstance(symmetry, ast.SymmetryDeclaration)
    assert not symmetry.local


@pytest.mark.parametrize("word", ["data", "from", "per", "model", "train", "axis", "true", "by", "over", "of", "node"])
def test_keywords_are_names_where_a_colon_or_equals_sign_follows(word: str) -> None:
    data, definition = statements(f"data {{ {word}: scalar per 5\n{word}: scalar }}\n{word} = 3")
    assert isinstance(data, ast.DataBlock)
    assert [item.name.text for item in data.items if isinstance(item, ast.FieldDeclaration)] == [word, word]
    assert isinstance(definition, ast.Definition)


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("8 / 4 / 2", "(8 / 4) / 2"),
        ("-x ^ 2", "-(x ^ 2)"),
        ("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)"),
        ("2 ^ -1", "2 ^ (-1)"),
        ("a * -b", "a * (-b)"),
        ("1 + 1 .. 2 * 3", "(1 + 1) .. (2 * 3)"),
    ],
)
def test_precedence(text: str, grouped: str) -> None:
    assert outline(value(text)) == outline(value(grouped))


@pytest.mark.parametrize(
    ("text", "expected"), [("3", 3), ("3.0", 3.0), (".5", 0.5), ("1e-9", 1e-9), ("2.", 2.0), ("1E3", 1000.0)]
)
def test_numbers(text: str, expected: float) -> None:
    found = value(text)
    assert isinstance(found, ast.Number)
    assert found.value == expected
    assert type(found.value) is type(expected)


def test_texts_and_escapes() -> None:
    found = value(r'"a \"b\" \\ // no comment \n"')
    assert isinstance(found, ast.Text)
    assert found.value == 'a "b" \\ // no comment \n'


def test_trailing_commas_and_separators() -> None:
    one = statements("train { a = [1, 2,], b = f(1,), }")
    other = statements("train {\n a = [1, 2]\n\n // between\n b = f(1) }")
    assert outline(one) == outline(other)
    assert outline(statements("a = 1; b = 2;")) == outline(statements("a = 1\nb = 2"))


def test_spans_are_true_and_smallest() -> None:
    file = parse("model m {\n\ttolerance = [1,\n  foo(2)]\n}", "a.sym", first_line=10)
    (definition,) = file.models[0].statements
    assert isinstance(definition, ast.Definition)
    assert definition.name.span == Span("a.sym", 11, 2, 11, 11)
    assert isinstance(definition.value, ast.Items)
    assert definition.value.span == Span("a.sym", 11, 14, 12, 10)
    assert definition.value.items[1].span == Span("a.sym", 12, 3, 12, 9)
    assert file.models[0].span == Span("a.sym", 10, 1, 13, 2)


def test_carriage_returns_and_byte_order_mark() -> None:
    text = "model m {\r\n  a = 1\r\n}\r\n"
    assert outline(parse("\ufeff" + text).models) == outline(parse("model m { a = 1 }").models)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SYM0113"),
        ("// nothing", "SYM0113"),
        ("model m {", "SYM0102"),
        ("model m { a = (1 }", "SYM0102"),
        ('model m { a = "x }', "SYM0103"),
        ("modle m {}", "SYM0104"),
        ("model m { a = ? }", "SYM0105"),
        ("model m { a = θ }", "SYM0105"),
        ("model m {} \0", "SYM0107"),
        ("model m {} // \u202e", "SYM0107"),
        ("model m {} // \ud800", "SYM0107"),
        ("model m { a = 3x }", "SYM0110"),
        ("model m { a = 1e999 }", "SYM0110"),
        ("model m { a = 99999999999999999999 }", "SYM0110"),
        ("model m { a = " + "9" * 5000 + " }", "SYM0110"),
        (r'model m { a = "\q" }', "SYM0111"),
        ("model m {} }", "SYM0112"),
        ("model m { a = (1] }", "SYM0112"),
        ("model m { a = 1 b = 2 }", "SYM0114"),
        ("data { x: scalar }", "SYM0115"),
        ("model m { x: scalar }", "SYM0115"),
        ("model m { a = }", "SYM0116"),
        ("model m { data { x: scalar over t over t } }", "SYM0101"),
        ("model m { train { a = 1,, b = 2 } }", "SYM0101"),
    ],
)
def test_code_of_each_fault(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_several_faults_are_all_found_in_order() -> None:
    text = "model m {\n  predict y form x\n  enforc a by b\n  train { a: 1 }\n  s = 3x\n  normalise\n}\n"
    with pytest.raises(SymdslError) as caught:
        parse(text)
    found = [(each.span.line, each.code) for each in caught.value.diagnostics if each.span is not None]
    assert found == [(2, "SYM0104"), (3, "SYM0104"), (4, "SYM0101"), (5, "SYM0110"), (6, "SYM0101")]


def test_number_of_faults_is_bounded() -> None:
    text = "model m {\n" + "  foo bar\n" * 500 + "}"
    assert 10 <= len(codes(text)) <= MAXIMUM_FAULTS


def test_limits() -> None:
    assert codes("model m {} //" + "x" * Limits().text_bytes) == ["SYM0108"]
    assert codes("model m { a = " + "(" * 100_000 + "}") == ["SYM0109"]
    inside = Limits().depth - 5
    assert value("[" * inside + "]" * inside)
    assert codes("model m { a = " + "-" * 5000 + "1 }") == ["SYM0109"]
    assert codes("model m { a = " + "2 ^ " * 5000 + "1 }") == ["SYM0109"]
    assert codes("model m { a = " + "1 + " * 5000 + "1 }") == ["SYM0109"]


def test_limits_are_those_of_the_session() -> None:
    deep = "model m { a = " + "[" * 300 + "]" * 300 + " }"
    assert codes(deep) == ["SYM0109"]
    assert parse(deep, limits=Limits(nesting=200)).models
    with pytest.raises(SymdslError, match="SYM0108"):
        parse("model m {}", limits=Limits(text_bytes=9))


def test_decode() -> None:
    assert decode("\ufeffmodel é".encode()) == "model é"
    with pytest.raises(SymdslError) as caught:
        decode(b"model a {\n  \xff", "a.sym")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "SYM0106"
    assert diagnostic.span == Span("a.sym", 2, 3, 2, 4)


def test_importing_the_parser_does_not_import_lark() -> None:
    program = "import sys, symdsl.syntax.parser; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
