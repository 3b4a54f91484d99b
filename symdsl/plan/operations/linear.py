"""Derivative rules shared by operations that are linear in some or all of their operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from symdsl.plan.operations.elementwise import add_all
from symdsl.plan.operations.operation import Application, Attributes, Jvp, Vjp

if TYPE_CHECKING:
    from symdsl.plan.value import Value


def make_linear_jvp(operation: str) -> Jvp:
    """The tangent of an operation that is linear in operand 0 and constant in the others."""

    def jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
        tangent = tangents[0]
        if tangent is None:
            return (None,)
        others = application.operands[1:]
        return (tangent.builder.add(operation, tangent, *others, **application.attributes),)

    return jvp


def make_multilinear_jvp(operation: str, factors: int | None = None) -> Jvp:
    """The tangent of an operation linear in each of its first `factors` operands (all by default).

    An operand after these is added to the result (a bias), so that its tangent is the result's.
    """

    def jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
        count = len(application.operands) if factors is None else factors
        parts: list[Value | None] = []
        for position, tangent in enumerate(tangents):
            if tangent is None:
                continue
            if position >= count:
                raise AssertionError(f"{operation}: a bias needs its own rule")
            operands = list(application.operands[:count])
            operands[position] = tangent
            parts.append(tangent.builder.add(operation, *operands, **application.attributes))
        return (add_all(parts),)

    return jvp


def make_adjoint_vjp(adjoint: Callable[[Value, Application, Attributes], Value | None]) -> Vjp:
    """The rule of an operation linear in operand 0: `adjoint(g, application, attributes)` is its transpose."""

    def vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
        cotangent = cotangents[0]
        if cotangent is None or position != 0:
            return None
        return adjoint(cotangent, application, application.attributes)

    return vjp
