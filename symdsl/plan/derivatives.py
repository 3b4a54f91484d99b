"""Reverse and forward accumulation over the nodes of a method under construction."""

from __future__ import annotations

from collections.abc import Sequence

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError, SampleMixingError
from symdsl.plan.nodes import ArrayType
from symdsl.plan.operations.operation import Application
from symdsl.plan.operations.registry import LEAVES, operation_of
from symdsl.plan.value import Value


def find_dependent(
    builder: MethodBuilder, sources: Sequence[Value], targets: Sequence[Value], fixed: Sequence[Value] = ()
) -> list[int]:
    """The nodes on a path from a source to a target, sources excluded, in order; no path leads through `fixed`."""
    begins = {source.index for source in sources}
    cut = begins | {value.index for value in fixed}
    reached: set[int] = set()
    pending = [target.index for target in targets]
    while pending:
        index = pending.pop()
        if index not in reached:
            reached.add(index)
            if index not in cut:
                pending.extend(builder.node_at(index).operands)
    dependent: set[int] = set()
    for index in sorted(reached - cut):
        if any(operand in dependent or operand in begins for operand in builder.node_at(index).operands):
            dependent.add(index)
    return sorted(dependent)


def _application(builder: MethodBuilder, index: int) -> Application:
    node = builder.node_at(index)
    operands = tuple(builder.value(operand) for operand in node.operands)
    return Application(operands, builder.results_of(index), node.attributes)


def settle_cotangent(cotangent: Value, type: ArrayType) -> Value:
    """The cotangent summed over the axes, and the batch, along which the operand was stretched."""
    builder = cotangent.builder
    if cotangent.type.batched and not type.batched:
        cotangent = cotangent.apply("batch_sum")
    cotangent = builder.sum_to(cotangent, type.shape)
    if cotangent.type != type:
        raise PlanError(f"a cotangent of type {cotangent.type} meets a value of type {type}")
    return cotangent


def settle_tangent(tangent: Value, primal: Value) -> Value:
    """The tangent stretched to the type of the value that it belongs to."""
    if tangent.shape != primal.shape:
        tangent = tangent.apply("broadcast", shape=primal.shape)
    if primal.type.batched and not tangent.type.batched:
        tangent = tangent.apply("batch_broadcast", primal)
    if tangent.type != primal.type:
        raise PlanError(f"a tangent of type {tangent.type} meets a value of type {primal.type}")
    return tangent


class Cotangents:
    """The cotangents gathered so far: node -> one for each of its results, None while it is zero."""

    def __init__(self, builder: MethodBuilder) -> None:
        self._builder = builder
        self.slots: dict[int, list[Value | None]] = {}

    def of(self, value: Value) -> Value | None:
        """The cotangent of a node with one result."""
        return self.slots.get(value.index, [None])[0]

    def deposit(self, index: int, place: int, cotangent: Value) -> None:
        """Add a contribution to result `place` of node `index`."""
        slots = self.slots.setdefault(index, [None] * len(self._builder.node_at(index).types))
        before = slots[place]
        slots[place] = cotangent if before is None else before + cotangent


def pull_back(
    targets: Sequence[Value], cotangents: Sequence[Value], sources: Sequence[Value]
) -> tuple[Value | None, ...]:
    """Reverse accumulation: for each source the sum over targets of (d target / d source)^T cotangent; None is zero.

    Sources are cut: a source that another source depends on is held fixed there. Raises PlanError.
    """
    gathered = gather_cotangents(targets, cotangents, sources)
    return tuple(gathered.of(source) for source in sources)


def gather_cotangents(targets: Sequence[Value], cotangents: Sequence[Value], sources: Sequence[Value]) -> Cotangents:
    """As `pull_back`, with the cotangents of all nodes on the way."""
    builder = targets[0].builder
    gathered = Cotangents(builder)
    for target, cotangent in zip(targets, cotangents, strict=True):
        gathered.deposit(target.index, 0, settle_cotangent(cotangent, target.type))
    dependent = find_dependent(builder, sources, targets)
    moving = {source.index for source in sources} | set(dependent)
    for index in reversed(dependent):
        slots = gathered.slots.get(index)
        node = builder.node_at(index)
        if slots is None:
            continue
        if node.op == "item":
            if slots[0] is not None:
                gathered.deposit(node.operands[0], node.attributes["index"], slots[0])
            continue
        if node.op in ("call", *LEAVES):
            raise PlanError(f"{node.op} inside a differentiated method: inline its calls first")
        application, rule = _application(builder, index), operation_of(node.op)
        with builder.from_origin(node.origin):
            for position, operand in enumerate(application.operands):
                if operand.index not in moving or operand.type.dtype != "real":
                    continue
                contribution = rule.vjp(application, tuple(slots), position)
                if contribution is not None:
                    gathered.deposit(operand.index, 0, settle_cotangent(contribution, operand.type))
    return gathered


def push_forward(
    sources: Sequence[Value], tangents: Sequence[Value], targets: Sequence[Value], fixed: Sequence[Value] = ()
) -> tuple[Value | None, ...]:
    """Forward accumulation: the tangent of each target; None is zero. `fixed` values do not move. Raises PlanError."""
    known = carry_tangents(sources, tangents, targets, fixed)
    return tuple(known.get(target.index, (None,))[0] for target in targets)


def carry_tangents(
    sources: Sequence[Value], tangents: Sequence[Value], targets: Sequence[Value], fixed: Sequence[Value] = ()
) -> dict[int, tuple[Value | None, ...]]:
    """As `push_forward`, with the tangents of all nodes on the way: node -> one for each of its results."""
    builder = targets[0].builder
    known: dict[int, tuple[Value | None, ...]] = {
        source.index: (settle_tangent(tangent, source),) for source, tangent in zip(sources, tangents, strict=True)
    }
    for index in find_dependent(builder, sources, targets, fixed):
        node = builder.node_at(index)
        if node.op == "item":
            known[index] = (known[node.operands[0]][node.attributes["index"]],)
            continue
        if node.op in ("call", *LEAVES):
            raise PlanError(f"{node.op} inside a differentiated method: inline its calls first")
        application, rule = _application(builder, index), operation_of(node.op)
        given = [known.get(operand, (None,))[0] for operand in node.operands]
        with builder.from_origin(node.origin):
            found = rule.jvp(application, given)
            pairs = zip(found, application.results, strict=True)
            known[index] = tuple(None if one is None else settle_tangent(one, primal) for one, primal in pairs)
    return known


def refuse_mixing(targets: Sequence[Value], sources: Sequence[Value]) -> None:
    """Raise SampleMixingError if a batched source meets, on its way to a target, an operation that mixes samples."""
    batched = [source for source in sources if source.type.batched]
    if not batched:
        return
    builder = targets[0].builder
    for index in find_dependent(builder, batched, targets):
        node = builder.node_at(index)
        if node.op != "item" and operation_of(node.op).mixes_samples:
            raise SampleMixingError(f"a per-sample derivative passes through {node.op}, which mixes the samples")
        if node.op != "item" and operation_of(node.op).changes_rows and any(one.type.rows for one in targets):
            raise SampleMixingError(f"a derivative for each row passes through {node.op}, which mixes rows of a sample")
