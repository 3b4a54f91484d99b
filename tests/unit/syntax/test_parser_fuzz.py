"""Whatever the text, parsing gives a tree or diagnostics that can be rendered: never another exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from symdsl.diagnostics.codes import CODES
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.diagnostics.render import render
from symdsl.diagnostics.render_json import render_json
from symdsl.syntax.lexeme import lexemes
from symdsl.syntax.parser import decode, parse

EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).with_name("examples").glob("*.sym"))]
PIECES = sorted({lexeme.text for text in EXAMPLES for lexeme in lexemes(text)})
STRANGE = ["..", "//", '"', "\\", "\n", "\t", "\0", "é", "θ", "±", "#", "'", "1.2.3", "9" * 50]
STRANGE += ["=", "==", ":", "{", "}", "("]
TERMINAL = re.compile(r"\b(?:[A-Z]{2,}_?[A-Z]*|__[A-Z0-9_]+)\b")


def refusal(read: Callable[[], object]) -> SymdslError | None:
    """The refusal of a text, or None where it is read; any other exception fails the test."""
    try:
        read()
    except SymdslError as error:
        return error
    return None


def check_survives(text: str) -> None:
    error = refusal(lambda: parse(text))
    if error is None:
        return
    assert error.diagnostics
    assert error.exit_code == 1
    lines = text.count("\n") + 1
    for diagnostic in error.diagnostics:
        assert diagnostic.code in CODES
        assert diagnostic.span is not None
        assert 1 <= diagnostic.span.line <= diagnostic.span.end_line <= lines
        unquoted = re.sub(r"`[^`]*`|U\+[0-9A-F]+", "", diagnostic.message)
        assert not TERMINAL.search(unquoted), diagnostic.message
    render(error.diagnostics, {"<string>": text})
    render_json(error.diagnostics)


@given(st.text(max_size=200))
@example("model m {" * 1000)
@example("model m { a = " + "[" * 300)
@example('"')
@example("model m { a = " + "f(" * 150 + ")" * 150 + " }")
@settings(max_examples=150, deadline=None)
def test_random_text(text: str) -> None:
    check_survives(text)


@given(st.lists(st.sampled_from([*PIECES, *STRANGE]), max_size=60).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_random_words_of_the_language(text: str) -> None:
    check_survives(text)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_mutations_of_good_specs(data: st.DataObject) -> None:
    pieces = [lexeme.text for lexeme in lexemes(data.draw(st.sampled_from(EXAMPLES)))]
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, max(0, len(pieces) - 1)))
        kind = data.draw(st.sampled_from(["delete", "insert", "replace", "cut"]))
        new = data.draw(st.sampled_from([*PIECES, *STRANGE]))
        if kind == "delete":
            del pieces[place : place + data.draw(st.integers(1, 4))]
        elif kind == "insert":
            pieces.insert(place, new)
        elif kind == "replace":
            pieces[place : place + 1] = [new]
        else:
            pieces = pieces[: max(1, place)]
    check_survives("".join(pieces))


@given(st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_random_bytes(data: bytes) -> None:
    error = refusal(lambda: decode(data))
    if error is None:
        check_survives(decode(data))
    else:
        assert [diagnostic.code for diagnostic in error.diagnostics] == ["SYM0106"]
