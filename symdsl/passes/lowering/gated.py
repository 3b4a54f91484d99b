"""Gates: scalars through silu, every other copy times the sigmoid of its own scalar."""

from __future__ import annotations

from symdsl.ir.graph import Node
from symdsl.ir.operations.equivariant import Gated, copies_of, number_of_gates
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _gated(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, Gated)
    (x,) = operands
    if not number_of_gates(attributes.output):
        return builder.add("silu", x)
    gate, parts = 0, []
    start = number_of_gates(attributes.output)
    for copies, kind in copies_of(attributes.output):
        stop = start + copies * kind.dimension
        part = builder.add("slice", x, axis=0, start=start, stop=stop, step=1)
        if kind.is_permutation:
            parts.append(builder.add("silu", part))
        else:
            scalars = builder.add("slice", x, axis=0, start=gate, stop=gate + copies, step=1)
            opened = builder.add("expand", builder.add("sigmoid", scalars), axis=1)
            block = builder.add("split", part, axis=0, sizes=(copies, kind.dimension))
            parts.append(builder.add("merge", builder.add("multiply", block, opened), axis=0, count=2))
            gate += copies
        start = stop
    return parts[0] if len(parts) == 1 else builder.add("concatenate", *parts, axis=0)


GATED = InlineRule(_gated)
