"""The stored tables are those of the grammar, and the grammar has no ambiguity but the one that is known."""

from __future__ import annotations

import logging
from pathlib import Path

import lark
import pytest

from symdsl.syntax import grammar as module
from symdsl.syntax.grammar import build_grammar, grammar_text, load_tables

EXAMPLES = sorted(Path(__file__).with_name("examples").glob("*.sym"))


def test_stored_tables_are_those_of_the_grammar() -> None:
    """Where this fails, run `python -m symdsl.syntax.grammar`."""
    assert load_tables(grammar_text()) is not None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_stored_tables_give_the_same_trees(path: Path) -> None:
    stored = load_tables(grammar_text())
    assert stored is not None
    text = path.read_text(encoding="utf-8")
    assert stored.parse(text) == build_grammar(grammar_text()).parse(text)


def test_tables_of_another_grammar_or_lark_are_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load_tables(grammar_text() + "\n// changed") is None
    with monkeypatch.context() as patch:
        patch.setattr(lark, "__version__", "0.0")
        assert load_tables(grammar_text()) is None
    monkeypatch.setattr(module, "TABLES", tmp_path / "missing.json")
    assert load_tables(grammar_text()) is None


def test_one_conflict_is_resolved_on_purpose(caplog: pytest.LogCaptureFixture) -> None:
    """`symmetry g: name {` opens the options of the group; actions need a colon inside, which the lexer sees."""
    with caplog.at_level(logging.DEBUG, logger="lark"):
        lark.Lark(grammar_text(), parser="lalr", lexer="contextual", debug=True)
    conflicts = [record.getMessage() for record in caplog.records if "conflict" in record.getMessage()]
    assert len(conflicts) == 1
    assert "LBRACE" in conflicts[0]
