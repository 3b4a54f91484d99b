"""Leaving and entering the batch, and several batches as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.linear import make_adjoint_vjp, make_linear_jvp
from symdsl.plan.operations.operation import (
    Application,
    Arrays,
    Attributes,
    Operation,
    Types,
    count_elements,
    count_nothing,
    require,
)

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def _infer_batch_sum(operands: Types, given: Attributes) -> Types:
    require(
        operands[0].batched and operands[0].dtype == "real", "a sum or mean over the batch needs a batched real array"
    )
    return (ArrayType(operands[0].shape),)


def _mean_adjoint(g: Value, application: Application, given: Attributes) -> Value:
    operand = application.operands[0]
    count = operand.apply("full_like", value=1.0).apply("batch_sum")
    return g.apply("divide", count).apply("batch_broadcast", operand)


def _infer_batch_broadcast(operands: Types, given: Attributes) -> Types:
    require(not operands[0].batched and operands[1].batched, "batch_broadcast copies a batch-free array to a batch")
    return (ArrayType(operands[0].shape, operands[0].dtype, True),)


def _evaluate_batch_broadcast(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    return (np.broadcast_to(arrays[0], (arrays[1].shape[0], *arrays[0].shape)),)


def _broadcast_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if tangents[0] is None or application.result.type.dtype != "real":
        return (None,)
    return (tangents[0].apply("batch_broadcast", application.operands[1]),)


def _infer_batch_concatenate(operands: Types, given: Attributes) -> Types:
    first = operands[0]
    require(first.batched and first.dtype == "real", "batches of real arrays are joined")
    require(all(operand == first for operand in operands), "joined batches are of one type")
    return (first,)


def _unjoin(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
    if cotangents[0] is None:
        return None
    return cotangents[0].apply("batch_part", index=position, parts=len(application.operands))


def _batch_concatenate_jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
    if all(tangent is None for tangent in tangents):
        return (None,)
    first, *others = (
        operand.builder.zeros_like(operand) if tangent is None else tangent
        for operand, tangent in zip(application.operands, tangents, strict=True)
    )
    return (first.apply("batch_concatenate", *others),)


def _infer_batch_part(operands: Types, given: Attributes) -> Types:
    require(operands[0].batched and operands[0].dtype == "real", "a part is taken of a batched real array")
    require(0 <= given["index"] < given["parts"], f"there is no part {given['index']} of {given['parts']}")
    return (operands[0],)


def _evaluate_batch_part(arrays: Arrays, given: Attributes, types: Types) -> Arrays:
    require(len(arrays[0]) % given["parts"] == 0, f"a batch of {len(arrays[0])} has no {given['parts']} equal parts")
    return (np.split(arrays[0], given["parts"])[given["index"]],)


def _rejoin(g: Value, application: Application, given: Attributes) -> Value:
    zeros = g.builder.zeros_like(g)
    first, *others = (g if place == given["index"] else zeros for place in range(given["parts"]))
    return first.apply("batch_concatenate", *others)


BATCH: tuple[Operation, ...] = (
    Operation(
        "batch_sum",
        "the sum over the batch: a batch-free array",
        (1, 1),
        _infer_batch_sum,
        lambda arrays, given, types: (arrays[0].sum(axis=0),),
        make_adjoint_vjp(lambda g, application, given: g.apply("batch_broadcast", application.operands[0])),
        make_linear_jvp("batch_sum"),
        count_elements,
        mixes_samples=True,
    ),
    Operation(
        "batch_mean",
        "the mean over the batch: a batch-free array",
        (1, 1),
        _infer_batch_sum,
        lambda arrays, given, types: (arrays[0].mean(axis=0),),
        make_adjoint_vjp(_mean_adjoint),
        make_linear_jvp("batch_mean"),
        count_elements,
        mixes_samples=True,
    ),
    Operation(
        "batch_broadcast",
        "a copy of x for each sample of the batch that `like` has",
        (2, 2),
        _infer_batch_broadcast,
        _evaluate_batch_broadcast,
        make_adjoint_vjp(lambda g, application, given: g.apply("batch_sum")),
        _broadcast_jvp,
        count_nothing,
    ),
    Operation(
        "batch_concatenate",
        "several batches as one, their samples one after the other",
        (1, 64),
        _infer_batch_concatenate,
        lambda arrays, given, types: (np.concatenate(arrays),),
        _unjoin,
        _batch_concatenate_jvp,
        count_nothing,
        mixes_samples=True,
    ),
    Operation(
        "batch_part",
        "number `index` of the `parts` batches of equal size that were joined",
        (1, 1),
        _infer_batch_part,
        _evaluate_batch_part,
        make_adjoint_vjp(_rejoin),
        make_linear_jvp("batch_part"),
        count_nothing,
        attributes={"index": "integer", "parts": "integer"},
        mixes_samples=True,
    ),
)
