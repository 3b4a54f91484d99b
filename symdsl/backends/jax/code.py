"""Python text of a plan value, and the place where an operation is emitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symdsl.plan.nodes import ArrayType, Node
from symdsl.plan.size_expressions import Expression

COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(5)


@dataclass(frozen=True, slots=True)
class Code:
    """Python text with the precedence of its outermost operator; `literal` when it is a number."""

    text: str
    precedence: int = ATOM
    literal: bool = False

    def within(self, precedence: int = ATOM) -> str:
        """The text where an operator of `precedence` or higher is needed, in brackets if it has to be."""
        return self.text if self.precedence >= precedence else f"({self.text})"


def print_value(value: Any, prefix: str = "self.") -> str:
    """Python text of an attribute: numbers, strings, nested tuples, and sizes in terms of constructor arguments."""
    if isinstance(value, Expression):
        return value.render(prefix)
    if isinstance(value, tuple | list):
        inner = ", ".join(print_value(entry, prefix) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float) and value != value:
        return 'float("nan")'
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "jnp.inf" if value > 0 else "-jnp.inf"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


@dataclass(frozen=True, slots=True)
class Site:
    """An operation to emit: its node, and its operands as text with their types.

    `dtype` is Python text of the real dtype of the method; `body` gives the text of a body method by name.
    """

    node: Node
    operands: tuple[Code, ...]
    types: tuple[ArrayType, ...]
    dtype: str
    body: Callable[[str], str]

    def attribute(self, name: str) -> str:
        """An attribute as Python text."""
        return print_value(self.node.attributes[name])

    def operand(self, position: int = 0) -> str:
        """An operand as an argument of a call."""
        return self.operands[position].text

    def rank(self, position: int = 0) -> int:
        """The sample rank of an operand."""
        return len(self.types[position].shape)

    def batched(self, position: int = 0) -> bool:
        """Whether an operand has a leading batch axis."""
        return self.types[position].batched

    def axis(self, value: int, rank: int | None = None) -> int:
        """A sample axis, counted from the end, so that a batch axis does not matter."""
        rank = self.rank() if rank is None else rank
        return value % rank - rank

    def axes(self, name: str = "axes") -> str:
        """The attribute `name`, sample axes of the first operand, counted from the end."""
        return print_value(tuple(self.axis(axis) for axis in self.node.attributes[name]))

    def call(self, function: str, *arguments: str) -> Code:
        """function(operands..., arguments...)"""
        return Code(f"{function}({', '.join([*(operand.text for operand in self.operands), *arguments])})")


Emitter = Callable[[Site], Code]
