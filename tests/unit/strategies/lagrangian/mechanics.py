"""Lagrangians written out in plan operations, whose accelerations are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.euler_lagrange import EulerLagrange, MassSolve
from symdsl.ir.types import ValueType
from symdsl.passes.lowering import euler_lagrange
from symdsl.passes.lowering.rule import LoweringContext
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.value import Value

Array = NDArray[np.float64]
Write = Callable[..., Value]


def entry(value: Value, index: int) -> Value:
    """Number `index` of a vector."""
    return value.apply("slice", axis=0, start=index, stop=index + 1).apply("squeeze", axis=0)


def double_pendulum(q: Value, v: Value) -> Value:
    """Unit masses and lengths, g = 9.8 (Cranmer 2020, and its code)."""
    first, second = entry(q, 0), entry(q, 1)
    fast, slow = entry(v, 0), entry(v, 1)
    both = fast * slow * (first - second).apply("cos")
    kinetic = fast.apply("square") + 0.5 * slow.apply("square") + both
    return kinetic + 9.8 * (2.0 * first.apply("cos") + second.apply("cos"))


def particle(q: Value, v: Value) -> Value:
    """1 / sqrt(1 - v^2) + g q with g = 3: the Lagrangian of the paper's code."""
    return (1.0 - v.apply("square")).apply("power", exponent=-0.5) + 3.0 * q


def acceleration(
    write: Write, q: Sequence[Any] | Array, v: Sequence[Any] | Array, solve: MassSolve | None = None,
    half_band: int | None = None,
) -> Array:  # fmt: skip
    """a of a Lagrangian by the lowering of the Euler-Lagrange equation, in the interpreter: (N, *shape)."""
    arrays = [np.asarray(each, dtype=np.float64) for each in (q, v)]
    shape = arrays[0].shape[1:]
    builder = MethodBuilder("forward")
    places = [builder.argument(name, ArrayType(shape, batched=True)) for name in ("q", "v")]
    builder.output("lagrangian", write(*places))
    written = Module("Lagrangian", "A Lagrangian.", (builder.build(),))

    region = GraphBuilder()
    value = ValueType(shape=shape)
    for name in ("q", "v"):
        region.input(name, value)
    scalar = region.input("l", ValueType(shape=()))
    graph = GraphBuilder()
    operands = [graph.input(name, kind) for name, kind in (("q", value), ("v", value), ("l", ValueType(shape=())))]
    attributes = EulerLagrange(
        region=region.build({"lagrangian": scalar}), coordinates=("q",), velocities=("v",), solve=solve or MassSolve(),
        half_band=half_band,
    )  # fmt: skip
    node = graph.build({"a": graph.add(attributes, *operands)}).nodes[-1]
    context = LoweringContext(channels_last=False, lower_region=lambda graph, name: written)
    module = euler_lagrange.EULER_LAGRANGE.layer(node, (value, value), context)
    tables = {constant.name: constant.table.to_array() for constant in module.constants if constant.table is not None}
    (found,), _ = interpret(module, "acceleration", arrays, {}, tables)
    return np.asarray(found)
