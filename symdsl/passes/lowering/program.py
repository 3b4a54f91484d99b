"""IR of a model -> plan program: the root module with its entry points and the training objective."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from keyword import iskeyword

from symdsl.check.spec import Field, Model
from symdsl.ir.graph import ModelGraph
from symdsl.ir.operations.derivative import Gradient
from symdsl.passes.lowering.lower import argument_name, layer_name, lower_graph
from symdsl.passes.lowering.units import add_units, scaled_difference
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import ArrayType, Method, Module, Program
from symdsl.plan.value import Value


def lower_model(graph: ModelGraph, model: Model, channels_last: bool, traced: bool = False) -> Program:
    """Lower every graph of a model; `objective` is the training loss of (inputs, targets, noise).

    `traced` adds the method `trace`, which returns every value of the graph.
    """
    documentation = f"{graph.name}: {summary(model)}"
    root = lower_graph(graph.forward, class_name(graph.name), documentation, channels_last, traced)
    root, units = add_units(root, graph, model)
    root = replace(root, methods=(*root.methods, *_scalar_entry_points(graph, root), objective(root, model, units)))
    names = tuple(method.name for method in root.methods)
    return Program(
        name=graph.name,
        root=root,
        inputs=tuple(map(argument_name, model.inputs)),
        outputs=tuple(map(argument_name, model.outputs)),
        targets=tuple(map(argument_name, model.outputs)),
        entry_points=names,
        claims=graph.claims,
        spec_text=model.text,
    )


def class_name(name: str) -> str:
    """A class name from a model name: `rotated_fashion` -> `RotatedFashion`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() and not iskeyword(joined) else f"Model{joined}"


def summary(model: Model) -> str:
    """What is predicted from what."""
    return f"{', '.join(model.outputs)} from {', '.join(model.inputs)}."


def objective(root: Module, model: Model, units: Mapping[str, str]) -> Method:
    """The mean loss of a batch: cross-entropy for labels, mean squared error otherwise, unless the spec says.

    `units` names the layers whose scales the errors of normalised outputs are measured in.
    """
    trained = any(method.name == "forward_train" for method in root.methods)
    forward = root.method("forward_train" if trained else "forward")
    builder = MethodBuilder("objective")
    arguments = [forward.nodes[index] for index in forward.arguments]
    noise = dict(forward.noise)
    values = [
        builder.argument(node.attributes["name"], node.type)
        for node in arguments
        if node.attributes["name"] not in noise
    ]
    targets = [builder.argument(argument_name(name), _target_type(model.fields[name])) for name in model.outputs]
    drawn = [
        builder.noise(node.attributes["name"], node.type, noise[node.attributes["name"]])
        for node in arguments
        if node.attributes["name"] in noise
    ]
    outputs = builder.call(root, "", forward.name, *values, *drawn)
    kind = model.training.get("loss")
    losses = [
        _cross_entropy(builder, model.fields[name], output, target)
        if model.fields[name].kind == "label"
        else _distance(builder, kind, scaled_difference(builder, root, units, name, output, target))
        for name, output, target in zip(model.outputs, outputs, targets, strict=True)
    ]
    total = losses[0]
    for loss in losses[1:]:
        total = builder.add("add", total, loss)
    builder.output("loss", builder.add("batch_mean", total))
    return replace(builder.build(), documentation="The mean loss of a batch.")


def _target_type(field: Field) -> ArrayType:
    return ArrayType(field.shape, "integer" if field.kind == "label" else "real", batched=True)


def _cross_entropy(builder: MethodBuilder, field: Field, output: Value, target: Value) -> Value:
    rank = len(field.shape)
    log_probability = builder.add("log_softmax", output, axis=rank)
    hot = builder.add("one_hot", target, classes=field.classes)
    chosen = builder.add("sum", builder.add("multiply", hot, log_probability), axes=(rank,))
    return _mean(builder, builder.add("negate", chosen))


def _distance(builder: MethodBuilder, kind: str | None, difference: Value) -> Value:
    return _mean(builder, builder.add("absolute" if kind == "mean_absolute_error" else "square", difference))


def _mean(builder: MethodBuilder, loss: Value) -> Value:
    return builder.add("mean", loss, axes=tuple(range(loss.rank))) if loss.rank else loss


def _scalar_entry_points(graph: ModelGraph, root: Module) -> tuple[Method, ...]:
    """A learned scalar, such as an energy, is an entry point of its own."""
    methods = []
    for node in graph.forward.nodes:
        if isinstance(node.attributes, Gradient):
            scalar = node.attributes.scalar
            child = root.child(layer_name(node))
            forward = child.method("forward")
            builder = MethodBuilder(scalar)
            arguments = [
                builder.argument(forward.nodes[index].attributes["name"], forward.nodes[index].type)
                for index in forward.arguments
            ]
            (value,) = builder.call(child, layer_name(node), "forward", *arguments)
            builder.output(scalar, value)
            methods.append(replace(builder.build(), documentation=f"The learned {scalar}, one number a sample."))
    return tuple(methods)
