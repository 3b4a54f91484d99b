"""The parsing tables, built from the grammar file once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark

_BESIDE = Path(__file__).with_name("symdsl.lark")
_CHECKOUT = Path(__file__).parents[2] / "grammar" / "symdsl.lark"


def grammar_text() -> str:
    """The grammar: beside this module in an installed package, in `grammar/` in a checkout."""
    return (_BESIDE if _BESIDE.is_file() else _CHECKOUT).read_text(encoding="utf-8")


@cache
def grammar() -> Lark:
    """The LALR(1) parser of the language; Lark is imported here, so that other commands do not pay for it."""
    from lark import Lark

    return Lark(grammar_text(), parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)
