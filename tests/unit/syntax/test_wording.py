"""Every state of the grammar in which a text can go wrong has words."""

from __future__ import annotations

from symdsl.syntax.grammar import grammar
from symdsl.syntax.vocabulary import CONTINUING, ENTRY_FORMS, FORMS, KEYWORDS, PLACES
from symdsl.syntax.wording import expected_words, keyword_words, one_of


def states() -> list[frozenset[str]]:
    table = grammar().parser.parser._parse_table.states
    return [frozenset(name for name in actions if name.isupper() or name == "$END") for actions in table.values()]


def test_every_state_has_words() -> None:
    found = states()
    assert len(found) > 150
    for accepted in found:
        if accepted:
            words = expected_words(accepted)
            assert words != "something else", accepted
            assert not any(name in words for name in accepted), words


def test_every_keyword_of_the_grammar_is_in_the_vocabulary() -> None:
    written = {name.lower() for state in states() for name in state if name.isalpha()}
    other = {"name", "number", "string", "lbrace", "rbrace", "lpar", "rpar", "lsqb", "rsqb", "colon", "equal", "comma"}
    other |= {"semicolon", "range", "plus", "minus", "star", "slash", "caret"}
    words = set().union(*KEYWORDS.values(), *CONTINUING.values(), {"local", "true", "false"})
    assert written - other == words
    assert set(FORMS) == set().union(*KEYWORDS.values()) == set(PLACES)
    assert set(ENTRY_FORMS) == set(KEYWORDS)


def test_lists_of_words() -> None:
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b"]) == "a or b"
    assert one_of(["a", "b", "c"]) == "a, b or c"
    assert keyword_words({"FROM", "BY", "NAME"}) == ["by", "from"]
