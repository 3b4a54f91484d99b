"""Folding: the same outputs, plain convolutions, no state, and layers that stay layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.passes.differentiate import gradient
from symdsl.passes.fold import fold
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.cost import cost_of_method
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Initial, Module, Parameter, Program
from symdsl.plan.verify import verify_program
from tests.unit.plan.plan_samples import make_normalisation, make_perceptron, make_program

Arrays = dict[str, NDArray[Any]]


def trained(root: Module) -> tuple[Arrays, Arrays]:
    """Perturbed parameters and random running statistics."""
    generator = np.random.default_rng(5)
    params = {
        path: array + 0.3 * generator.standard_normal(array.shape) for path, array in draw_parameters(root, 0).items()
    }
    state = {path: np.abs(generator.standard_normal(array.shape)) + 0.1 for path, array in initial_state(root).items()}
    return params, state


def compare(program: Program, folded: Program, before: tuple[Arrays, Arrays], after: Arrays) -> None:
    method = program.root.method("forward")
    generator = np.random.default_rng(6)
    arguments = [generator.standard_normal((4, *method.nodes[index].type.shape)) for index in method.arguments]
    expected, _ = interpret(program.root, "forward", arguments, *before)
    found, _ = interpret(folded.root, "forward", arguments, after, {})
    for one, other in zip(expected, found, strict=True):
        assert np.abs(one).max() > 1e-3
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layout", ["channels_first", "channels_last"])
@pytest.mark.parametrize("bias", [True, False])
def test_convolution_and_normalisation_become_one_plain_convolution(layout: str, bias: bool) -> None:
    program = make_program(layout, bias)
    before = trained(program.root)
    folded, params = fold(program, *before)
    verify_program(folded)
    assert dict(cost_of_method(folded.root, "forward").operations) == {"convolution": 1, "relu": 1, "sum": 1}
    assert [name for name, _ in folded.root.children] == ["conv"]
    assert set(params) == {"conv.weight", "conv.bias"}
    assert folded.entry_points == ("forward",)
    assert initial_state(folded.root) == {}
    compare(program, folded, before, params)


def test_folding_twice_changes_nothing() -> None:
    program = make_program()
    folded, params = fold(program, *trained(program.root))
    again, same = fold(folded, params, {})
    assert again == folded
    assert all(np.array_equal(params[path], same[path]) for path in params)


def sequence(uses: int, linear: bool = False) -> Program:
    """A map, then normalisation; with two uses, the map's result is also added at the end."""
    shape = (6,) if linear else (6, 3, 3)
    normalisation = make_normalisation(shape, 3, "channels_first")
    builder = MethodBuilder("forward")
    x = builder.argument("x", ArrayType((4,) if linear else (2, 5, 5), batched=True))
    weight_shape = (6, 4) if linear else (6, 2, 3, 3)
    h = builder.add("linear" if linear else "convolution", x, builder.parameter("weight", weight_shape))
    (y,) = builder.call(normalisation, "norm", "forward", h)
    builder.output("y", y + h if uses == 2 else y.apply("tanh"))
    parameters = (Parameter("weight", weight_shape, Initial("normal", 1.0, 4)),)
    root = Module("Sequence", "", (builder.build(),), parameters=parameters, children=(("norm", normalisation),))
    return Program("sequence", root, ("x",), ("y",), (), ("forward",))


@pytest.mark.parametrize("linear", [True, False])
def test_a_map_in_the_same_method_gets_a_bias(linear: bool) -> None:
    program = sequence(1, linear)
    before = trained(program.root)
    folded, params = fold(program, *before)
    verify_program(folded)
    assert set(params) == {"weight", "bias"}
    assert "batch_norm_inference" not in dict(cost_of_method(folded.root, "forward").operations)
    compare(program, folded, before, params)


def test_a_result_used_twice_keeps_its_normalisation() -> None:
    program = sequence(2)
    before = trained(program.root)
    folded, params = fold(program, *before)
    verify_program(folded)
    assert dict(cost_of_method(folded.root, "forward").operations)["batch_norm_inference"] == 1
    compare(program, folded, before, params)


def test_a_layer_called_twice_keeps_its_normalisation() -> None:
    program = make_program()
    root = program.root
    builder = MethodBuilder("forward")
    x = builder.argument("x", root.method("forward").nodes[0].type)
    (h,) = builder.call(root.child("conv"), "conv", "forward", x)
    (normal,) = builder.call(root.child("norm"), "norm", "forward", h)
    (other,) = builder.call(root.child("conv"), "conv", "forward", x.apply("tanh"))
    builder.output("y", (normal + other).apply("sum", axes=(0, 1, 2)))
    twice = replace(program, root=replace(root, methods=(builder.build(),)), entry_points=("forward",))
    before = trained(twice.root)
    folded, params = fold(twice, *before)
    verify_program(folded)
    assert dict(cost_of_method(folded.root, "forward").operations)["batch_norm_inference"] == 1
    compare(twice, folded, before, params)


def test_normalisation_is_pushed_through_nested_layers() -> None:
    inner = make_program()
    root = inner.root
    conv, norm = root.child("conv"), root.child("norm")
    builder = MethodBuilder("forward")
    x = builder.argument("x", root.method("forward").nodes[0].type)
    (h,) = builder.call(conv, "conv", "forward", x)
    builder.output("y", h)
    block = Module("Block", "", (builder.build(),), children=(("conv", conv),))
    builder = MethodBuilder("forward")
    x = builder.argument("x", root.method("forward").nodes[0].type)
    (h,) = builder.call(block, "block", "forward", x)
    (y,) = builder.call(norm, "norm", "forward", h)
    builder.output("y", y)
    nested = Module("Nested", "", (builder.build(),), children=(("block", block), ("norm", norm)))
    program = replace(inner, root=nested, entry_points=("forward",))
    before = trained(nested)
    folded, params = fold(program, *before)
    verify_program(folded)
    assert dict(cost_of_method(folded.root, "forward").operations) == {"convolution": 1}
    compare(program, folded, before, params)


def test_what_depends_on_inputs_alone_stays() -> None:
    energy = make_perceptron((2, 5, 1))
    slope = gradient(energy, "forward", ("z",), name="gradient")
    energy = replace(energy, methods=(*energy.methods, slope))
    builder = MethodBuilder("forward")
    (y,) = builder.call(energy, "energy", "gradient", builder.argument("z", ArrayType((1, 2), batched=True)))
    builder.output("y", y)
    root = Module("Field", "", (builder.build(),), children=(("energy", energy),))
    program = Program("field", root, ("z",), ("y",), (), ("forward",))
    before = trained(root)
    folded, params = fold(program, *before)
    verify_program(folded)
    assert {method.name for method in folded.root.child("energy").methods} == {"gradient"}
    compare(program, folded, before, params)
