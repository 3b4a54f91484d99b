"""Derivatives of a fused operation from its reference decomposition into simpler operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from symdsl.plan.operations.operation import Application, Jvp, Vjp

if TYPE_CHECKING:
    from symdsl.plan.value import Value

Decompose: TypeAlias = "Callable[[tuple[Value, ...], Application], tuple[Value, ...]]"


def make_decomposed_rules(decompose: Decompose) -> tuple[Vjp, Jvp]:
    """The VJP and JVP of the operation that `decompose(operands, application)` writes out in simpler ones.

    Intermediate values are written again beside the fused operation; those that nothing needs are pruned.
    """

    def vjp(application: Application, cotangents: Sequence[Value | None], position: int) -> Value | None:
        # Imported here: accumulation reads the operation table that this family is a part of.
        from symdsl.plan.derivatives import pull_back

        if position != application.operands.index(application.operands[position]):
            return None  # the same value stands at an earlier place, where the whole cotangent is counted
        results = decompose(application.operands, application)
        given = [(value, g) for value, g in zip(results, cotangents, strict=True) if g is not None]
        if not given:
            return None
        targets, pulled = [value for value, _ in given], [g for _, g in given]
        return pull_back(targets, pulled, application.operands)[position]

    def jvp(application: Application, tangents: Sequence[Value | None]) -> tuple[Value | None, ...]:
        from symdsl.plan.derivatives import push_forward

        moving = [(value, t) for value, t in zip(application.operands, tangents, strict=True) if t is not None]
        if not moving:
            return (None,) * len(application.results)
        results = decompose(application.operands, application)
        return push_forward(
            [value for value, _ in moving], [tangent for _, tangent in moving], results, application.operands
        )

    return vjp, jvp
