"""Choosing between arrays, and filling them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.elementwise import infer_elementwise_shape
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    any_batched,
    count_nothing,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _infer_where(operands: Types, attributes: Attributes) -> Types:
    condition, first, second = operands
    require(condition.dtype == "boolean", "the condition of where is not boolean")
    require(first.dtype == second.dtype, f"dtypes differ: {first.dtype}, {second.dtype}")
    return (ArrayType(infer_elementwise_shape(operands), first.dtype, any_batched(operands)),)


def _evaluate_where(arrays: Arrays, attributes: Attributes, types: Types) -> Arrays:
    return (np.where(arrays[0], arrays[1], arrays[2]),)


def _where_vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    cotangent = cotangents[0]
    if cotangent is None or position == 0 or application.result.type.dtype != "real":
        return None
    condition = application.operands[0]
    zero = condition.builder.full((), 0.0)
    # A condition that stretches must not shrink the cotangent: the zero takes the cotangent's shape by broadcasting.
    return condition.apply("where", cotangent, zero) if position == 1 else condition.apply("where", zero, cotangent)


def _where_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    condition, _, _ = application.operands
    first, second = tangents[1], tangents[2]
    if application.result.type.dtype != "real" or (first is None and second is None):
        return (None,)
    zero = condition.builder.full((), 0.0)
    return (condition.apply("where", zero if first is None else first, zero if second is None else second),)


def _infer_full(operands: Types, attributes: Attributes) -> Types:
    require(all(size >= 0 for size in attributes["shape"]), "a negative size")
    return (ArrayType(attributes["shape"]),)


def _infer_full_like(operands: Types, attributes: Attributes) -> Types:
    return (ArrayType(operands[0].shape, "real", operands[0].batched),)


def _infer_one_hot(operands: Types, attributes: Attributes) -> Types:
    require(operands[0].dtype == "integer", "one_hot needs integers")
    return (ArrayType((*operands[0].shape, attributes["classes"]), "real", operands[0].batched),)


def _evaluate_one_hot(arrays: Arrays, attributes: Attributes, types: Types) -> Arrays:
    return ((arrays[0][..., None] == np.arange(attributes["classes"])).astype(np.float64),)


CHOICE: tuple[Operation, ...] = (
    Operation(
        "where",
        "x where the condition holds, else y",
        (3, 3),
        _infer_where,
        _evaluate_where,
        _where_vjp,
        _where_jvp,
    ),
    Operation(
        "full",
        "a batch-free array filled with one number",
        (0, 0),
        _infer_full,
        lambda arrays, attributes, types: (np.full(attributes["shape"], attributes["value"], dtype=np.float64),),
        count_work=count_nothing,
        attributes={"shape": "integers", "value": "number"},
    ),
    Operation(
        "full_like",
        "an array of the type of x filled with one number",
        (1, 1),
        _infer_full_like,
        lambda arrays, attributes, types: (np.full(arrays[0].shape, attributes["value"], dtype=np.float64),),
        count_work=count_nothing,
        attributes={"value": "number"},
    ),
    Operation(
        "one_hot",
        "a new last axis: 1 at the integer's place, else 0 (an integer out of range gives zeros)",
        (1, 1),
        _infer_one_hot,
        _evaluate_one_hot,
        count_work=count_nothing,
        attributes={"classes": "integer"},
    ),
)
