"""IR of a model -> plan program: the root module with its entry points and the training objective."""

from __future__ import annotations

from dataclasses import replace

from symdsl.check.fit import comparison_of, trajectory_fit
from symdsl.check.spec import Model
from symdsl.ir.graph import Graph, ModelGraph, Node
from symdsl.ir.operations.derivative import Gradient
from symdsl.ir.operations.euler_lagrange import EulerLagrange
from symdsl.ir.operations.mechanics import MechanicalField
from symdsl.passes.lowering.lower import argument_name, array_type, layer_name, lower_graph
from symdsl.passes.lowering.mechanics import mechanical_entry_points
from symdsl.passes.lowering.names import class_name
from symdsl.passes.lowering.objectives.objective import add_objective
from symdsl.passes.lowering.objectives.trajectories import add_trajectory
from symdsl.passes.lowering.units import add_units
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.nodes import Method, Module, Program


def lower_model(graph: ModelGraph, model: Model, channels_last: bool, traced: bool = False) -> Program:
    """Lower every graph of a model; `objective` is the training loss of (inputs, targets, noise).

    `traced` adds the method `trace`, which returns every value of the graph.
    """
    documentation = f"{graph.name}: {summary(model)}"
    root = lower_graph(graph.forward, class_name(graph.name), documentation, channels_last, traced)
    root, units = add_units(root, graph, model)
    root = replace(root, methods=(*root.methods, *_scalar_entry_points(graph, root)))
    fit, compared = trajectory_fit(model), comparison_of(model)
    if fit is not None:
        root = add_trajectory(root, model, fit)
    root = add_objective(root, graph, model, units)
    names = tuple(method.name for method in root.methods)
    return Program(
        name=graph.name,
        root=root,
        inputs=tuple(map(argument_name, model.inputs)),
        outputs=tuple(map(argument_name, model.outputs)),
        targets=tuple(map(argument_name, (*compared.given[len(model.inputs) :], *compared.targets))),
        entry_points=names,
        claims=graph.claims,
        spec_text=model.text,
        row_indices=tuple(
            (argument_name(name), model.fields[name].names or "")
            for name in model.inputs
            if model.fields[name].kind == "index"
        ),
        row_counts=tuple(argument_name(name) for name in model.inputs if model.fields[name].kind == "count"),
    )


def summary(model: Model) -> str:
    """What is predicted from what."""
    return f"{', '.join(model.outputs)} from {', '.join(model.inputs)}."


def _scalar_entry_points(graph: ModelGraph, root: Module) -> tuple[Method, ...]:
    """A learned scalar, such as an energy, is an entry point of its own."""
    methods = []
    for node in graph.forward.nodes:
        if isinstance(node.attributes, MechanicalField):
            methods += mechanical_entry_points(graph.forward, node, root)
        for scalar, method in _learned_scalars(graph.forward, node).items():
            child = root.child(layer_name(node))
            builder = MethodBuilder(scalar)
            # all inputs of the model, though a control, say, is none of the scalar
            given = {
                identifier: builder.argument(argument_name(name), array_type(graph.forward.node(identifier).type))
                for name, identifier in graph.forward.inputs
            }
            (value,) = builder.call(child, layer_name(node), method, *(given[index] for index in node.inputs))
            builder.output(scalar, value)
            methods.append(replace(builder.build(), documentation=f"The learned {scalar}, one number a sample."))
    return tuple(methods)


def _learned_scalars(graph: Graph, node: Node) -> dict[str, str]:
    """The scalars of a structure, of the inputs of the graph, each with the method of its layer that gives it."""
    match node.attributes:
        case Gradient(scalar=scalar) if {*node.inputs} <= {identifier for _, identifier in graph.inputs}:
            return {scalar: "forward"}
        case EulerLagrange():
            return {"lagrangian": "forward", "energy": "energy"}
        case _:
            return {}
