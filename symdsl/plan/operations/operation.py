"""What an operation of the plan is: shape rule, NumPy meaning, derivatives, cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from numpy.typing import NDArray

from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType

if TYPE_CHECKING:
    from symdsl.plan.value import Value

Attributes: TypeAlias = Mapping[str, Any]
Types: TypeAlias = tuple[ArrayType, ...]
Arrays: TypeAlias = tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """Work for one sample: multiply-adds, and bytes read and written at four bytes a number."""

    multiply_adds: int
    bytes: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.multiply_adds + other.multiply_adds, self.bytes + other.bytes)


@dataclass(frozen=True, slots=True)
class Application:
    """One use of an operation inside a method under construction, as derivative rules see it."""

    operands: tuple[Value, ...]
    results: tuple[Value, ...]
    attributes: Attributes

    @property
    def result(self) -> Value:
        """The value of an operation with one result."""
        (only,) = self.results
        return only


InferTypes: TypeAlias = Callable[[Types, Attributes], Types]
Evaluate: TypeAlias = Callable[[Arrays, Attributes, Types], Arrays]
Vjp: TypeAlias = "Callable[[Application, Sequence[Value | None], int], Value | None]"
Jvp: TypeAlias = "Callable[[Application, Sequence[Value | None]], tuple[Value | None, ...]]"
CountWork: TypeAlias = Callable[[Types, Attributes, Types], int]


def count_elements(operands: Types, attributes: Attributes, results: Types) -> int:
    """One multiply-add for each number of the results: the work of an elementwise operation."""
    return sum(prod(result.shape) for result in results)


def count_nothing(operands: Types, attributes: Attributes, results: Types) -> int:
    """No arithmetic: the operation only moves numbers."""
    return 0


def no_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    """The derivative vanishes (or does not exist) towards every operand."""
    return None


def no_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    """The derivative vanishes (or does not exist) from every operand."""
    return (None,) * len(application.results)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the plan.

    `infer_types(operand types, attributes)` returns the result types or raises PlanError. `evaluate(arrays,
    attributes, operand types)` is the meaning, in NumPy float64 (int64, bool), with the batch axis in front of
    batched operands. `vjp(application, cotangents, k)` is the contribution towards operand k, up to broadcasting
    (the engine sums it to the operand's type); None is zero. `jvp(application, tangents)` has a tangent, or
    None for zero, for each result. `attributes` maps each attribute to its kind (see `canonical.py`).
    `entrywise` says that it is one real function at every entry of its only operand.
    `infer_types` need not mention rows, unless the operation `changes_rows`: `result_types` puts them in.
    """

    name: str
    documentation: str
    arity: tuple[int, int]
    infer_types: InferTypes
    evaluate: Evaluate
    vjp: Vjp = no_vjp
    jvp: Jvp = no_jvp
    count_work: CountWork = count_elements
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    mixes_samples: bool = False
    changes_rows: bool = False
    entrywise: bool = False

    def result_types(self, operands: Types, attributes: Attributes) -> Types:
        """The types of the results, in the rows that the batched operands have in common. Raises PlanError."""
        results = self.infer_types(operands, attributes)
        if self.changes_rows:
            return results
        rows = common_rows(operands)
        return tuple(replace(result, rows=rows) if result.batched else result for result in results)

    def cost(self, operands: Types, attributes: Attributes, results: Types) -> Cost:
        """The work of one sample."""
        moved = sum(prod(value.shape) for value in (*operands, *results))
        return Cost(self.count_work(operands, attributes, results), 4 * moved)


def require(condition: bool, message: str) -> None:
    """Raise PlanError(message) unless the condition holds."""
    if not condition:
        raise PlanError(message)


def any_batched(types: Sequence[ArrayType]) -> bool:
    """Whether a result of these operands is batched: it is if any of them is."""
    return any(value.batched for value in types)


def common_rows(types: Sequence[ArrayType]) -> str:
    """The rows of the batched operands of one operation. Raises PlanError where they differ."""
    kinds = {value.rows for value in types if value.batched}
    require(len(kinds) <= 1, f"operands of different rows meet: {sorted(kinds)}")
    return kinds.pop() if kinds else ""


def leading(value: ArrayType) -> int:
    """The number of axes in front of a sample's own: 1 if batched, else 0."""
    return 1 if value.batched else 0
