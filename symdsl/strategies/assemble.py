"""Typed spec -> IR: inputs, the structure or the network, and the demand that every promised symmetry arrives."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from symdsl.check.normalisation import field_scale
from symdsl.check.spec import Enforcement, Field, Model, Symmetry
from symdsl.groups.actions.action import Action
from symdsl.ir.actions import equivalent, output_action, output_shape
from symdsl.ir.graph import Graph, GraphBuilder, ModelGraph
from symdsl.ir.operations.scaling import Restore
from symdsl.ir.types import EquivarianceError, Flow, ValueType
from symdsl.strategies.angles import seen_angle
from symdsl.strategies.centring import centred
from symdsl.strategies.normalised import normalised
from symdsl.strategies.row_centring import centred_rows
from symdsl.strategies.strategy import Target


def build_graph(model: Model) -> ModelGraph:
    """The IR of a checked model. Raises EquivarianceError where an enforced symmetry is lost on the way."""
    builder = GraphBuilder()
    inputs = {name: builder.input(name, field_type(model, model.fields[name])) for name in model.inputs}
    targets = tuple(Target(name, target_type(model, model.fields[name])) for name in model.outputs)
    if model.structure is None:
        outputs = _network(model, builder, inputs, targets)
    else:
        structure = load_implementation(model.structure)

        def inner(region: GraphBuilder, arguments: Mapping[str, int], wanted: tuple[Target, ...]) -> dict[str, int]:
            return _network(model, region, arguments, wanted)

        outputs = structure.build(builder, inputs, targets, inner, model.structure, model)
    graph = builder.build(outputs)
    for target in targets:
        _verify_target(model, graph, target, outputs[target.name])
    groups = {
        name: symmetry.group.describe() if symmetry.group is not None else {"family": symmetry.kind}
        for name, symmetry in model.symmetries.items()
    }
    objectives = tuple(load_implementation(each).build(each) for each in model.objectives)
    return ModelGraph(name=model.name, forward=graph, groups=groups, claims=claims(model), objectives=objectives)


def load_implementation(enforcement: Enforcement) -> Any:
    """The object that the strategy's declaration names."""
    module, _, attribute = enforcement.strategy.implementation.partition(":")
    return getattr(importlib.import_module(module), attribute)


def field_type(model: Model, field: Field) -> ValueType:
    """How a field enters the graph: with its action under every symmetry that is enforced in the architecture."""
    groups = _enforced_groups(model).items()
    if field.is_index:
        still = {name: Action(symmetry.group, ()) for name, symmetry in groups if symmetry.group is not None}
        return ValueType(shape=(), dtype="integer", actions=still, rows=field.rows)
    actions = {name: symmetry.actions[field.name] for name, symmetry in groups}
    flows: dict[str, Flow] = {}
    if any(model.fields[name].of == field.name for name in (*model.inputs, *model.outputs)):
        flows = {name: "state" for name in _enforced(model) if model.symmetries[name].kind == "time"}
    return ValueType(shape=field.shape, dtype="real", actions=actions, flows=flows, rows=field.rows)


def target_type(model: Model, field: Field) -> ValueType:
    """What a network returns for a field: logits for a label, a velocity for a derivative, else the field itself."""
    actions = field_type(model, field).actions
    return ValueType(
        shape=output_shape(field),
        actions={name: output_action(field, action) for name, action in actions.items()},
        rows=field.rows,
    )


def claims(model: Model) -> tuple[str, ...]:
    """One line a symmetry: how it is enforced, and how exactly."""
    lines = []
    for name, symmetry in model.symmetries.items():
        found = [
            f"{name}: {symmetry.text}, enforced by {enforcement.strategy.name}: {exactness.kind}"
            + (f" ({exactness.detail})" if exactness.detail else "")
            for enforcement in model.enforcements
            for exactness in enforcement.exactness
            if exactness.symmetry == name
        ]
        lines.extend(found or [f"{name}: {symmetry.text}, not enforced"])
        if symmetry.learned is not None:
            lines.append(f"{name} is {symmetry.learned.text}; the verdict is the card's, on its data")
    return tuple(lines)


def _network(
    model: Model, builder: GraphBuilder, inputs: Mapping[str, int], targets: tuple[Target, ...]
) -> dict[str, int]:
    """The network on normalised inputs, its outputs in the user's units; a structure scales its scalar itself.

    Points are centred first, so that a scale is one of differences, which no translation changes.
    """
    given = {name: value for name, value in inputs.items() if not is_index(model, name)}
    if model.ragged:
        indices = {name: value for name, value in inputs.items() if name not in given}
        about, frame = centred_rows(builder, model, given, indices)
    else:
        about, frame = centred(builder, model.network.symmetries, given)
    scaled = {name: normalised(model, builder, name, value) for name, value in about.items()}
    seen = {name: seen_angle(model, builder, name, value) for name, value in scaled.items()}
    wanted = tuple(frame.target(target) for target in targets)
    seen |= {name: value for name, value in inputs.items() if name not in given}
    found = load_implementation(model.network).build(builder, seen, wanted, model.network, model)
    return {
        target.name: frame.placed(builder, target, _restored(model, builder, target.name, found[target.name]))
        for target in targets
    }


def is_index(model: Model, name: str) -> bool:
    """Whether an input ties rows together; the arguments of a structure's region may have names of their own."""
    return name in model.fields and model.fields[name].is_index


def _restored(model: Model, builder: GraphBuilder, name: str, value: int) -> int:
    if name not in model.normalised or model.structure is not None:
        return value
    scale = field_scale(model, name)
    return builder.add(Restore(blocks=scale.blocks, shifted=scale.shifted), value, name=f"restore_{name}")


def _enforced(model: Model) -> tuple[str, ...]:
    structure = model.structure.symmetries if model.structure is not None else ()
    return (*structure, *model.network.symmetries)


def _enforced_groups(model: Model) -> dict[str, Symmetry]:
    return {name: symmetry for name in _enforced(model) if (symmetry := model.symmetries[name]).kind == "group"}


def _verify_target(model: Model, graph: Graph, target: Target, output: int) -> None:
    found = graph.node(output).type
    if (found.shape, found.rows) != (target.type.shape, target.type.rows):
        raise EquivarianceError(f"{target.name} should have shape {target.type.shape}, the model gives {found.shape}")
    given_up = {exactness.symmetry for exactness in model.network.exactness if exactness.kind == "none"}
    for name in _enforced_groups(model):
        if name not in given_up and not equivalent(found.actions.get(name), target.type.actions.get(name)):
            raise EquivarianceError(
                f"{target.name} does not transform under {name} as declared",
                note=_where_lost(graph, name) or f"it was to transform by {_text(target.type.actions.get(name))}",
            )
    for name in _enforced(model):
        if model.symmetries[name].kind == "time" and found.flows.get(name) != "velocity":
            raise EquivarianceError(f"{target.name} is not generated by a conserved energy, as {name} asks")


def _text(action: Action | None) -> str:
    return action.text if action is not None else "an unknown action"


def _where_lost(graph: Graph, symmetry: str) -> str:
    for node in graph.nodes:
        before = [graph.node(index).type for index in node.inputs]
        if before and symmetry not in node.type.actions and all(symmetry in value.actions for value in before):
            return f"{symmetry} is lost at {node.name or node.attributes.op}"
    return ""
