"""The layer of one symmetry: it draws an element for each sample, and moves the fields of the model by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from symdsl.check.spec import Model, Symmetry
from symdsl.groups.actions.action import Action
from symdsl.groups.group import Group
from symdsl.groups.ranges import Ranges
from symdsl.ir.actions import output_action
from symdsl.passes.lowering.lower import argument_name
from symdsl.passes.lowering.objectives.actions import Mover
from symdsl.passes.lowering.objectives.constants import ConstantTables
from symdsl.passes.lowering.objectives.elements import Draw, DrawnNoise, Element, element_type, form_of
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module
from symdsl.plan.value import Value

DRAW = "draw"
Side = Literal["inputs", "outputs"]


@dataclass(frozen=True)
class RandomMoves:
    """A child of the model: its name and module, its noise, and the fields that it moves on each side, in order."""

    name: str
    module: Module
    noise: tuple[DrawnNoise, ...]
    moving: Mapping[Side, tuple[str, ...]]

    def draw(self, builder: MethodBuilder, suffix: str = "") -> tuple[Value, ...]:
        """A new element for each sample, made of new noise of the caller."""
        noise = [builder.noise(f"{self.name}_{each.name}{suffix}", each.type, each.kind) for each in self.noise]
        return builder.call(self.module, self.name, DRAW, *noise)

    def move(self, side: Side, element: tuple[Value, ...], values: Mapping[str, Value]) -> dict[str, Value]:
        """All inputs or all outputs, those that the symmetry moves moved; the class of a label does not move."""
        fields = self.moving[side]
        if not fields:
            return dict(values)
        builder = element[0].builder
        moved = builder.call(self.module, self.name, f"move_{side}", *element, *(values[name] for name in fields))
        return {**values, **dict(zip(fields, moved, strict=True))}


def random_moves(name: str, class_name: str, model: Model, symmetry: Symmetry, bound: float) -> RandomMoves:
    """The layer of a symmetry, for the inputs and outputs of a model."""
    group, tables = symmetry.group, ConstantTables()
    assert group is not None
    ranges = None if symmetry.learned is None else symmetry.learned.ranges
    method, noise = _draw(group, ranges, bound, tables)
    methods = [method]
    sides: dict[Side, dict[str, Action]] = {
        "inputs": {each: symmetry.actions[each] for each in model.inputs},
        "outputs": {
            each: output_action(model.fields[each], symmetry.actions[each])
            for each in model.outputs
            if model.fields[each].kind != "label"
        },
    }
    moving: dict[Side, tuple[str, ...]] = {}
    for side, actions in sides.items():
        moved = {each: action for each, action in actions.items() if not action.is_trivial}
        moving[side] = tuple(moved)
        if moved:
            methods.append(_move(f"move_{side}", group, ranges, moved, tables))
    within = "" if ranges is None else " within its ranges"
    documentation = f"A random element of {group.name}{within} for each sample, and what it moves."
    module = Module(class_name, documentation, tuple(methods), constants=tables.constants())
    return RandomMoves(name, module, noise, moving)


def _draw(
    group: Group, ranges: Ranges | None, bound: float, tables: ConstantTables
) -> tuple[Method, tuple[DrawnNoise, ...]]:
    builder = MethodBuilder(DRAW, f"A random element of {group.name} for each sample.")
    draw = Draw(builder, tables, bound)
    for name, part in zip(_element_names(group), group.parts, strict=True):
        builder.output(name, draw.element(part).value if ranges is None else draw.parameters(ranges))
    return builder.build(), tuple(draw.noise)


def _move(
    name: str, group: Group, ranges: Ranges | None, actions: Mapping[str, Action], tables: ConstantTables
) -> Method:
    builder = MethodBuilder(name)
    elements = tuple(
        Element(part, form_of(part, ranges), builder.argument(each, element_type(part, ranges)), ranges)
        for each, part in zip(_element_names(group), group.parts, strict=True)
    )
    mover = Mover(builder, tables, elements)
    for field, action in actions.items():
        array = builder.argument(argument_name(field), ArrayType(action.shape, batched=True))
        builder.output(argument_name(field), mover.move(action, array))
    return builder.build()


def _element_names(group: Group) -> tuple[str, ...]:
    count = len(group.parts)
    return ("element",) if count == 1 else tuple(f"element_{place + 1}" for place in range(count))
