"""Second derivatives of a scalar along directions, in the cheaper of two forms.

By contraction: D^2 L [s, t] is the sum, over the operations f of L, of <dL/df, D^2 f [ds, dt]>, so that the tangents of
the directions go forward once, the cotangents of L back once, and nothing is differentiated twice (for a perceptron
Bishop 1992, Exact calculation of the Hessian matrix for the multilayer perceptron, Neural Computation 4, 494).
By columns: the tangent of dL/dv along each direction, forward over reverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from string import ascii_lowercase

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.copying import copy_method
from symdsl.plan.derivatives import (
    carry_tangents,
    find_dependent,
    gather_cotangents,
    pull_back,
    push_forward,
    refuse_mixing,
)
from symdsl.plan.nodes import ArrayType, Method, Module, Node
from symdsl.plan.operations.operation import Application
from symdsl.plan.operations.registry import operation_of
from symdsl.plan.value import Value

MOST_PAIRED = 4
"""Directions up to which operations of several operands are contracted pair by pair."""
MOST_DOTS = 4
"""Directions up to which entrywise operations are contracted pair by pair; beyond, by one matrix product."""
NO_MODULE = Module("Nothing", "", ())

Direction = Sequence[Value | None]
"""The tangent of each source; None is zero."""


@dataclass(frozen=True)
class SecondDerivatives:
    """`first` dL/ds of each source, None for zero; `second` (n, m): D^2 L [direction i, direction j], i < n."""

    first: tuple[Value | None, ...]
    second: Value


def second_derivatives(
    target: Value, sources: Sequence[Value], directions: Sequence[Direction], rows: int, wrt: int
) -> SecondDerivatives:
    """Derivatives of a scalar `target`, sample by sample.

    The first `rows` directions are the unit vectors of source `wrt`, in row-major order. Raises PlanError, and
    SampleMixingError where an operation mixes samples.
    """
    refuse_mixing([target], sources)
    builder = target.builder
    dependent = find_dependent(builder, sources, [target])
    moving = {source.index for source in sources} | set(dependent)
    curved = [index for index in dependent if _is_curved(builder, index, moving)]
    several = [index for index in curved if not operation_of(builder.node_at(index).op).entrywise]
    if several and rows > MOST_PAIRED:
        return by_columns(target, sources, directions, wrt)
    return _by_contraction(target, sources, directions, rows, curved)


def by_columns(
    target: Value, sources: Sequence[Value], directions: Sequence[Direction], wrt: int
) -> SecondDerivatives:
    """D^2 L [unit vector i of source `wrt`, direction j] for any directions: a tangent of dL/dv for each."""
    refuse_mixing([target], sources)
    builder = target.builder
    first = pull_back([target], [target.apply("full_like", value=1.0)], sources)
    slope, size = first[wrt], prod(sources[wrt].shape)
    columns = []
    for direction in directions:
        found = None if slope is None else push_forward(*_moving(sources, direction), [slope])[0]
        columns.append(flat(builder.zeros_like(sources[wrt]) if found is None else found))
    joined = builder.add("concatenate", *columns, axis=0).apply("split", axis=0, sizes=(len(columns), size))
    return SecondDerivatives(first, joined.apply("transpose", permutation=(1, 0)))


def _by_contraction(
    target: Value, sources: Sequence[Value], directions: Sequence[Direction], rows: int, curved: Sequence[int]
) -> SecondDerivatives:
    builder = target.builder
    cotangents = gather_cotangents([target], [target.apply("full_like", value=1.0)], sources)
    tangents = [carry_tangents(*_moving(sources, direction), [target]) for direction in directions]
    total: Value | None = None
    for index in curved:
        adjoints = cotangents.slots.get(index)
        if adjoints is None:
            continue
        node = builder.node_at(index)
        operands = [builder.value(operand) for operand in node.operands]
        moved = [[known.get(operand, (None,))[0] for operand in node.operands] for known in tangents]
        entrywise = operation_of(node.op).entrywise
        contract = _entrywise_term if entrywise else _paired_term
        term = contract(builder, node, operands, adjoints, moved, rows)
        total = term if total is None else total + term
    if total is None:
        total = target.apply("full_like", value=0.0)
        total = total.apply("expand", axis=0).apply("expand", axis=0)
        total = total.apply("broadcast", shape=(rows, len(directions)))
    return SecondDerivatives(tuple(cotangents.of(source) for source in sources), total)


def _entrywise_term(
    builder: MethodBuilder, node: Node, operands: list[Value], adjoints: Sequence[Value | None],
    moved: list[list[Value | None]], rows: int,
) -> Value:  # fmt: skip
    """sum_k dL/df_k f''(x_k) s_k t_k for each pair of directions: (rows, directions)."""
    (operand,), adjoint = operands, adjoints[0]
    assert adjoint is not None
    one = operand.apply("full_like", value=1.0)
    (curvature,) = copy_method(builder, NO_MODULE, _local(node, (operand.type,), (True,)), [operand, one, one])
    weight = adjoint * curvature
    tangents = [each[0] for each in moved]
    if rows > MOST_DOTS:
        stacked = _stacked([operand.apply("full_like", value=0.0) if each is None else each for each in tangents])
        weighted = stacked * flat(weight).apply("expand", axis=0)
        return weighted.apply("slice", axis=0, start=0, stop=rows).apply("einsum", stacked, subscripts="ia,ja->ij")
    terms: dict[tuple[int, int], Value | None] = {}
    for row, left in enumerate(tangents[:rows]):
        scaled = None if left is None else weight * left
        for column in range(row, len(tangents)):
            right = tangents[column]
            terms[row, column] = None if scaled is None or right is None else _dot(scaled, right)
    return _symmetric(builder, operand, terms, rows, len(tangents))


def _paired_term(
    builder: MethodBuilder, node: Node, operands: list[Value], adjoints: Sequence[Value | None],
    moved: list[list[Value | None]], rows: int,
) -> Value:  # fmt: skip
    """<dL/df, D^2 f [s, t]> for each pair of directions: (rows, directions)."""
    moving = tuple(any(tangents[place] is not None for tangents in moved) for place in range(len(operands)))
    local = _local(node, tuple(operand.type for operand in operands), moving)
    filled = [
        [
            builder.zeros_like(operand) if tangent is None else tangent
            for operand, tangent, moves in zip(operands, tangents, moving, strict=True)
            if moves
        ]
        for tangents in moved
    ]
    still = [all(tangent is None for tangent in tangents) for tangents in moved]
    terms: dict[tuple[int, int], Value | None] = {}
    for row in range(rows):
        for column in range(row, len(moved)):
            if still[row] or still[column]:
                terms[row, column] = None
                continue
            bent = copy_method(builder, NO_MODULE, local, [*operands, *filled[row], *filled[column]])
            parts = [
                _dot(adjoint, each) for adjoint, each in zip(adjoints, bent, strict=True) if adjoint is not None
            ]
            terms[row, column] = sum(parts[1:], start=parts[0])
    return _symmetric(builder, operands[0], terms, rows, len(moved))


def _local(node: Node, types: tuple[ArrayType, ...], moving: tuple[bool, ...]) -> Method:
    """D^2 f [s, t] of one operation: arguments are its operands, then s and then t of those that move.

    In a method of its own no tangent can be mistaken for an equal value that moves.
    """
    builder = MethodBuilder("curvature")
    operands = [builder.argument(f"x{place}", type) for place, type in enumerate(types)]
    first, second = (
        [
            builder.argument(f"{name}{place}", type) if moves else None
            for place, (type, moves) in enumerate(zip(types, moving, strict=True))
        ]
        for name in "st"
    )
    results = builder.add_many(node.op, *operands, **node.attributes)
    rule = operation_of(node.op)
    tangents = rule.jvp(Application(tuple(operands), results, node.attributes), first)
    pairs = [(operand, t) for operand, t in zip(operands, second, strict=True) if t is not None]
    sources, along = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for place, (tangent, result) in enumerate(zip(tangents, results, strict=True)):
        bent = None if tangent is None else push_forward(sources, along, [tangent])[0]
        builder.output(f"y{place}", builder.zeros_like(result) if bent is None else bent)
    return builder.build()


def _is_curved(builder: MethodBuilder, index: int, moving: set[int]) -> bool:
    """Whether an operation is not linear in what moves: its tangent depends on its operands."""
    node = builder.node_at(index)
    if node.op == "item":
        return False
    types = tuple(builder.value(operand).type for operand in node.operands)
    local = _local(node, types, tuple(operand in moving for operand in node.operands))
    return any(local.nodes[output].op != "full_like" for output in local.outputs)


def _moving(sources: Sequence[Value], direction: Direction) -> tuple[list[Value], list[Value]]:
    pairs = [(source, tangent) for source, tangent in zip(sources, direction, strict=True) if tangent is not None]
    return [source for source, _ in pairs], [tangent for _, tangent in pairs]


def _symmetric(
    builder: MethodBuilder, like: Value, terms: dict[tuple[int, int], Value | None], rows: int, columns: int
) -> Value:
    """The matrix (rows, columns) of numbers, of which those with row <= column are given; None is zero."""
    some = next((term for term in terms.values() if term is not None), None)
    if some is None:
        some = like.apply("full_like", value=0.0)
        some = some.apply("sum", axes=tuple(range(some.rank))) if some.rank else some
    zero = builder.zeros_like(some)
    entries = []
    for row in range(rows):
        for column in range(columns):
            term = terms[min(row, column), max(row, column)]
            entries.append((zero if term is None else term).apply("expand", axis=0))
    joined = builder.add("concatenate", *entries, axis=0) if len(entries) > 1 else entries[0]
    return joined.apply("split", axis=0, sizes=(rows, columns))


def _dot(left: Value, right: Value) -> Value:
    """The sum of the products of all entries."""
    letters = ascii_lowercase[: left.rank]
    return left.apply("einsum", right, subscripts=f"{letters},{letters}->") if left.rank else left * right


def _stacked(values: Sequence[Value]) -> Value:
    """Flattened, as rows of a matrix."""
    rows = [flat(value).apply("expand", axis=0) for value in values]
    return rows[0].builder.add("concatenate", *rows, axis=0)


def flat(value: Value) -> Value:
    """All entries as a vector, in row-major order."""
    if value.rank == 0:
        return value.apply("expand", axis=0)
    return value if value.rank == 1 else value.apply("merge", axis=0, count=value.rank)
