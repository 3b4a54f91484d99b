"""The layer of one symmetry: it draws an element for each sample, and moves the fields of the model by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symdsl.check.spec import Field, Model, Symmetry
from symdsl.groups.action import Action
from symdsl.ir.actions import output_action
from symdsl.passes.lowering.lower import argument_name
from symdsl.passes.lowering.objectives.actions import Mover
from symdsl.passes.lowering.objectives.constants import ConstantTables
from symdsl.passes.lowering.objectives.elements import Draw, DrawnNoise, Element, element_type, factors_of, form_of
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module
from symdsl.plan.value import Value

DRAW, MOVE_INPUTS, MOVE_OUTPUTS = "draw", "move_inputs", "move_outputs"


@dataclass(frozen=True)
class RandomMoves:
    """A child of the model: its name and module, its noise, and the fields that its two methods take, in order."""

    name: str
    module: Module
    noise: tuple[DrawnNoise, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def draw(self, builder: MethodBuilder, suffix: str = "") -> tuple[Value, ...]:
        """A new element for each sample, made of new noise of the caller."""
        noise = [builder.noise(f"{self.name}_{each.name}{suffix}", each.type, each.kind) for each in self.noise]
        return builder.call(self.module, self.name, DRAW, *noise)

    def move_inputs(self, element: tuple[Value, ...], values: Mapping[str, Value]) -> dict[str, Value]:
        """All values, those that the symmetry moves moved."""
        return self._moved(MOVE_INPUTS, self.inputs, element, values)

    def move_outputs(self, element: tuple[Value, ...], values: Mapping[str, Value]) -> dict[str, Value]:
        """As `move_inputs`, for what the model predicts; the class of a label does not move."""
        return self._moved(MOVE_OUTPUTS, self.outputs, element, values)

    def _moved(
        self, method: str, fields: tuple[str, ...], element: tuple[Value, ...], values: Mapping[str, Value]
    ) -> dict[str, Value]:
        if not fields:
            return dict(values)
        builder = element[0].builder
        moved = builder.call(self.module, self.name, method, *element, *(values[name] for name in fields))
        return {**values, **dict(zip(fields, moved, strict=True))}


def random_moves(name: str, class_name: str, model: Model, symmetry: Symmetry, bound: float) -> RandomMoves:
    """The layer of a symmetry, for the inputs and outputs of a model."""
    assert symmetry.group is not None
    tables = ConstantTables()
    method, noise = _draw(symmetry, bound, tables)
    methods = [method]
    moved: list[tuple[str, ...]] = []
    for name_of_method, fields, rule in (
        (MOVE_INPUTS, model.inputs, _as_input),
        (MOVE_OUTPUTS, model.outputs, output_action),
    ):
        actions = {each: rule(model.fields[each], symmetry.actions[each]) for each in fields}
        moving = {each: action for each, action in actions.items() if not action.is_trivial}
        moved.append(tuple(moving))
        if moving:
            methods.append(_move(name_of_method, symmetry, moving, tables))
    documentation = f"A random element of {symmetry.group.name} for each sample, and what it moves."
    module = Module(class_name, documentation, tuple(methods), constants=tables.constants())
    return RandomMoves(name, module, noise, *moved)


def _as_input(field: Field, action: Action) -> Action:
    return action


def _draw(symmetry: Symmetry, bound: float, tables: ConstantTables) -> tuple[Method, tuple[DrawnNoise, ...]]:
    assert symmetry.group is not None
    builder = MethodBuilder(DRAW, f"A random element of {symmetry.group.name} for each sample.")
    draw = Draw(builder, tables, bound)
    for name, group in zip(_element_names(symmetry), factors_of(symmetry.group), strict=True):
        builder.output(name, draw.element(group).value)
    return builder.build(), tuple(draw.noise)


def _move(name: str, symmetry: Symmetry, actions: Mapping[str, Action], tables: ConstantTables) -> Method:
    assert symmetry.group is not None
    builder = MethodBuilder(name)
    elements = tuple(
        Element(group, form_of(group), builder.argument(each, element_type(group)))
        for each, group in zip(_element_names(symmetry), factors_of(symmetry.group), strict=True)
    )
    mover = Mover(builder, tables, elements)
    for field, action in actions.items():
        array = builder.argument(argument_name(field), ArrayType(action.shape, batched=True))
        builder.output(argument_name(field), mover.move(action, array))
    return builder.build()


def _element_names(symmetry: Symmetry) -> tuple[str, ...]:
    assert symmetry.group is not None
    count = len(factors_of(symmetry.group))
    return ("element",) if count == 1 else tuple(f"element_{place + 1}" for place in range(count))
