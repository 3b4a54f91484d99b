"""How each rule for values becomes a node: functions of the finished children and the span."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from symdsl.diagnostics.diagnostic import Span
from symdsl.syntax import ast

if TYPE_CHECKING:
    from lark import Token


def _only(children: list[Any], span: Span) -> Any:
    return children[0]


def _number(children: list[Token], span: Span) -> ast.Number:
    written = str(children[0])
    return ast.Number(int(written) if written.isdigit() else float(written), span)


def _boolean(children: list[Token], span: Span) -> ast.Boolean:
    return ast.Boolean(str(children[0]) == "true", span)


def _items(children: list[Any], span: Span) -> ast.Items:
    return ast.Items(tuple(children), span)


def _range(children: list[Any], span: Span) -> ast.Range:
    return ast.Range(children[0], children[1], span)


def _binary(children: list[Any], span: Span) -> ast.Binary:
    left, operator, right = children
    return ast.Binary(str(operator), left, right, span)  # pyright: ignore[reportArgumentType]


def _negation(children: list[Any], span: Span) -> ast.Unary:
    return ast.Unary("-", children[-1], span)


def _call(children: list[Any], span: Span) -> ast.Call:
    function, arguments = children
    return ast.Call(function, arguments, span)


def _braces(children: list[Any], span: Span) -> ast.Call:
    function, options = children
    arguments = tuple(ast.Argument(option.name, option.value, option.span) for option in options)
    return ast.Call(function, arguments, span, braces=True)


def _arguments(children: list[Any], span: Span) -> tuple[ast.Argument, ...]:
    return tuple(children)


def _argument(children: list[Any], span: Span) -> ast.Argument:
    return ast.Argument(None, children[0], span)


def _named_argument(children: list[Any], span: Span) -> ast.Argument:
    return ast.Argument(children[0], children[1], span)


VALUES: Mapping[str, Callable[[list[Any], Span], Any]] = {
    "name": _only,
    "number": _number,
    "text": _only,
    "boolean": _boolean,
    "items": _items,
    "range": _range,
    "sum": _binary,
    "product": _binary,
    "power": _binary,
    "negation": _negation,
    "group": _only,
    "call": _call,
    "braces": _braces,
    "arguments": _arguments,
    "argument": _argument,
    "named_argument": _named_argument,
}
