"""Python text of a plan value, and the place where an operation is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from symdsl.plan.nodes import ArrayType, Node
from symdsl.plan.size_expressions import Expression

COMPARISON, CONJUNCTION, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)


@dataclass(frozen=True, slots=True)
class Code:
    """Python text, the precedence of its outermost operator, and the local variables that it reads.

    `literal` marks a number, which is no tensor.
    """

    text: str
    precedence: int = ATOM
    literal: bool = False
    reads: frozenset[str] = frozenset()

    def within(self, precedence: int = ATOM) -> str:
        """The text where an operator of at least `precedence` is needed, in brackets if it has to be."""
        return self.text if self.precedence >= precedence else f"({self.text})"


def print_value(value: Any, prefix: str = "self.") -> str:
    """Python text of an attribute: numbers, strings, nested tuples, sizes in terms of constructor arguments."""
    if isinstance(value, Expression):
        return value.render(prefix)
    if isinstance(value, tuple | list):
        inner = ", ".join(print_value(entry, prefix) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value!r}")'
    if isinstance(value, str):
        return '"' + value.encode("unicode_escape").decode().replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    raise TypeError(f"no source for an attribute of type {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Site:
    """An operation to print: its node, and its operands as text with their types and the operations they come from.

    `anchor` is the text of a real tensor that has the dtype and the device of the method. `observed` says for each
    result whether an output depends on it, and not only an update of state. `support` collects the names of the
    functions that the file has to contain. `body` gives the call of a body method. `fresh` says that the first operand
    is a new tensor that nothing else reads, not even its own derivative, so that it may be overwritten.
    """

    node: Node
    operands: tuple[Code, ...]
    types: tuple[ArrayType, ...]
    sources: tuple[str, ...]
    anchor: str
    observed: tuple[bool, ...] = (True,)
    support: set[str] = field(default_factory=set)
    body: Callable[[str], str] = str
    fresh: bool = False

    def value(self, name: str) -> Any:
        """An attribute as it is."""
        return self.node.attributes[name]

    def attribute(self, name: str) -> str:
        """An attribute as Python text."""
        return print_value(self.node.attributes[name])

    def uniform(self, name: str) -> str:
        """A spatial attribute as Python text: one number where all axes have the same."""
        value = self.node.attributes[name]
        same = isinstance(value, tuple) and value and all(entry == value[0] for entry in value)
        return print_value(value[0] if same else value)

    def operand(self, position: int = 0) -> str:
        """An operand as an argument of a call."""
        code = self.operands[position]
        return self.tensor(code) if code.literal else code.text

    def atom(self, position: int = 0) -> str:
        """An operand before a dot or a bracket."""
        code = self.operands[position]
        return self.tensor(code) if code.literal else code.within(ATOM)

    def tensor(self, code: Code) -> str:
        """A number as a tensor of rank 0."""
        return f"{self.anchor}.new_full((), {code.text})"

    def rank(self, position: int = 0) -> int:
        """The sample rank of an operand."""
        return len(self.types[position].shape)

    def batched(self, position: int = 0) -> bool:
        """Whether an operand has a leading batch axis."""
        return self.types[position].batched

    def lead(self, position: int = 0) -> int:
        """1 where a batch axis stands before the sample axes of an operand, else 0."""
        return 1 if self.types[position].batched else 0

    def call(self, function: str, *arguments: str) -> Code:
        """function(*arguments); a bare name is a function of the file and is marked as needed."""
        if "." not in function:
            self.support.add(function)
        return Code(f"{function}({', '.join(arguments)})")

    def method(self, name: str, *arguments: str, position: int = 0) -> Code:
        """operand.name(*arguments)."""
        return Code(f"{self.atom(position)}.{name}({', '.join(arguments)})")

    def needs(self, name: str) -> str:
        """Mark a function of the file as needed and return its name."""
        self.support.add(name)
        return name


Emitter = Callable[[Site], Code]
