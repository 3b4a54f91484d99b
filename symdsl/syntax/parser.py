"""From text to syntax tree."""

from __future__ import annotations

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.syntax import ast
from symdsl.syntax.build_tree import build_models
from symdsl.syntax.grammar import grammar
from symdsl.syntax.place import Places
from symdsl.syntax.scanner import scan


def parse(text: str, source: str = "<string>", first_line: int = 1) -> ast.File:
    """The syntax tree of a spec; `first_line` is the line of `source` on which `text` starts.

    Raises SymdslError with every fault of the text that can be told apart (SYM01xx), and nothing else.
    """
    places = Places.of(text, source, first_line)
    scanned = scan(text, places)
    if scanned.faults:
        raise SymdslError(*scanned.faults)
    from lark.exceptions import UnexpectedInput

    try:
        tree = grammar().parse(text)
    except UnexpectedInput as error:
        start = error.pos_in_stream or 0
        raise SymdslError(Diagnostic("SYM0101", "unexpected text", places.span(start, start + 1))) from None
    models = build_models(tree, places)
    if not models:
        raise SymdslError(Diagnostic("SYM0113", "the spec declares no model", places.span(0, 0)))
    return ast.File(models, source, text)
