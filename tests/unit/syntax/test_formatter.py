"""The canonical layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.syntax.formatter import format_text
from symdsl.syntax.lexeme import lexemes
from symdsl.syntax.outline import outline
from symdsl.syntax.parser import parse

EXAMPLES = Path(__file__).with_name("examples")
GOOD = sorted([*EXAMPLES.glob("*.sym"), *(Path(__file__).parents[2] / "specs" / "good").glob("*.sym")])
BLANKS = [" ", "\n", "\n\n\n", "\t", "// remark\n", "\n// own line\n", ";", ",", "\n\n// apart\n\n"]


def comments(text: str) -> list[str]:
    return sorted(lexeme.text.rstrip() for lexeme in lexemes(text) if lexeme.kind == "comment")


def check_canonical(text: str) -> str:
    formatted = format_text(text)
    assert outline(parse(formatted).models) == outline(parse(text).models)
    assert comments(formatted) == comments(text)
    assert format_text(formatted) == formatted
    return formatted


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_specs(path: Path) -> None:
    check_canonical(path.read_text(encoding="utf-8"))


def test_every_construct_in_canonical_layout() -> None:
    expected = EXAMPLES / "every_construct.formatted"
    assert check_canonical((EXAMPLES / "every_construct.sym").read_text()) == expected.read_text()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_white_space_and_comments_anywhere(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(GOOD))
    pieces = [lexeme.text for lexeme in lexemes(path.read_text(encoding="utf-8"))]
    for _ in range(data.draw(st.integers(1, 8))):
        pieces.insert(data.draw(st.integers(0, len(pieces))), data.draw(st.sampled_from(BLANKS)))
    text = "".join(pieces)
    try:
        parse(text)
    except SymdslError:
        return
    check_canonical(text)


names = st.sampled_from(["x", "y", "alpha", "per", "a_rather_long_name_for_a_field", "data"])
leaves = st.one_of(
    names,
    st.integers(0, 10**6).map(str),
    st.sampled_from([".5", "1.", "2e-3", "true", '"a // b"', '"{"']),
)


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "^", " + ", " ^ "])
    return st.one_of(
        st.lists(inner, max_size=6).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(names, st.lists(inner, max_size=4)).map(lambda call: f"{call[0]} ({','.join(call[1])})"),
        st.tuples(names, names, inner).map(lambda call: f"{call[0]}{{ {call[1]}={call[2]} }}"),
        st.tuples(inner, operators, inner).map("".join),
        inner.map(lambda value: f"-{value}"),
        inner.map(lambda value: f"({value})"),
    )


@given(values=st.lists(st.recursive(leaves, _composed, max_leaves=25), min_size=1, max_size=4), one_line=st.booleans())
@settings(max_examples=100, deadline=None)
def test_generated_values(values: list[str], one_line: bool) -> None:
    options = (", " if one_line else "\n").join(f"option = {value}" for value in values)
    definitions = "\n".join(f"d={value}" for value in values)
    check_canonical(f"model m {{ {definitions}\nenforce a by b {{ {options} }} }}")


def test_width() -> None:
    wide = ", ".join(f"option_{index} = {index}" for index in range(9))
    formatted = check_canonical(f"model m {{ enforce a by b {{ {wide} }} }}")
    assert max(map(len, formatted.splitlines())) <= 100
    assert "    option_3 = 3\n" in formatted


def test_a_block_on_one_line_stays_on_one_line() -> None:
    text = "model m {\n  data { x: vector(3); y: scalar }\n  train { epochs = 10, batch = 5 }\n}\n"
    assert format_text(text) == text


def test_a_block_on_several_lines_stays_so() -> None:
    text = "model m {\n  train {\n    epochs = 10\n  }\n}\n"
    assert format_text(text) == text


def test_faulty_text_raises() -> None:
    with pytest.raises(SymdslError):
        format_text("model m { a = }")


def test_deep_text() -> None:
    text = "model m { a = " + "[" * 190 + "]" * 190 + " }"
    assert outline(parse(format_text(text)).models) == outline(parse(text).models)
