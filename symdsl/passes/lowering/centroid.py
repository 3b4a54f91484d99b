"""Means over points, and the same point subtracted from or added to all of them."""

from __future__ import annotations

from typing import Literal

from symdsl.groups.actions.points import Points
from symdsl.ir.graph import Node
from symdsl.ir.operations.centroid import Centre, Centroid, Displace, points_of_value
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def _centroid(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Centroid)
    found = [points_of_value(node.attributes.symmetry, value) for value in types]
    total = sum(points.count for points in found)
    result: Value | None = None
    for points, operand in zip(found, operands, strict=True):
        mean = _mean(builder, operand, points)
        if points.count < total:
            mean = builder.add("multiply", mean, builder.full((), points.count / total))
        result = mean if result is None else builder.add("add", result, mean)
    assert result is not None
    return result


def _mean(builder: MethodBuilder, operand: Value, points: Points) -> Value:
    """The mean (d,) of the points of an array."""
    if points.at is not None:
        axis, index = points.at
        operand = builder.add("slice", operand, axis=axis, start=index, stop=index + 1, step=1)
    return builder.add("mean", operand, axes=points.others) if points.others else operand


def _centre(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Centre)
    return _moved(builder, operands, points_of_value(node.attributes.symmetry, types[0]), "subtract")


def _displace(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    assert isinstance(node.attributes, Displace)
    return _moved(builder, operands, points_of_value(node.attributes.symmetry, node.attributes.target), "add")


def _moved(
    builder: MethodBuilder, operands: tuple[Value, ...], points: Points, operation: Literal["add", "subtract"]
) -> Value:
    """The array with the point added to or subtracted from every point of it."""
    array, origin = operands
    for axis in points.others:
        origin = builder.add("expand", origin, axis=axis)
    if points.at is None:
        return builder.add(operation, array, origin)
    axis, index = points.at
    bounds = ((0, index), (index, index + 1), (index + 1, points.shape[axis]))
    parts = []
    for start, stop in bounds:
        if start < stop:
            part = builder.add("slice", array, axis=axis, start=start, stop=stop, step=1)
            parts.append(builder.add(operation, part, origin) if start == index else part)
    return builder.add("concatenate", *parts, axis=axis)


CENTROID = InlineRule(_centroid)
CENTRE = InlineRule(_centre)
DISPLACE = InlineRule(_displace)
