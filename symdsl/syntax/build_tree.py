"""From the tree of the grammar to the syntax tree, by an explicit walk that never recurses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError
from symdsl.session import limit_flag
from symdsl.syntax import ast
from symdsl.syntax.build_statements import STATEMENTS
from symdsl.syntax.build_values import VALUES
from symdsl.syntax.place import Places
from symdsl.syntax.scanner import text_value

if TYPE_CHECKING:
    from lark import Token, Tree

_HANDLERS: Final[Mapping[str, Callable[[list[Any], Span], Any]]] = {**VALUES, **STATEMENTS}
_NESTING: Final = frozenset({"items", "range", "sum", "product", "power", "negation", "group", "call", "braces"})
_KEPT: Final = frozenset(
    {"NUMBER", "LOCAL", "NODE", "EDGE", "GLOBAL", "TRUE", "FALSE", "PLUS", "MINUS", "STAR", "SLASH", "CARET"}
)


@dataclass(slots=True)
class _Visit:
    """A grammar node, the results of its children so far, and how deep values are nested in it."""

    tree: Tree[Token]
    results: list[Any]
    depth: int = 0
    next_child: int = 0


def build_models(tree: Tree[Token], places: Places, depth: int) -> tuple[ast.ModelDeclaration, ...]:
    """The models of a whole text. Raises SymdslError (SYM0109) where values are nested too deeply."""
    stack = [_Visit(tree, [])]
    while True:
        visit = stack[-1]
        if visit.next_child < len(visit.tree.children):
            child = visit.tree.children[visit.next_child]
            visit.next_child += 1
            if hasattr(child, "children"):
                stack.append(_Visit(child, []))  # pyright: ignore[reportArgumentType]
            else:
                visit.results.extend(_leaf(child, places))  # pyright: ignore[reportArgumentType]
            continue
        stack.pop()
        if not stack:
            return tuple(visit.results)
        _finish(visit, stack[-1], places, depth)


def _leaf(token: Token, places: Places) -> list[Any]:
    """A name, a text, a token that carries meaning, or nothing for keywords and punctuation."""
    start = token.start_pos or 0
    if token.type == "NAME":
        return [ast.Name(str(token), places.span(start, start + len(token)))]
    if token.type == "STRING":
        return [ast.Text(text_value(str(token)), places.span(start, start + len(token)))]
    return [token] if token.type in _KEPT else []


def _finish(visit: _Visit, parent: _Visit, places: Places, most: int) -> None:
    """Hands the node of a finished visit, at most `most` levels deep, to its parent."""
    meta = visit.tree.meta
    span = places.span(meta.start_pos, meta.end_pos) if not meta.empty else places.span(0, 0)
    depth = visit.depth + (visit.tree.data in _NESTING)
    if depth > most:
        note = f"at most {most} levels of values inside values are read"
        hint = f"make it flatter, or raise the limit with {limit_flag('nesting')}"
        raise SymdslError(Diagnostic("SYM0109", "values are nested too deeply", span, notes=(note,), hint=hint))
    parent.results.append(_HANDLERS[visit.tree.data](visit.results, span))
    parent.depth = max(parent.depth, depth)
