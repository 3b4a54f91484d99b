"""Makers of elementwise operations and their common shape rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.plan.nodes import ArrayType, DType
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


def infer_elementwise_shape(operands: Types) -> tuple[int, ...]:
    """The common shape: equal ranks, axes of size 1 stretch; a batch-free scalar meets any rank."""
    full = [value.shape for value in operands if value.shape or value.batched]
    if not full:
        return ()
    require(len({len(shape) for shape in full}) == 1, f"ranks differ: {[value.shape for value in operands]}")
    result = []
    for sizes in zip(*full, strict=True):
        stretched = {size for size in sizes if size != 1}
        require(len(stretched) <= 1, f"shapes do not match: {[value.shape for value in operands]}")
        result.append(stretched.pop() if stretched else 1)
    return tuple(result)


def make_elementwise_rule(accepted: Sequence[DType], result: DType | None) -> Callable[[Types, Attributes], Types]:
    """The shape rule of an elementwise operation: operands of one dtype among `accepted`, result as said or alike."""

    def infer_types(operands: Types, attributes: Attributes) -> Types:
        dtype = operands[0].dtype
        require(all(value.dtype == dtype for value in operands), f"dtypes differ: {[v.dtype for v in operands]}")
        require(dtype in accepted, f"dtype {dtype} is not among {list(accepted)}")
        return (ArrayType(infer_elementwise_shape(operands), result or dtype, any_batched(operands)),)

    return infer_types


def make_unary(
    name: str,
    documentation: str,
    function: Callable[[NDArray[Any], Attributes], NDArray[Any]],
    derivative: Callable[[Value, Value, Value, Attributes], Value] | None,
    attributes: Mapping[str, str] = NO_ATTRIBUTES,
    defaults: Mapping[str, Any] = NO_ATTRIBUTES,
) -> Operation:
    """y = function(x) for each real number; `derivative(g, x, y, attributes)` is g times dy/dx, or None for zero."""

    def evaluate(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
        with np.errstate(all="ignore"):
            return (np.asarray(function(arrays[0], given)),)

    def vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
        cotangent = cotangents[0]
        if cotangent is None or derivative is None:
            return None
        return derivative(cotangent, application.operands[0], application.result, application.attributes)

    def jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
        return (vjp(application, tangents, 0),)

    rule = make_elementwise_rule(("real",), "real")
    return Operation(
        name, documentation, (1, 1), rule, evaluate, vjp, jvp, attributes=attributes, defaults=defaults, entrywise=True
    )


def make_binary(
    name: str,
    documentation: str,
    function: Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]],
    derivative: Callable[[Value, Value, Value, Value, int], Value] | None,
    accepted: Sequence[DType] = ("real",),
    result: DType | None = None,
) -> Operation:
    """z = function(x, y); `derivative(g, x, y, z, k)` is g times the derivative towards operand k."""

    def evaluate(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
        with np.errstate(all="ignore"):
            return (np.asarray(function(arrays[0], arrays[1])),)

    def vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
        cotangent = cotangents[0]
        if cotangent is None or derivative is None:
            return None
        x, y = application.operands
        return derivative(cotangent, x, y, application.result, position)

    def jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
        if derivative is None:
            return (None,)
        x, y = application.operands
        parts = [
            derivative(tangent, x, y, application.result, position)
            for position, tangent in enumerate(tangents)
            if tangent is not None
        ]
        return (add_all(parts),)

    return Operation(name, documentation, (2, 2), make_elementwise_rule(accepted, result), evaluate, vjp, jvp)


def add_all(parts: Sequence[Value | None]) -> Value | None:
    """The sum of the values that are not None; None if there is none."""
    total: Value | None = None
    for part in parts:
        if part is not None:
            total = part if total is None else total + part
    return total
