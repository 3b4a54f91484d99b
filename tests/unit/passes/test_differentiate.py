"""Gradients and directional derivatives of methods, towards arguments and parameters, nested, and refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symdsl.passes.differentiate import gradient, jacobian_vector
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.errors import PlanError, SampleMixingError
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, Module
from symdsl.plan.verify import verify_module
from tests.unit.plan.plan_samples import make_perceptron, make_program

STEP = 1e-5


def test_gradient_per_sample_against_differences() -> None:
    module = make_perceptron((3, 7, 5, 1))
    params = draw_parameters(module, 0)
    generator = np.random.default_rng(0)
    z, direction = generator.standard_normal((2, 4, 1, 3))
    method = gradient(module, "forward", ("z",), keep_outputs=True)
    verify_module(replace(module, methods=(*module.methods, method)))
    assert method.output_names == ("energy", "gradient_z")
    (energy, slope), _ = interpret(module, method, [z], params, {})
    (direct,), _ = interpret(module, "forward", [z], params, {})
    np.testing.assert_array_equal(energy, direct)
    ahead, behind = (interpret(module, "forward", [z + s * STEP * direction], params, {})[0][0] for s in (1, -1))
    np.testing.assert_allclose((slope * direction).sum(axis=(1, 2)), (ahead - behind) / (2 * STEP), atol=1e-9)


def test_gradient_of_a_gradient_towards_parameters() -> None:
    """The training step of a Hamiltonian network: d/dparameters of |dH/dz - target|^2."""
    module = make_perceptron((2, 5, 4, 1))
    inner = gradient(module, "forward", ("z",))
    module = replace(module, methods=(*module.methods, inner))
    builder = MethodBuilder("loss")
    z = builder.argument("z", ArrayType((1, 2), batched=True))
    (slope,) = builder.call(module, "", inner.name, z)
    builder.output("loss", slope.apply("square").apply("sum", axes=(0, 1)).apply("batch_mean"))
    module = replace(module, methods=(*module.methods, builder.build()))
    names = ("weight0", "bias0", "weight1", "weight2", "bias2")
    second = gradient(module, "loss", names)
    params = draw_parameters(module, 1)
    generator = np.random.default_rng(0)
    z_array = generator.standard_normal((6, 1, 2))
    found, _ = interpret(module, second, [z_array], params, {})
    assert (found[-1] == 0).all()  # the last bias moves no slope
    for name, derived in zip(names, found, strict=True):
        direction = generator.standard_normal(params[name].shape)
        losses = [
            interpret(module, "loss", [z_array], {**params, name: params[name] + s * STEP * direction}, {})[0][0]
            for s in (1, -1)
        ]
        assert (derived * direction).sum() == pytest.approx((losses[0] - losses[1]) / (2 * STEP), abs=1e-8)


def test_gradient_through_calls_and_batch_norm_towards_parameters() -> None:
    root = make_program().root
    params, state = draw_parameters(root, 0), initial_state(root)
    generator = np.random.default_rng(1)
    arguments = [generator.standard_normal((4, 1, 5, 5)), generator.standard_normal(4)]
    names = ("conv.weight", "conv.bias", "norm.scale", "norm.shift")
    method = gradient(root, "objective", names)
    assert method.updates == ()
    assert gradient(root, "objective", names, keep_outputs=True).updates != ()
    found, _ = interpret(root, method, arguments, params, state)
    for name, derived in zip(names, found, strict=True):
        direction = generator.standard_normal(params[name].shape)
        losses = [
            interpret(root, "objective", arguments, {**params, name: params[name] + s * 1e-6 * direction}, state)[0][0]
            for s in (1, -1)
        ]
        assert (derived * direction).sum() == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-6)


def test_directional_derivative() -> None:
    module = make_perceptron((3, 7, 1))
    params = draw_parameters(module, 0)
    generator = np.random.default_rng(0)
    z, direction = generator.standard_normal((2, 4, 1, 3))
    turn = generator.standard_normal((7, 3))
    method = jacobian_vector(module, "forward", ("z", "weight0"))
    assert [method.nodes[index].attributes["name"] for index in method.arguments] == [
        "z",
        "tangent_z",
        "tangent_weight0",
    ]
    (tangent,), _ = interpret(module, method, [z, direction, turn], params, {})
    ahead, behind = (
        interpret(
            module,
            "forward",
            [z + s * STEP * direction],
            {**params, "weight0": params["weight0"] + s * STEP * turn},
            {},
        )[0][0]
        for s in (1, -1)
    )
    np.testing.assert_allclose(tangent, (ahead - behind) / (2 * STEP), atol=1e-9)


def test_hessian_vector_product_is_symmetric() -> None:
    module = make_perceptron((3, 7, 1))
    slope = gradient(module, "forward", ("z",))
    hessian = jacobian_vector(replace(module, methods=(slope,)), slope.name, ("z",))
    params = draw_parameters(module, 0)
    z, first, second = np.random.default_rng(0).standard_normal((3, 4, 1, 3))
    one, other = (interpret(module, hessian, [z, way], params, {})[0][0] for way in (first, second))
    np.testing.assert_allclose((one * second).sum(axis=(1, 2)), (other * first).sum(axis=(1, 2)), rtol=1e-10)


def test_what_does_not_depend_has_gradient_zero() -> None:
    module = make_perceptron((2, 3, 1))
    builder = MethodBuilder("constant")
    x = builder.argument("x", ArrayType((2,), batched=True))
    builder.output("y", x.apply("step").apply("sum", axes=(0,)))
    module = replace(module, methods=(builder.build(),))
    (zero, zero_weight), _ = interpret(
        module, gradient(module, "constant", ("x", "weight0")), [np.ones((4, 2))], draw_parameters(module, 0), {}
    )
    np.testing.assert_array_equal(zero, np.zeros((4, 2)))
    np.testing.assert_array_equal(zero_weight, np.zeros((3, 2)))


def test_a_per_sample_gradient_through_mixed_samples_is_refused() -> None:
    root = make_program().root
    with pytest.raises(SampleMixingError, match="batch_norm"):
        gradient(root, "forward_train", ("x",))
    with pytest.raises(SampleMixingError, match=r"batch_norm|batch_mean"):
        gradient(root, "objective", ("x",))
    assert gradient(root, "forward", ("x",)).outputs


def test_faults() -> None:
    module = make_perceptron((2, 3, 1))
    with pytest.raises(PlanError, match="no argument and no parameter w"):
        gradient(module, "forward", ("w",))
    builder = MethodBuilder("forward")
    builder.output("y", builder.argument("x", ArrayType((2,), batched=True)).apply("exp"))
    vector = Module("Vector", "", (builder.build(),))
    with pytest.raises(PlanError, match="not a real scalar"):
        gradient(vector, "forward", ("x",))
    builder = MethodBuilder("forward")
    index = builder.argument("index", ArrayType((), "integer", batched=True))
    builder.output("y", index.apply("one_hot", classes=3).apply("sum", axes=(0,)))
    with pytest.raises(PlanError, match="index, which is not real"):
        gradient(Module("Index", "", (builder.build(),)), "forward", ("index",))
