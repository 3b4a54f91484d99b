"""Arrays filled with one number: found, folded, and brought to one form."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.activation import ACTIVATION
from symdsl.plan.operations.binary import BINARY
from symdsl.plan.operations.operation import Attributes
from symdsl.plan.operations.registry import operation_of
from symdsl.plan.operations.unary import UNARY
from symdsl.plan.value import Value

_RESHAPING = frozenset(
    {
        "transpose",
        "merge",
        "split",
        "expand",
        "squeeze",
        "broadcast",
        "slice",
        "flip",
        "roll",
        "take",
        "take_rows",
        "batch_broadcast",
    }
)

# Elementwise operations on real arrays: these may be given a batch-free scalar for a uniform operand.
ELEMENTWISE = frozenset(operation.name for operation in (*UNARY, *ACTIVATION, *BINARY)) | {"where"}

_FOLDED = ELEMENTWISE - {"cast", "stop_gradient", "where", "less", "less_equal", "equal", "logical_and", "logical_not"}


def number_of(value: Value) -> float | None:
    """The number that fills the whole array, if that is known."""
    while True:
        node = value.builder.node_at(value.index)
        if node.op in ("full", "full_like"):
            return float(node.attributes["value"])
        if node.op not in _RESHAPING:
            return None
        value = value.builder.value(node.operands[0])


def witness_of_batch(builder: MethodBuilder, rows: str) -> Value | None:
    """The first argument batched in such rows: whatever needs only the number of the rows refers to it.

    None where there is none, or where batches are joined.
    """
    if builder.joins_batches:
        return None
    for index in builder.argument_indices:
        value = builder.value(index)
        if value.type.batched and value.type.rows == rows:
            return value
    return None


def make_uniform(builder: MethodBuilder, type: ArrayType, number: float) -> Value | None:
    """The one form of a uniform array: `full`, copied to the batch by `batch_broadcast` where the type is batched."""
    filled = builder.full(type.shape, number)
    if not type.batched:
        return filled
    witness = witness_of_batch(builder, type.rows)
    return None if witness is None else filled.apply("batch_broadcast", witness)


def fold_uniform(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """An elementwise operation, or a sum, of uniform arrays is uniform; so are the likes of `full_like`."""
    types = tuple(value.type for value in operands)
    if operation == "full_like":
        batched = types[0].batched
        if batched and operands[0].index in builder.argument_indices:
            return None
        return make_uniform(builder, types[0] if types[0].dtype == "real" else _real(types[0]), attributes["value"])
    foldable = operation in _FOLDED or operation in ("sum", "mean", "concatenate", "stack")
    if not foldable or any(value.dtype != "real" for value in types):
        return None
    numbers = [number_of(value) for value in operands]
    if any(number is None for number in numbers):
        return None
    rule = operation_of(operation)
    result = rule.result_types(types, attributes)[0]
    if operation in ("concatenate", "stack"):
        folded = numbers[0] if len(set(numbers)) == 1 else None
    else:
        front = tuple((1, *value.shape) if value.batched else value.shape for value in types)
        arrays = tuple(np.full(shape, number) for shape, number in zip(front, numbers, strict=True))
        (array,) = rule.evaluate(arrays, attributes, types)
        folded = float(array.flat[0]) if array.size else None
    if folded is None or not isfinite(folded):
        return None
    return make_uniform(builder, result, folded)


def shrink_uniform(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """Beside operands that have the result's type already, a uniform array becomes a batch-free scalar."""
    if operation not in ELEMENTWISE or len(operands) < 2:
        return None
    result = operation_of(operation).result_types(tuple(value.type for value in operands), attributes)
    scalar = ArrayType(())
    for place, value in enumerate(operands):
        number = None if value.type == scalar or value.type.dtype != "real" else number_of(value)
        if number is None:
            continue
        shrunk = (*operands[:place], builder.full((), number), *operands[place + 1 :])
        if operation_of(operation).result_types(tuple(one.type for one in shrunk), attributes) == result:
            return builder.add(operation, *shrunk, **attributes)
    return None


def _real(type: ArrayType) -> ArrayType:
    return replace(type, dtype="real")
