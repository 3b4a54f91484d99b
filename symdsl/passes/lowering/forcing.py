"""Friction and control in plan operations."""

from __future__ import annotations

import math

from symdsl.ir.graph import Node
from symdsl.ir.operations.forcing import Forced
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import LayerRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Initial, Module, Parameter
from symdsl.plan.value import Value

SPREAD = 0.1
"""Standard deviation of the first entries of L: a little friction."""


def _forced(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, Forced)
    axis, shape = attributes.axis, types[0].shape
    momenta = math.prod(shape) // 2
    builder, parameters = MethodBuilder("forward"), list[Parameter]()
    names = _operands(attributes)
    field, *others = (builder.argument(name, ArrayType(kind.shape, batched=True))
                      for name, kind in zip(names, types, strict=True))  # fmt: skip
    velocity, force = (field.apply("slice", axis=axis, start=side, stop=side + 1, step=1) for side in (0, 1))

    def matrix(name: str, columns: int, kind: str, spread: float) -> Value:
        if kind == "given":
            return others[names.index(name) - 1]
        parameters.append(Parameter(name, (momenta, columns), Initial("normal", spread, columns)))
        return builder.parameter(name, (momenta, columns))

    if attributes.friction != "none":
        factor = matrix("friction", momenta, attributes.friction, SPREAD)
        slowed = builder.add("einsum", factor, flat(velocity), subscripts="ij,i->j")
        force = force - as_force(builder.add("einsum", factor, slowed, subscripts="ij,j->i"), force)
    if attributes.control != "none":
        given = flat(others[names.index("control") - 1])
        gain = matrix("actuation", given.shape[0], attributes.control, 1.0)
        force = force + as_force(builder.add("einsum", gain, given, subscripts="ij,j->i"), force)
    builder.output("field", builder.add("concatenate", velocity, force, axis=axis))
    documentation = "Friction -L L^T dq/dt and control G u, added to dp/dt."
    return Module("Forcing", documentation, (builder.build(),), parameters=tuple(parameters))


def _operands(attributes: Forced) -> list[str]:
    names = ["field", *(["friction"] if attributes.friction == "given" else [])]
    if attributes.control != "none":
        names += ["control", *(["actuation"] if attributes.control == "given" else [])]
    return names


def flat(array: Value) -> Value:
    """All axes in one; a single number becomes a row of one."""
    return array.apply("merge", axis=0, count=array.rank) if array.rank else array.apply("expand", axis=0)


def as_force(row: Value, like: Value) -> Value:
    """A flat row in the shape of dp/dt."""
    return row.apply("split", axis=0, sizes=like.shape)


FORCED = LayerRule(_forced)
