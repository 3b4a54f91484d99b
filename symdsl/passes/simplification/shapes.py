"""Rules of axes: maps that do nothing, and pairs that undo or join each other."""

from __future__ import annotations

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Node
from symdsl.plan.operations.operation import Attributes
from symdsl.plan.value import Value


def simplify_shape(
    builder: MethodBuilder, operation: str, operands: tuple[Value, ...], attributes: Attributes
) -> Value | None:
    """One step of simplification of an operation on axes; None where nothing applies."""
    if not operands:
        return None
    x = operands[0]
    if _does_nothing(operation, operands, attributes):
        return x
    if operation in ("sum", "mean"):
        return _reduce(operation, x, attributes)
    inner = builder.node_at(x.index)
    if not inner.operands or inner.op in ("call", "item"):
        return None
    return _join_pair(operation, attributes, inner, builder.value(inner.operands[0]))


def _does_nothing(operation: str, operands: tuple[Value, ...], given: Attributes) -> bool:
    x = operands[0]
    if operation == "transpose":
        return given["permutation"] == tuple(range(x.rank))
    if operation == "merge":
        return given["count"] == 1
    if operation == "split":
        return len(given["sizes"]) == 1
    if operation == "broadcast":
        return given["shape"] == x.shape
    if operation == "slice":
        return (given["start"], given["stop"], given["step"]) == (0, x.shape[given["axis"]], 1)
    if operation == "pad":
        return not any((*given["low"], *given["high"]))
    if operation == "concatenate":
        return len(operands) == 1
    if operation in ("sum", "mean", "max", "min", "flip"):
        return given["axes"] == ()
    if operation == "roll":
        return x.shape[given["axis"]] == 0 or given["shift"] % x.shape[given["axis"]] == 0
    return operation == "cast" and given["dtype"] == x.type.dtype


def _reduce(operation: str, x: Value, given: Attributes) -> Value | None:
    axes = given["axes"]
    short = tuple(axis for axis in axes if x.shape[axis] == 1)
    if short:
        # The long axes first, so that the numbers of the short ones stay right when they are squeezed from behind.
        long = tuple(axis for axis in axes if axis not in short)
        for axis in reversed(short):
            x = x.apply("squeeze", axis=axis)
        remaining = tuple(axis - sum(one < axis for one in short) for axis in long)
        return x.apply(operation, axes=remaining) if remaining else x
    node = x.builder.node_at(x.index)
    if operation == "sum" and node.op == "sum":
        kept = [axis for axis in range(x.rank + len(node.attributes["axes"])) if axis not in node.attributes["axes"]]
        joined = (*node.attributes["axes"], *(kept[axis] for axis in axes))
        return x.builder.value(node.operands[0]).apply("sum", axes=joined)
    return None


def _join_pair(operation: str, given: Attributes, inner: Node, x: Value) -> Value | None:
    """operation(inner(x)) as one operation, or as x."""
    before = inner.attributes
    if operation == "transpose" and inner.op == "transpose":
        return x.apply("transpose", permutation=tuple(before["permutation"][axis] for axis in given["permutation"]))
    if operation == "squeeze" and inner.op == "expand" and given["axis"] == before["axis"]:
        return x
    if operation == "expand" and inner.op == "squeeze" and given["axis"] == before["axis"]:
        return x
    if operation == "merge" and inner.op == "split" and given["axis"] == before["axis"]:
        return x if given["count"] == len(before["sizes"]) else None
    if operation == "split" and inner.op == "merge" and given["axis"] == before["axis"]:
        axis, count = before["axis"], before["count"]
        return x if given["sizes"] == x.shape[axis : axis + count] else None
    if operation == "broadcast" and inner.op == "broadcast":
        return x.apply("broadcast", shape=given["shape"])
    if operation == "flip" and inner.op == "flip" and given["axes"] == before["axes"]:
        return x
    if operation == "slice":
        return _slice_pair(given, inner, x)
    return None


def _slice_pair(given: Attributes, inner: Node, x: Value) -> Value | None:
    axis, start, stop, step = given["axis"], given["start"], given["stop"], given["step"]
    before = inner.attributes
    if inner.op == "slice" and before["axis"] == axis and before["step"] == 1:
        shift = before["start"]
        return x.apply("slice", axis=axis, start=start + shift, stop=stop + shift, step=step)
    if inner.op == "concatenate" and before["axis"] == axis:
        behind = 0
        for index in inner.operands:
            part = x.builder.value(index)
            size = part.shape[axis]
            if behind <= start and stop <= behind + size:
                return part.apply("slice", axis=axis, start=start - behind, stop=stop - behind, step=step)
            behind += size
    if inner.op == "pad":
        low, size = before["low"][axis], x.shape[axis]
        if low <= start and stop <= low + size:
            cut = x.apply("slice", axis=axis, start=start - low, stop=stop - low, step=step)
            lows, highs = list(before["low"]), list(before["high"])
            lows[axis] = highs[axis] = 0
            return cut.apply("pad", low=tuple(lows), high=tuple(highs), value=before["value"])
    return None
