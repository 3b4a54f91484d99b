"""A handle on one value of a method under construction, with arithmetic that adds nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symdsl.plan.nodes import ArrayType

if TYPE_CHECKING:
    from symdsl.plan.builder import MethodBuilder


@dataclass(frozen=True, slots=True)
class Value:
    """Node `index` of `builder`, with its type. A float beside a value stands for a batch-free scalar."""

    builder: MethodBuilder
    index: int
    type: ArrayType

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return self.type.shape

    @property
    def rank(self) -> int:
        """The number of axes of one sample."""
        return len(self.type.shape)

    def apply(self, operation: str, *others: Value, name: str | None = None, **attributes: Any) -> Value:
        """operation(self, *others): a new node of the same method."""
        return self.builder.add(operation, self, *others, name=name, **attributes)

    def _lift(self, other: Value | float) -> Value:
        return other if isinstance(other, Value) else self.builder.full((), float(other))

    def __neg__(self) -> Value:
        return self.apply("negate")

    def __add__(self, other: Value | float) -> Value:
        return self.apply("add", self._lift(other))

    def __radd__(self, other: float) -> Value:
        return self._lift(other).apply("add", self)

    def __sub__(self, other: Value | float) -> Value:
        return self.apply("subtract", self._lift(other))

    def __rsub__(self, other: float) -> Value:
        return self._lift(other).apply("subtract", self)

    def __mul__(self, other: Value | float) -> Value:
        return self.apply("multiply", self._lift(other))

    def __rmul__(self, other: float) -> Value:
        return self._lift(other).apply("multiply", self)

    def __truediv__(self, other: Value | float) -> Value:
        return self.apply("divide", self._lift(other))

    def __rtruediv__(self, other: float) -> Value:
        return self._lift(other).apply("divide", self)
