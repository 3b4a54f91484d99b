"""The parser of the language: from the stored tables, or worked out from the grammar where the tables are not its.

The tables are the grammar after Lark has worked it out, as JSON; reading them takes a sixth of the time. They are only
taken where both the grammar and the version of Lark are those they were made with. `python -m symdsl.syntax.grammar`
writes them anew after a change of the grammar.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark

TABLES = Path(__file__).with_name("tables.json")
_BESIDE = Path(__file__).with_name("symdsl.lark")
_CHECKOUT = Path(__file__).parents[2] / "grammar" / "symdsl.lark"


def grammar_text() -> str:
    """The grammar: beside this module in an installed package, in `grammar/` in a checkout."""
    return (_BESIDE if _BESIDE.is_file() else _CHECKOUT).read_text(encoding="utf-8")


@cache
def grammar() -> Lark:
    """The LALR(1) parser of the language; Lark is imported here, so that other commands do not pay for it."""
    text = grammar_text()
    return load_tables(text) or build_grammar(text)


def build_grammar(text: str) -> Lark:
    """The parser of a grammar, worked out by Lark."""
    from lark import Lark

    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)


def load_tables(text: str) -> Lark | None:
    """The parser from the stored tables; None where they are missing, or of another grammar or another Lark."""
    from lark import Lark

    if not TABLES.is_file():
        return None
    stored = json.loads(TABLES.read_text(encoding="utf-8"), object_hook=_whole_keys)
    if stored["made_from"] != _origin(text):
        return None
    return Lark.__new__(Lark)._load(stored)


def write_tables() -> None:
    """Stores the tables of the grammar as it is."""
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    text = grammar_text()
    data, memo = build_grammar(text).memo_serialize([TerminalDef, Rule])
    stored = {"made_from": _origin(text), "data": data, "memo": memo}
    TABLES.write_text(json.dumps(stored, separators=(",", ":"), sort_keys=False) + "\n", encoding="utf-8")


def _origin(text: str) -> str:
    """What tables depend on: the grammar, and the version of Lark."""
    import lark

    return f"lark {lark.__version__}, sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def _whole_keys(entries: dict[str, Any]) -> dict[str | int, Any]:
    """JSON has no whole numbers as keys, which the tables do."""
    return {int(key) if key.isdigit() else key: value for key, value in entries.items()}


if __name__ == "__main__":
    write_tables()
