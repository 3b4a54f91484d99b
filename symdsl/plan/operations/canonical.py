"""One form for each attribute: tuples for lists, non-negative axes, one spatial entry for each axis."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.operation import Attributes, Operation

# Kinds: axis, axes (an axis of operand 0), new_axis (a position in a result with one axis more), spatial (an
# integer or one for each spatial axis of operand 0), integers, integer, number, text, flag.


def canonicalise(operation: Operation, operands: Sequence[ArrayType], given: Attributes) -> Attributes:
    """The attributes in their one form, with defaults filled in. Raises PlanError on unknown or missing names."""
    unknown = sorted(set(given) - set(operation.attributes))
    if unknown:
        raise PlanError(f"{operation.name} has no attribute {unknown[0]}; it has {sorted(operation.attributes)}")
    result: dict[str, Any] = {}
    for name, kind in operation.attributes.items():
        if name in given:
            value = given[name]
        elif name in operation.defaults:
            value = operation.defaults[name]
        else:
            raise PlanError(f"{operation.name} needs the attribute {name}")
        rank = len(operands[0].shape) if operands else 0
        try:
            result[name] = _canonical_value(kind, value, rank)
        except (TypeError, ValueError) as error:
            raise PlanError(f"{operation.name}: attribute {name} = {value!r}: {error}") from error
    return MappingProxyType(result)


def _canonical_value(kind: str, value: Any, rank: int) -> Any:
    if kind == "axis":
        return _axis(value, rank)
    if kind == "new_axis":
        return _axis(value, rank + 1)
    if kind == "axes":
        return _axes(value, rank)
    if kind == "spatial":
        return (_integer(value),) * (rank - 1) if isinstance(value, Integral) else tuple(map(_integer, value))
    if kind == "integers":
        return tuple(map(_integer, value))
    if kind == "integer":
        return _integer(value)
    if kind == "number":
        if not isinstance(value, Real):
            raise TypeError("not a number")
        return float(value)
    if kind == "text":
        if not isinstance(value, str):
            raise TypeError("not text")
        return value
    if kind == "flag":
        return bool(value)
    raise PlanError(f"unknown attribute kind {kind}")


def _integer(value: Any) -> int:
    if not isinstance(value, Integral):
        raise TypeError("not an integer")
    return int(value)


def _axis(value: Any, rank: int) -> int:
    axis = _integer(value)
    if not -rank <= axis < rank:
        raise ValueError(f"no such axis among {rank}")
    return axis % rank


def _axes(value: Any, rank: int) -> tuple[int, ...]:
    axes = tuple(_axis(axis, rank) for axis in ((value,) if isinstance(value, Integral) else value))
    if len(set(axes)) != len(axes):
        raise ValueError("an axis is named twice")
    return tuple(sorted(axes))
