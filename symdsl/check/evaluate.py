"""Constant expressions: numbers, arithmetic, pi, the model's parameters, lists, ranges; bounded in size and depth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symdsl.check.layers import LayerArgument, LayerCall
from symdsl.check.reporter import Reporter
from symdsl.diagnostics.diagnostic import Span
from symdsl.syntax import ast

LARGEST_INTEGER = 2**53


@dataclass(frozen=True)
class Evaluator:
    """Evaluates expressions over `constants` (the parameters of a model); None means that a fault was reported.

    A range evaluates to a tuple (low, high), a list to a list. Where `words` are allowed a call is a `LayerCall`, and
    so is a bare name inside a list; a bare name elsewhere is a str. `failed` parameters have been reported.
    """

    reporter: Reporter
    constants: Mapping[str, Any] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()

    def constant(self, expression: ast.Expression, words: bool = False) -> Any | None:
        """The value of an expression; with `words`, unknown names are words (`tanh`), calls are layers (`conv(10)`)."""
        match expression:
            case ast.Number() | ast.Text() | ast.Boolean():
                return self._finite(expression.value, expression.span)
            case ast.Name():
                return self._name(expression, words)
            case ast.Items():
                return self._items(expression, words)
            case ast.Range():
                return self._range(expression)
            case ast.Unary():
                return self._negative(expression, words)
            case ast.Binary():
                return self._binary(expression, words)
            case ast.Call():
                return self._call(expression, words)

    def integer(self, expression: ast.Expression, what: str, minimum: int | None = None) -> int | None:
        """An integer of at least `minimum`, or None with the fault reported; `what` names it in the message."""
        value = self.constant(expression)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.mismatch(expression, what, "an integer", value)
            return None
        if minimum is not None and value < minimum:
            self.reporter.error(
                "SYM0304", f"{what} is {value}", expression.span, f"must be at least {minimum}",
                hint=f"write an integer from {minimum} up",
            )  # fmt: skip
            return None
        return value

    def integers(self, expression: ast.Expression, what: str, minimum: int) -> list[int] | None:
        """A list of integers of at least `minimum`; a single integer is a list of one."""
        entries = expression.items if isinstance(expression, ast.Items) else None
        if entries is None:
            single = self.integer(expression, what, minimum)
            return None if single is None else [single]
        found = [self.integer(entry, what, minimum) for entry in entries]
        return None if None in found else [entry for entry in found if entry is not None]

    def mismatch(self, expression: ast.Expression, what: str, wanted: str, value: Any) -> None:
        """Reports that `what` has the wrong kind of value."""
        self.reporter.error(
            "SYM0303", f"{what} must be {wanted}", expression.span, f"this is {describe_value(value)}"
        )  # fmt: skip

    def _name(self, name: ast.Name, words: bool) -> Any | None:
        if name.text in self.constants:
            return self.constants[name.text]
        if name.text == "pi":
            return math.pi
        if name.text in self.failed:
            return None
        if words:
            return name.text
        self.unknown_constant(name.text, name.span)
        return None

    def unknown_constant(self, name: str, span: Span) -> None:
        """Reports a name that is neither a parameter nor a constant."""
        self.reporter.unknown(
            "SYM0214", "name", name, span, [*self.constants, "pi"],
            none=f"declare it at the top of the model: param {name}: int = 64", listed=bool(self.constants),
        )  # fmt: skip

    def _items(self, items: ast.Items, words: bool) -> list[Any] | None:
        if self.reporter.over_limit("items", len(items.items), items.span):
            return None
        values = [self._entry(entry, words) for entry in items.items]
        return None if any(value is None for value in values) else values

    def _entry(self, entry: ast.Expression, words: bool) -> Any | None:
        """An entry of a list, where a bare name is a layer without arguments."""
        value = self.constant(entry, words)
        return LayerCall(value, (), entry.span) if isinstance(entry, ast.Name) and isinstance(value, str) else value

    def _range(self, bounds: ast.Range) -> tuple[int, int] | None:
        low, high = self.integer(bounds.low, "the start of a range"), self.integer(bounds.high, "the end of a range")
        if low is None or high is None:
            return None
        if low > high:
            self.reporter.error(
                "SYM0316", f"the range {low}..{high} is empty", bounds.span, "ends before it starts",
                hint=f"write {high}..{low}",
            )  # fmt: skip
            return None
        return low, high

    def _negative(self, expression: ast.Unary, words: bool) -> Any | None:
        value = self._operand(expression.operand, words)
        if value is None:
            return None
        if not _is_number(value):
            self.mismatch(expression.operand, "what follows `-`", "a number", value)
            return None
        return -value

    def _operand(self, expression: ast.Expression, words: bool) -> Any | None:
        """A side of an operator, where a bare name is never a word."""
        return self.constant(expression, words and not isinstance(expression, ast.Name))

    def _binary(self, expression: ast.Binary, words: bool) -> Any | None:
        left, right = self._operand(expression.left, words), self._operand(expression.right, words)
        if left is None or right is None:
            return None
        if isinstance(left, list) or isinstance(right, list):
            return self._joined(expression, left, right)
        for side, value in ((expression.left, left), (expression.right, right)):
            if not _is_number(value):
                self.mismatch(side, f"each side of `{expression.operator}`", "a number", value)
                return None
        return self._arithmetic(expression, left, right)

    def _joined(self, expression: ast.Binary, left: Any, right: Any) -> list[Any] | None:
        """`[a, b] + [c]` joins lists; `3 * [a]` repeats one."""
        operator = expression.operator
        if operator == "+" and isinstance(left, list) and isinstance(right, list):
            count, joined = 1, left + right
        elif operator == "*" and isinstance(left, list) != isinstance(right, list):
            count, joined = (right, left) if isinstance(left, list) else (left, right)
        else:
            count, joined = -1, []
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            self.reporter.error(
                "SYM0303", f"`{operator}` does not work on these", expression.span, "a list is on one side",
                hint="join lists with `+`, repeat one with `3 * [...]`",
            )  # fmt: skip
            return None
        if self.reporter.over_limit("items", len(joined) * count, expression.span):
            return None
        return joined * count

    def _arithmetic(self, expression: ast.Binary, left: float, right: float) -> int | float | None:
        try:
            match expression.operator:
                case "+":
                    value = left + right
                case "-":
                    value = left - right
                case "*":
                    value = left * right
                case "/":
                    value = left // right if _divides(left, right) else left / right
                case "^":
                    value = _power(left, right)
        except (ZeroDivisionError, OverflowError, ValueError) as fault:
            reason = "division by zero" if isinstance(fault, ZeroDivisionError) else "no finite real value"
            self.reporter.error("SYM0316", f"this has {reason}" if reason[0] == "n" else reason, expression.span)
            return None
        return self._finite(value, expression.span)

    def _call(self, call: ast.Call, words: bool) -> Any | None:
        if call.function.text == "sqrt" and len(call.arguments) == 1 and not call.braces:
            value = self.constant(call.arguments[0].value)
            if value is None:
                return None
            if _is_number(value) and value >= 0:
                return math.sqrt(value)
            self.mismatch(call.arguments[0].value, "the argument of sqrt", "a number from 0 up", value)
            return None
        if not words:
            self.reporter.error(
                "SYM0315", f"`{call.function.text}(...)` is not a constant", call.span, "a value is wanted here",
                hint="write a number; `sqrt`, `pi`, + - * / ^ and the model's parameters may be used",
            )  # fmt: skip
            return None
        arguments: list[LayerArgument] = []
        for argument in call.arguments:
            value = self.constant(argument.value, words)
            if value is None:
                return None
            name = argument.name.text if argument.name else None
            if name is not None and any(other.name == name for other in arguments):
                self.reporter.error("SYM0305", f"`{name}` is given twice", argument.span, "here again")
            arguments.append(LayerArgument(name, value, argument.span))
        return LayerCall(call.function.text, tuple(arguments), call.span)

    def _finite(self, value: Any, span: Span) -> Any | None:
        """Refuses integers beyond 2^53, which float64 cannot hold, and floats that are not finite."""
        too_large = isinstance(value, int) and abs(value) > LARGEST_INTEGER
        if too_large or (isinstance(value, float) and not math.isfinite(value)):
            self.reporter.error(
                "SYM0316", "this number is too large", span, "beyond what can be computed with exactly",
                notes=("integers reach to 2^53, other numbers to about 1.8e308",),
            )  # fmt: skip
            return None
        return value


def describe_value(value: Any) -> str:
    """What a value is, in the words of a spec: "a list of 3", "the number 2.5"."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value!r}"
        case str():
            return f'the text "{value}"'
        case list():
            return f"a list of {len(value)}"
        case tuple():
            return f"the range {value[0]}..{value[1]}"
        case LayerCall():
            return f"the layer `{value.name}`"
        case _:
            return f"a {type(value).__name__}"


def expression_depth(expression: ast.Expression) -> int:
    """The height of the tree of an expression, found without recursion."""
    deepest, waiting = 0, [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in _children(node))
    return deepest


def _children(expression: ast.Expression) -> tuple[ast.Expression, ...]:
    match expression:
        case ast.Items():
            return expression.items
        case ast.Range():
            return (expression.low, expression.high)
        case ast.Call():
            return tuple(argument.value for argument in expression.arguments)
        case ast.Unary():
            return (expression.operand,)
        case ast.Binary():
            return (expression.left, expression.right)
        case _:
            return ()


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _divides(left: float, right: float) -> bool:
    """Whether an exact quotient of integers exists, so that `64 / 2` stays an integer."""
    return isinstance(left, int) and isinstance(right, int) and right != 0 and left % right == 0


def _power(left: float, right: float) -> int | float:
    """left^right without ever forming an integer beyond the bound. Raises OverflowError or ValueError."""
    if isinstance(left, int) and isinstance(right, int) and right >= 0:
        if abs(left) > 1 and right * math.log2(abs(left)) > 60:
            raise OverflowError
        return left**right
    return math.pow(left, right)
