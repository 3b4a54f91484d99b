"""Terminals of the grammar in the words of the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from symdsl.syntax.vocabulary import CONTINUING, KEYWORDS

_SYMBOLS: Final[Mapping[str, str]] = {
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "COLON": ":",
    "EQUAL": "=",
    "COMMA": ",",
    "SEMICOLON": ";",
    "RANGE": "..",
    "PLUS": "+",
    "MINUS": "-",
    "STAR": "*",
    "SLASH": "/",
    "CARET": "^",
}
_KEYWORDS: Final = frozenset(
    {"local", "true", "false"}.union(*KEYWORDS.values(), *CONTINUING.values())
)
_OPERATORS: Final = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "CARET", "RANGE"})
_VALUE: Final = frozenset({"NAME", "NUMBER", "STRING", "TRUE", "FALSE", "MINUS", "LSQB", "LPAR", "LOCAL"})
_STATEMENTS: Final = frozenset({"DATA", "SYMMETRY", "PREDICT", "SAMPLE", "ENFORCE", "PARAM", "TRAIN", "NORMALISE"})
_MEMBERS: Final = frozenset({"NODE", "EDGE", "GLOBAL"})
_ENTRIES: Final = frozenset({"AXIS", "GRAPH"})
_LONGEST_LIST: Final = 5


def keyword_words(accepted: Iterable[str]) -> list[str]:
    """The keywords among the accepted terminals, as they are written."""
    return sorted(terminal.lower() for terminal in accepted if terminal.lower() in _KEYWORDS)


def expects_value(accepted: frozenset[str]) -> bool:
    """True where a value may stand."""
    return "NUMBER" in accepted


def may_end(accepted: frozenset[str]) -> bool:
    """True where what was read so far is complete: the next entry, or the end of the block or text, may follow."""
    return bool(accepted & (_STATEMENTS | _MEMBERS | _ENTRIES | {"MODEL", "RBRACE", "$END"}))


def expected_words(accepted: frozenset[str]) -> str:
    """The accepted terminals as "a value", "`from` or `,`", "a name": at most five, never the names of terminals."""
    rest = set(accepted)
    words: list[str] = []
    if expects_value(accepted):
        words.append("a value")
        rest -= _VALUE
    for group, word in ((_STATEMENTS, "a statement"), (_ENTRIES, "a field"), (_MEMBERS, "`node`, `edge` or `global`")):
        if rest & group:
            words.append(word)
            rest -= group | {"NAME"}
    if "NAME" in rest:
        words.append("a name")
    if "STRING" in rest:
        words.append("a quoted text")
    rest -= {"NAME", "STRING"}
    words += [f"`{keyword}`" for keyword in keyword_words(rest)]
    if "ACTIONS_OPEN" in rest:
        rest = (rest - {"ACTIONS_OPEN"}) | {"LBRACE"}
    optional = _OPERATORS | {"SEMICOLON"}
    words += [f"`{symbol}`" for name, symbol in _SYMBOLS.items() if name in rest - optional]
    if rest & _OPERATORS and not words:
        words.append("an operator")
    if "$END" in rest:
        words.append("the end of the text")
    return one_of(words[:_LONGEST_LIST]) or "something else"


def one_of(words: list[str]) -> str:
    """ "a, b or c"."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
