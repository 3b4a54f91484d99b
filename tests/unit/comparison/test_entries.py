"""What --enforce may say."""

from __future__ import annotations

import pytest

from symdsl.comparison.entries import read_entries, split_entries
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.registry import EntryPointCatalogue
from symdsl.syntax.expression_text import expression_text

CATALOGUE = EntryPointCatalogue()


def test_commas_inside_brackets_and_texts_separate_nothing() -> None:
    text = 'a { b = [1, 2], c = f(x, y) }, none,d{e = "x, {y"}'
    assert list(split_entries(text)) == ["a { b = [1, 2], c = f(x, y) }", "none", 'd{e = "x, {y"}']


def test_entries_have_strategies_options_and_folders() -> None:
    first, second, third = read_entries("group_convolution,  mlp {hidden = [8,  8]} , none", CATALOGUE)
    assert (first.label, first.folder, first.options) == ("group_convolution", "group_convolution", ())
    assert second.strategy is not None
    assert second.strategy.name == "mlp"
    assert (second.label, second.folder) == ("mlp {hidden = [8, 8]}", "mlp-hidden-8-8")
    assert [(option.name.text, expression_text(option.value)) for option in second.options] == [("hidden", "[8, 8]")]
    assert (third.label, third.strategy) == ("none", None)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "SYM1220", "no way of enforcing"),
        (" , ", "SYM1220", "no way of enforcing"),
        ("none, none", "SYM1220", "twice"),
        ("mlp{hidden=8}, mlp {hidden = 8}", "SYM1220", "twice"),
        ("none { a = 1 }", "SYM1220", "no options"),
        ("mlp { hidden = ", "SYM1220", "cannot be read"),
        ("mlp } model n { predict y from x", "SYM1220", "cannot be read"),
        ("mlp\n predict y from x", "SYM1220", "more than a strategy"),
        ("mlp none", "SYM1220", "cannot be read"),
        ("group_convolutoin", "SYM0203", "group_convolutoin"),
        ("steerable_convolution", "SYM0512", "not built yet"),
    ],
)
def test_faults_are_usage(text: str, code: str, said: str) -> None:
    with pytest.raises(SymdslError) as refusal:
        read_entries(text, CATALOGUE)
    assert refusal.value.exit_code == 2
    assert [fault.code for fault in refusal.value.diagnostics] == [code]
    assert said in refusal.value.diagnostics[0].message
    assert refusal.value.diagnostics[0].hint


def test_a_misspelt_strategy_has_a_suggestion() -> None:
    with pytest.raises(SymdslError) as refusal:
        read_entries("group_convolutoin", CATALOGUE)
    assert refusal.value.diagnostics[0].hint == "did you mean `group_convolution`?"
