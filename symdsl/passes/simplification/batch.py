"""Copies to the batch: left out where an operation stretches by itself, else made as late as possible."""

from __future__ import annotations

from symdsl.passes.simplification.uniform import ELEMENTWISE, witness_of_batch
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.operation import Attributes, common_rows
from symdsl.plan.operations.registry import operation_of
from symdsl.plan.value import Value

# Operations that stretch batch-free operands, and size-1 axes or scalars (elementwise ones), by themselves.
_MIXING = ELEMENTWISE | {"einsum", "solve", "triangular_solve"}

# Operations whose last operand only shows how many rows the result has.
_LIKE = frozenset({"batch_broadcast", "sum_rows", "max_rows"})


def copied_from(value: Value) -> Value | None:
    """The batch-free array that the value is a copy of for each sample."""
    node = value.builder.node_at(value.index)
    return value.builder.value(node.operands[0]) if node.op == "batch_broadcast" else None


def refer_to_argument(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """`like` shows only how many rows there are: an argument shows it too, without keeping `like` alive."""
    if operation not in _LIKE or operands[-1].index in builder.argument_indices:
        return None
    witness = witness_of_batch(builder, operands[-1].type.rows)
    return None if witness is None else builder.add(operation, *operands[:-1], witness)


def strip_copies(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """An operand copied to the batch, or stretched, is taken as it was where the result's type stays."""
    if operation not in _MIXING or len(operands) < 2:
        return None
    result = operation_of(operation).result_types(tuple(value.type for value in operands), attributes)
    for place, value in enumerate(operands):
        bare = copied_from(value)
        if bare is None and operation in ELEMENTWISE:
            bare = _stretched_from(value)
        if bare is None:
            continue
        stripped = (*operands[:place], bare, *operands[place + 1 :])
        if _infer(operation, stripped, attributes) == result:
            return builder.add(operation, *stripped, **attributes)
    return None


def delay_copies(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """An operation whose batched operands are all copies of batch-free arrays is done once, and copied after."""
    rule = operation_of(operation)
    if operation in ("batch_broadcast", "full_like") or not operands or rule.mixes_samples or rule.changes_rows:
        return None
    bare = tuple(copied_from(value) if value.type.batched else value for value in operands)
    if not any(value.type.batched for value in operands):
        return None
    known = tuple(value for value in bare if value is not None)
    if len(known) != len(operands):
        return None
    witness = witness_of_batch(builder, common_rows([value.type for value in operands]))
    if witness is None:
        return None
    return builder.add(operation, *known, **attributes).apply("batch_broadcast", witness)


def _stretched_from(value: Value) -> Value | None:
    node = value.builder.node_at(value.index)
    return value.builder.value(node.operands[0]) if node.op == "broadcast" else None


def _infer(operation: str, operands: tuple[Value, ...], attributes: Attributes) -> tuple[ArrayType, ...] | None:
    try:
        return operation_of(operation).result_types(tuple(value.type for value in operands), attributes)
    except PlanError:
        return None
