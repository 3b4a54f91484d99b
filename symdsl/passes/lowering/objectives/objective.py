"""The training loss of a model: data moved or not, a loss for each output, penalties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from symdsl.check.fit import TrajectoryFit, comparison_of, trajectory_fit
from symdsl.check.spec import SAMPLE_MASK, Field, Model
from symdsl.ir.graph import ModelGraph
from symdsl.ir.objectives import InvariancePenalty, MovedData, Objective
from symdsl.passes.lowering.lower import argument_name
from symdsl.passes.lowering.names import class_name
from symdsl.passes.lowering.objectives.losses import cross_entropy, distance, divergence
from symdsl.passes.lowering.objectives.moves import RandomMoves, Side, random_moves
from symdsl.passes.lowering.objectives.trajectories import at, path_type, steps_type
from symdsl.passes.lowering.units import scaled_difference
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module, Node
from symdsl.plan.value import Value

Values = dict[str, Value]


def add_objective(root: Module, graph: ModelGraph, model: Model, units: Mapping[str, str]) -> Module:
    """The root with the method `objective`, and a layer for each symmetry that data are moved by.

    `objective` is the mean loss of a batch: cross-entropy for labels, mean squared error otherwise, unless the spec
    says. `units` names the layers whose scales the errors of normalised outputs are measured in.
    """
    layers = _layers(graph.objectives, model)
    children = tuple((layer.name, layer.module) for found in layers.values() for layer in found)
    root = replace(root, children=(*root.children, *children))
    method = _Writer(root, model, units, layers).write()
    return replace(root, methods=(*root.methods, method))


def _layers(objectives: tuple[Objective, ...], model: Model) -> dict[Objective, tuple[RandomMoves, ...]]:
    """A layer for each symmetry of each objective. Names of symmetries may differ by case alone, not of layers."""
    found: dict[Objective, tuple[RandomMoves, ...]] = {}
    names: list[str] = []
    for objective in objectives:
        what = "augmentation" if isinstance(objective, MovedData) else "invariance"
        made = []
        for symmetry in objective.symmetries:
            stem = f"{what}_{symmetry.lower()}"
            names.append(stem if stem not in names else f"{stem}_{len(names) + 1}")
            class_text = f"Random{class_name(symmetry)}"
            made.append(random_moves(names[-1], class_text, model, model.symmetries[symmetry], objective.bound))
        found[objective] = tuple(made)
    return found


@dataclass
class _Writer:
    root: Module
    model: Model
    units: Mapping[str, str]
    layers: Mapping[Objective, tuple[RandomMoves, ...]]

    def write(self) -> Method:
        self.fit = trajectory_fit(self.model)
        trained = any(method.name == "forward_train" for method in self.root.methods)
        self.forward = self.root.method("forward_train" if trained else "forward")
        self.builder = builder = MethodBuilder("objective", "The mean loss of a batch.")
        noise = dict(self.forward.noise)
        arguments = [self.forward.nodes[index] for index in self.forward.arguments]
        given = [node for node in arguments if node.attributes["name"] not in noise]
        drawn = [node for node in arguments if node.attributes["name"] in noise]
        values = [builder.argument(node.attributes["name"], node.type) for node in given]
        inputs = dict(zip(self.model.inputs, values, strict=True))
        targets = self._targets()
        if self.model.ragged:
            return self._write_of_rows(inputs, targets, drawn, noise)
        copies = self._copies(inputs, targets)
        penalties = [
            (each.weight, layers, elements, _moved("inputs", layers, elements, copies[0][0]))
            for each, layers in self.layers.items()
            if isinstance(each, InvariancePenalty)
            for elements in (tuple(layer.draw(builder) for layer in layers),)
        ]
        # the outputs themselves are not compared where trajectories are
        plain = 1 if self.fit and penalties else 0 if self.fit else len(copies)
        batches = [inputs for inputs, _ in copies[:plain]] + [moved for _, _, _, moved in penalties]
        noises = [
            tuple(
                builder.noise(
                    node.attributes["name"] + copy_suffix(place),
                    node.type, noise[node.attributes["name"]],
                )
                for node in drawn
            )
            for place in range(len(copies))
        ]  # fmt: skip
        outputs = self._outputs(batches, [*noises[:plain], *(noises[0] for _ in penalties)]) if batches else []
        if self.fit:
            losses = [self._path_loss(self.fit, given, wanted) for given, wanted in copies]
        else:
            losses = [self._loss(found, wanted) for found, (_, wanted) in zip(outputs, copies, strict=False)]
        total = _sum(losses)
        if len(losses) > 1:
            total = total * (1.0 / len(losses))
        for (weight, layers, elements, _), found in zip(penalties, outputs[plain:], strict=True):
            total = total + self._penalty(layers, elements, outputs[0], found) * weight
        builder.output("loss", builder.add("batch_mean", total))
        return builder.build()

    def _targets(self) -> Values:
        """The arguments behind the inputs: what outputs are compared with, or paths and their time steps."""
        model, fit = self.model, self.fit
        if fit is None:
            return {
                name: self.builder.argument(argument_name(name), _target_type(model.fields[name]))
                for name in model.outputs
            }
        kinds = {fit.paths[name]: path_type(model, fit, name) for name in fit.paths}
        kinds[fit.steps] = steps_type(fit)
        compared = comparison_of(model)
        names = (*compared.given[len(model.inputs) :], *compared.targets)
        return {name: self.builder.argument(argument_name(name), kinds[name]) for name in names}

    def _path_loss(self, fit: TrajectoryFit, inputs: Values, targets: Values) -> Value:
        """How far the trajectory from the inputs is from the measured one, the mean over states and coordinates."""
        compared = comparison_of(self.model)
        given = [inputs[name] if name in inputs else targets[name] for name in compared.given]
        found = self.builder.call(self.root, "", compared.entry, *given)
        kind = self.model.training.get("loss")
        losses = []
        for name, field, path in zip(compared.targets, compared.fields, found, strict=True):
            difference = path - targets[name]
            if field.kind == "angle":
                # measured angles may have been turned back by whole turns
                difference = difference.apply("sin").apply("atan2", difference.apply("cos"))
            losses.append(distance(self.builder, kind, difference))
        return _sum(losses)

    def _moved_targets(
        self, layers: tuple[RandomMoves, ...], elements: tuple[tuple[Value, ...], ...], inputs: Values, targets: Values
    ) -> Values:
        """What is compared, moved as the inputs are; of paths each value."""
        if self.fit is None:
            return _moved("outputs", layers, elements, targets)
        moved = [
            _moved("inputs", layers, elements, inputs | {
                name: at(targets[path], place) for name, path in self.fit.paths.items()
            })
            for place in range(self.fit.horizon)
        ]  # fmt: skip
        return targets | {
            path: self.builder.add("stack", *(values[name] for values in moved), axis=0)
            for name, path in self.fit.paths.items()
        }
    def _write_of_rows(
        self, inputs: Values, targets: Values, drawn: list[Node], noise: dict[str, Literal["uniform", "normal"]]
    ) -> Method:
        """For each output the mean over its rows of the samples that the mask marks; their sum is the loss."""
        builder = self.builder
        mask = builder.argument(SAMPLE_MASK, ArrayType((), batched=True))
        given = [builder.noise(each.attributes["name"], each.type, noise[each.attributes["name"]]) for each in drawn]
        found = builder.call(self.root, "", self.forward.name, *inputs.values(), *given)
        total = []
        for name, output in zip(self.model.outputs, found, strict=True):
            rows = self.model.fields[name].rows
            loss, weight = self._output_loss(name, output, targets[name]), self._mask_of(rows, mask, inputs)
            count = weight.apply("batch_sum").apply("maximum", builder.full((), 1.0))
            total.append((loss * weight).apply("batch_sum") / count)
        builder.output("loss", _sum(total))
        return builder.build()

    def _mask_of(self, rows: str, mask: Value, inputs: Values) -> Value:
        """The mask of samples for rows of a kind: edges have that of their senders."""
        for each in self.model.ragged.values() if rows else ():
            if rows in (each.rows, each.edge_rows):
                mask = mask.apply("take_rows", inputs[f"sample_of_{each.rows}"])
                if rows == each.edge_rows:
                    mask = mask.apply("take_rows", inputs[f"{each.name}_senders"])
        return mask

    def _copies(self, inputs: Values, targets: Values) -> list[tuple[Values, Values]]:
        """What the loss is taken of: the data, or as many moved copies as the spec asks for, one after the other."""
        copies = [(inputs, targets)]
        for each, layers in self.layers.items():
            if not isinstance(each, MovedData):
                continue
            count = len(copies) * each.copies
            drawn = [
                tuple(layer.draw(self.builder, copy_suffix(place)) for layer in layers)
                for place in range(count)
            ]
            sources = [copies[place // each.copies] for place in range(count)]
            copies = [
                (
                    _moved("inputs", layers, elements, inputs),
                    self._moved_targets(layers, elements, inputs, targets),
                )
                for elements, (inputs, targets) in zip(drawn, sources, strict=True)
            ]
        return copies

    def _outputs(self, batches: list[Values], noises: list[tuple[Value, ...]]) -> list[Values]:
        """The outputs for each batch of inputs; all go through the network as one, so that its statistics, where it
        has any, are of all and are updated once."""
        count = len(batches)
        joined = [
            _joined([batch[name] for batch in batches]) for name in self.model.inputs
        ] + [_joined([noise[place] for noise in noises]) for place in range(len(noises[0]))]  # fmt: skip
        found = self.builder.call(self.root, "", self.forward.name, *joined)
        if count == 1:
            return [dict(zip(self.model.outputs, found, strict=True))]
        return [
            {
                name: value.apply("batch_part", index=place, parts=count)
                for name, value in zip(self.model.outputs, found, strict=True)
            }
            for place in range(count)
        ]

    def _loss(self, outputs: Values, targets: Values) -> Value:
        return _sum([self._output_loss(name, outputs[name], targets[name]) for name in self.model.outputs])

    def _output_loss(self, name: str, output: Value, target: Value) -> Value:
        field = self.model.fields[name]
        if field.kind == "label":
            return cross_entropy(self.builder, field, output, target)
        difference = scaled_difference(self.builder, self.root, self.units, name, output, target)
        return distance(self.builder, self.model.training.get("loss"), difference)

    def _penalty(
        self, layers: tuple[RandomMoves, ...], elements: tuple[tuple[Value, ...], ...], outputs: Values, moved: Values
    ) -> Value:
        """How far f(g x), `moved`, is from g f(x)."""
        wanted = _moved("outputs", layers, elements, outputs)
        terms = []
        for name in self.model.outputs:
            field = self.model.fields[name]
            if field.kind == "label":
                terms.append(divergence(self.builder, field, moved[name], wanted[name]))
            else:
                difference = scaled_difference(
                    self.builder, self.root, self.units, name, moved[name], wanted[name]
                )  # fmt: skip
                terms.append(distance(self.builder, None, difference))
        return _sum(terms)


def copy_suffix(place: int) -> str:
    """What tells the noise of one copy of the data from that of another."""
    return f"_copy_{place + 1}" if place else ""


def _moved(
    side: Side, layers: tuple[RandomMoves, ...], elements: tuple[tuple[Value, ...], ...], values: Values
) -> Values:
    for layer, element in zip(layers, elements, strict=True):
        values = layer.move(side, element, values)
    return values


def _target_type(field: Field) -> ArrayType:
    return ArrayType(field.shape, "integer" if field.kind == "label" else "real", batched=True, rows=field.rows)


def _joined(values: list[Value]) -> Value:
    return values[0] if len(values) == 1 else values[0].apply("batch_concatenate", *values[1:])


def _sum(values: list[Value]) -> Value:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total
