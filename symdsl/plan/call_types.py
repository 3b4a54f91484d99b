"""The types of the results of a call: a method written for samples may be called with rows of any kind."""

from __future__ import annotations

from dataclasses import replace

from symdsl.plan.errors import PlanError
from symdsl.plan.nodes import ArrayType, Method
from symdsl.plan.operations.operation import common_rows


def types_of_call(callee: Method, given: tuple[ArrayType, ...]) -> tuple[ArrayType, ...]:
    """The types of the outputs for operands of these types. Raises PlanError where they do not fit.

    A method whose batched arguments and outputs all have the rows of samples treats row by row; called with rows of
    another kind, it gives such rows.
    """
    wanted = tuple(callee.nodes[index].type for index in callee.arguments)
    results = tuple(callee.nodes[index].type for index in callee.outputs)
    if wanted == given:
        return results
    if not any(type.rows for node in callee.nodes for type in node.types):
        rows = common_rows(given)
        if tuple(_in_rows(type, rows) for type in wanted) == given:
            return tuple(_in_rows(type, rows) for type in results)
    raise PlanError(f"the called method takes {wanted}, not {given}")


def _in_rows(type: ArrayType, rows: str) -> ArrayType:
    return replace(type, rows=rows) if type.batched else type
