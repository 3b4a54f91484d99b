"""The canonical text of an expression: one spacing, whatever the layout of the source."""

from __future__ import annotations

from collections.abc import Iterable

from symdsl.syntax import ast


def expression_text(expression: ast.Expression) -> str:
    """`C(4) * S(5)` for an expression of that meaning; brackets only where the tree needs them."""
    match expression:
        case ast.Name():
            return expression.text
        case ast.Number():
            return repr(expression.value)
        case ast.Text():
            return quoted(expression.value)
        case ast.Boolean():
            return "true" if expression.value else "false"
        case ast.Items():
            return f"[{', '.join(map(expression_text, expression.items))}]"
        case ast.Range():
            return f"{expression_text(expression.low)}..{expression_text(expression.high)}"
        case ast.Unary():
            return f"-{_operand(expression.operand)}"
        case ast.Binary():
            return f"{_operand(expression.left)} {expression.operator} {_operand(expression.right)}"
        case ast.Call():
            opening, closing = (" { ", " }") if expression.braces else ("(", ")")
            return f"{expression.function.text}{opening}{arguments_text(expression.arguments)}{closing}"


def arguments_text(arguments: Iterable[ast.Argument]) -> str:
    """`10, k = 3`."""
    named = ((f"{argument.name.text} = " if argument.name else "", argument.value) for argument in arguments)
    return ", ".join(prefix + expression_text(value) for prefix, value in named)


def quoted(value: str) -> str:
    """A text in quotes, with the escapes that the language knows."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(character, character) for character in value) + '"'


def _operand(expression: ast.Expression) -> str:
    text = expression_text(expression)
    return f"({text})" if isinstance(expression, ast.Binary | ast.Unary) else text
