"""Simplifies a method: fewer operations, the same values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from symdsl.passes.simplification.arithmetic import simplify_arithmetic
from symdsl.passes.simplification.batch import delay_copies, refer_to_argument, strip_copies
from symdsl.passes.simplification.products import simplify_einsum
from symdsl.passes.simplification.shapes import simplify_shape
from symdsl.passes.simplification.uniform import fold_uniform, shrink_uniform
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import rewrite_method
from symdsl.plan.nodes import Method
from symdsl.plan.operations.canonical import canonicalise
from symdsl.plan.operations.operation import Attributes
from symdsl.plan.operations.registry import operation_of
from symdsl.plan.value import Value

Rule: TypeAlias = Callable[[MethodBuilder, str, tuple[Value, ...], Attributes], Value | None]

# Each rule returns a simpler value of the same type, or None; the first that applies is taken.
RULES: tuple[Rule, ...] = (
    fold_uniform,
    simplify_shape,
    refer_to_argument,
    shrink_uniform,
    strip_copies,
    delay_copies,
    simplify_arithmetic,
    simplify_einsum,
)


class SimplifyingBuilder(MethodBuilder):
    """A builder that puts each operation in its simplest form as it is added; values that rules make are too."""

    def add_many(
        self, operation: str, *operands: Value, name: str | None = None, **attributes: Any
    ) -> tuple[Value, ...]:
        """As MethodBuilder.add_many, after simplification."""
        rule = operation_of(operation)
        canonical = canonicalise(rule, [value.type for value in operands], attributes)
        for simplify_one in RULES:
            simpler = simplify_one(self, operation, operands, canonical)
            if simpler is not None:
                self.suggest_name(simpler, name)
                return (simpler,)
        return super().add_many(operation, *operands, name=name, **attributes)


def simplify(method: Method) -> Method:
    """The same function of the same arguments, with fewer operations.

    Equal operations are shared, dead ones dropped; numbers are folded, neutral elements, signs, double transposes
    and reshapes cancelled, copies to the batch avoided. A product with an exact 0 is 0, whatever the other factor.
    """
    while True:
        simpler = _simplify_once(method)
        if simpler == method or len(simpler.nodes) >= len(method.nodes):
            return simpler
        method = simpler


def _simplify_once(method: Method) -> Method:
    builder = SimplifyingBuilder(method.name, method.documentation)
    return rewrite_method(builder, method, lambda index, node, values: None)
