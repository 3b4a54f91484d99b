"""Scalars from vectors by contraction with invariant forms; tensors from vectors by contraction with coefficients."""

from __future__ import annotations

import math

import numpy as np

from symdsl.groups.actions.placement import Placement, placement_of
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.maps.invariant_forms import bilinear_forms, is_symmetric, volume_forms
from symdsl.ir.graph import Node
from symdsl.ir.operations.invariants import ArrangePoints, CombineVectors, InvariantPairings, placements
from symdsl.ir.operations.points import setting_and_factors
from symdsl.ir.types import ValueType
from symdsl.passes.lowering.rule import InlineRule, LayerRule, LoweringContext
from symdsl.passes.lowering.vector_algebra import VectorAlgebra
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.value import Value


def flat_points(builder: MethodBuilder, operand: Value, placement: Placement) -> Value:
    """The array as (points.., m)."""
    order = (*placement.points, *placement.rest)
    if order != tuple(range(len(order))):
        operand = builder.add("transpose", operand, permutation=order)
    lead = len(placement.points)
    if not placement.rest:
        return builder.add("expand", operand, axis=lead)
    count = len(placement.rest)
    return operand if count == 1 else builder.add("merge", operand, axis=lead, count=count)


def _parts(
    builder: MethodBuilder, operand: Value, placement: Placement, dimension: int
) -> list[tuple[tuple[bool, ...], Value]]:
    """Every block with its slots: scalars (.., copies), vectors (.., copies, d)."""
    flat, start, parts = flat_points(builder, operand, placement), 0, []
    axis = len(placement.points)
    for copies, slots in placement.blocks:
        stop = start + copies * dimension ** len(slots)
        part = builder.add("slice", flat, axis=axis, start=start, stop=stop, step=1)
        if slots:
            part = builder.add("split", part, axis=axis, sizes=(copies, dimension))
        parts.append((slots, part))
        start = stop
    return parts


def _take_scalars(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    setting, found = placements(node.attributes.symmetry, types, node.attributes.lead)  # type: ignore[attr-defined]
    dimension = setting.vector.dimension if setting.vector is not None else 1
    scalars = [
        part
        for operand, placement in zip(operands, found, strict=True)
        for slots, part in _parts(builder, operand, placement, dimension)
        if not slots
    ]
    return scalars[0] if len(scalars) == 1 else builder.add("concatenate", *scalars, axis=len(found[0].points))


def _take_vectors(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    setting, found = placements(node.attributes.symmetry, types, node.attributes.lead)  # type: ignore[attr-defined]
    assert setting.classical is not None
    algebra = VectorAlgebra(setting.classical)
    vectors = []
    for position, (value, placement) in enumerate(zip(types, found, strict=True)):
        operand = algebra.builder.argument(f"x_{position}", ArrayType(value.shape, batched=True))
        for slots, part in _parts(algebra.builder, operand, placement, setting.classical.dimension):
            if slots:
                vectors.append(algebra.raised(part) if slots[0] else part)
    axis = len(found[0].points)
    joined = vectors[0] if len(vectors) == 1 else algebra.builder.add("concatenate", *vectors, axis=axis)
    return algebra.module("TakeVectors", "The vectors among the operands; lower indices are raised.", joined)


def _invariant_pairings(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, InvariantPairings)
    setting, _ = setting_and_factors(attributes.symmetry, types[0])
    assert setting.classical is not None
    forms, volume = bilinear_forms(setting.classical), volume_forms(setting.classical)
    assert forms is not None
    algebra = VectorAlgebra(setting.classical)
    vectors = algebra.builder.argument("vectors", ArrayType(types[0].shape, batched=True))
    count = types[0].shape[-2]
    values = [
        _pairs(algebra, vectors, form, f"form_{number}", count)
        for number, form in enumerate(forms)
        if count > 1 or is_symmetric(form)
    ]
    if volume is not None and count >= volume.ndim - 1:
        filled = algebra.filled_volume(vectors, 0)
        scale = algebra.number(1.0 / math.sqrt(math.factorial(volume.ndim - 1)))
        values.append(algebra.builder.add("multiply", filled, scale))
    axis = len(types[0].shape) - 2
    joined = values[0] if len(values) == 1 else algebra.builder.add("concatenate", *values, axis=axis)
    return algebra.module("InvariantPairings", "The values of the invariant forms on pairs of vectors.", joined)


def _pairs(algebra: VectorAlgebra, vectors: Value, form: Array, name: str, count: int) -> Value:
    """F(v_i, v_j) / sqrt(d) for i <= j, or i < j where F is alternating."""
    lead = algebra.lead(vectors.shape[:-2])
    scaled = form / math.sqrt(len(form))
    table = algebra.table(name, scaled)
    mapped = algebra.builder.add("einsum", vectors, table, subscripts=f"{lead}kd,ed->{lead}ke")
    gram = algebra.builder.add("einsum", vectors, mapped, subscripts=f"{lead}kd,{lead}ld->{lead}kl")
    rows, columns = np.triu_indices(count, 0 if is_symmetric(form) else 1)
    flat = algebra.builder.add("merge", gram, axis=len(lead), count=2)
    chosen = algebra.integers(f"pairs_of_{name}", rows * count + columns)
    return algebra.builder.add("take", flat, chosen, axis=len(lead))


def _combine_vectors(node: Node, types: tuple[ValueType, ...], context: LoweringContext) -> Module:
    attributes = node.attributes
    assert isinstance(attributes, CombineVectors)
    setting, _ = setting_and_factors(attributes.symmetry, types[0])
    assert setting.classical is not None
    algebra = VectorAlgebra(setting.classical)
    coefficients = algebra.builder.argument("coefficients", ArrayType(types[0].shape, batched=True))
    vectors = None
    if len(types) == 2:
        vectors = algebra.builder.argument("vectors", ArrayType(types[1].shape, batched=True))
    start, parts = 0, []
    for copies, slots in attributes.blocks:
        part, start = algebra.block(coefficients, vectors, copies, slots, start)
        parts.append(part)
    axis = len(types[0].shape) - 1
    joined = parts[0] if len(parts) == 1 else algebra.builder.add("concatenate", *parts, axis=axis)
    return algebra.module("CombineVectors", "Vectors and their tensor products, with invariant coefficients.", joined)


def _arrange_points(
    node: Node,
    builder: MethodBuilder,
    operands: tuple[Value, ...],
    types: tuple[ValueType, ...],
    context: LoweringContext,
) -> Value:
    attributes = node.attributes
    assert isinstance(attributes, ArrangePoints)
    setting, _ = setting_and_factors(attributes.symmetry, types[0])
    placement = placement_of(attributes.target.actions[attributes.symmetry], setting)
    assert placement is not None
    shape, lead = node.type.shape, len(placement.points)
    sizes = tuple(shape[axis] for axis in placement.rest)
    (value,) = operands
    if not sizes:
        value = builder.add("squeeze", value, axis=lead)
    elif len(sizes) > 1:
        value = builder.add("split", value, axis=lead, sizes=sizes)
    order = (*placement.points, *placement.rest)
    back = tuple(order.index(axis) for axis in range(len(order)))
    return value if back == tuple(range(len(back))) else builder.add("transpose", value, permutation=back)


TAKE_SCALARS = InlineRule(_take_scalars)
TAKE_VECTORS = LayerRule(_take_vectors)
INVARIANT_PAIRINGS = LayerRule(_invariant_pairings)
COMBINE_VECTORS = LayerRule(_combine_vectors)
ARRANGE_POINTS = InlineRule(_arrange_points)
