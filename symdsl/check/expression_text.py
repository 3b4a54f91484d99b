"""The canonical text of an expression: one spacing, whatever the layout of the source."""

from __future__ import annotations

import json

from symdsl.syntax import ast


def expression_text(expression: ast.Expression) -> str:
    """`C(4) * S(5)` for an expression of that meaning; brackets only where the tree needs them."""
    match expression:
        case ast.Name():
            return expression.text
        case ast.Number():
            return repr(expression.value)
        case ast.Text():
            return json.dumps(expression.value)
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
            arguments = ", ".join(
                f"{argument.name.text} = {expression_text(argument.value)}"
                if argument.name
                else expression_text(argument.value)
                for argument in expression.arguments
            )
            opening, closing = (" { ", " }") if expression.braces else ("(", ")")
            return f"{expression.function.text}{opening}{arguments}{closing}"


def _operand(expression: ast.Expression) -> str:
    text = expression_text(expression)
    return f"({text})" if isinstance(expression, ast.Binary) else text
