"""A module that draws elements of a group and moves an array by them, run by the interpreter, and its elements."""

from __future__ import annotations

import numpy as np

from symdsl.groups.actions.action import Action
from symdsl.groups.arrays.matrices import block_diagonal
from symdsl.groups.group import Group
from symdsl.passes.lowering.objectives.actions import Mover
from symdsl.passes.lowering.objectives.constants import ConstantTables
from symdsl.passes.lowering.objectives.elements import Draw
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.verify import verify_module

Array = np.ndarray


def drawn(
    group: Group,
    count: int,
    action: Action | None = None,
    array: Array | None = None,
    bound: float = 2.0,
    seed: int = 0,
) -> tuple[Array, Array | None]:
    """`count` elements as defining matrices (count, d, d), and the array, one sample for each, moved by them."""
    builder, tables = MethodBuilder("move"), ConstantTables()
    draw = Draw(builder, tables, bound)
    elements = tuple(draw.element(factor) for factor in group.parts)
    mover = Mover(builder, tables, elements)
    for place, element in enumerate(elements):
        builder.output(f"m{place}", mover.matrix(element))
    given = []
    if action is not None and array is not None:
        builder.output("moved", mover.move(action, builder.argument("x", ArrayType(action.shape, batched=True))))
        given = [array]
    module = Module("Moves", "", (builder.build(),), constants=tables.constants())
    verify_module(module)
    generator = np.random.default_rng(seed)
    noise = [
        (generator.random if each.kind == "uniform" else generator.standard_normal)((count, *each.type.shape))
        for each in draw.noise
    ]
    found, _ = interpret(module, "move", [*noise, *given], {}, {})
    matrices = block_diagonal(list(found[: len(elements)]))
    return matrices, found[len(elements)] if given else None
