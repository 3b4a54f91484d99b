"""The jax backend behind NumPy arrays: parity with the interpreter, state, weights files, transformations, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_programs import awkward_net, convolutional_net, perceptron, stored_table_net
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from symdsl.backends import backend as protocol
from symdsl.backends.backend import Requirements, stored_constants
from symdsl.backends.jax.backend import BACKEND, JaxBackend, JaxModel
from symdsl.backends.source_cache import cache_source
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program

GENERATOR = np.random.default_rng(5)
IMAGES = GENERATOR.standard_normal((4, 1, 8, 8))
MASK = GENERATOR.uniform(size=(4, 8))


def source_of(program: Program) -> Path:
    return cache_source(BACKEND.emit(program), stored_constants(program), "jax")


def random_weights(program: Program) -> dict[str, NDArray[Any]]:
    """Parameters and running statistics that are not the first ones."""
    generator = np.random.default_rng(11)
    state = {name: generator.uniform(0.5, 2.0, array.shape) for name, array in initial_state(program.root).items()}
    first = draw_parameters(program.root, 1).items()
    return {**{name: array + 0.1 * generator.standard_normal(array.shape) for name, array in first}, **state}


def split(program: Program, weights: dict[str, NDArray[Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    state = initial_state(program.root)
    return {k: v for k, v in weights.items() if k not in state}, {k: v for k, v in weights.items() if k in state}


def test_satisfies_the_protocols() -> None:
    assert isinstance(BACKEND, protocol.Backend)
    program = perceptron()
    assert isinstance(BACKEND.instantiate(program, source_of(program)), protocol.CompiledModel)


def test_float64_agrees_with_the_interpreter_and_leaves_no_setting_behind() -> None:
    program, weights = convolutional_net(), random_weights(convolutional_net())
    model = BACKEND.instantiate(program, source_of(program), weights, dtype="float64")
    params, state = split(program, weights)
    (wanted,), _ = interpret(program.root, "forward", [IMAGES], params, state)
    (found,) = model.call("forward", IMAGES)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)
    (wanted,), after = interpret(program.root, "forward_train", [IMAGES, MASK], params, state)
    (found,) = model.call("forward_train", IMAGES, MASK)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)
    for path, array in after.items():
        np.testing.assert_allclose(model.weights()[path], array, rtol=1e-12)
        assert not np.allclose(array, state[path])
    assert not jax.config.jax_enable_x64


def test_float32_is_float32() -> None:
    program = convolutional_net()
    model = BACKEND.instantiate(program, source_of(program), seed=4)
    (found,) = model.call("forward", IMAGES)
    (wanted,), _ = interpret(
        program.root, "forward", [IMAGES], draw_parameters(program.root, 4), initial_state(program.root)
    )
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_dtype_follows_the_weights_where_64_bit_types_are_enabled() -> None:
    loaded = BACKEND.load(source_of(convolutional_net()))
    with jax.enable_x64(True):
        model = loaded.TurnedNet(seed=1)
        images, mask = IMAGES.astype(np.float32), MASK.astype(np.float32)
        outputs, state = jax.eval_shape(model.forward_train, model.initial_state(), images, mask)
        kinds = {array.dtype for array in (jax.eval_shape(lambda: model(images)), outputs, *state.values())}
    assert kinds == {np.dtype("float32")}


def test_first_weights_are_those_of_the_plan_to_the_bit() -> None:
    program = convolutional_net()
    with jax.enable_x64(True):
        module = BACKEND.load(source_of(program)).TurnedNet(seed=9, dtype=jnp.float64)
    drawn = draw_parameters(program.root, 9)
    assert set(module.parameters()) == set(drawn)
    for path, array in module.parameters().items():
        assert np.array_equal(np.asarray(array), drawn[path]), path


def test_pure_form_takes_arrays_by_path_in_order_or_by_name() -> None:
    program, weights = convolutional_net(), random_weights(convolutional_net())
    loaded = BACKEND.load(source_of(program))
    params, state = ({k: jnp.asarray(v, jnp.float32) for k, v in part.items()} for part in split(program, weights))
    model = loaded.TurnedNet()
    images, mask = IMAGES.astype(np.float32), MASK.astype(np.float32)
    by_order, same = jax.jit(lambda *given: model.apply(*given))(params, state, [images])
    by_name, _ = jax.jit(loaded.apply)(params, state, {"image": images})
    assert np.array_equal(by_order, by_name)
    assert set(same) == set(state)
    one, after = jax.jit(loaded.apply_train)(params, state, {"image": images}, {"mask": mask})
    two, _ = jax.jit(lambda *given: model.apply_train(*given))(params, state, [images], [mask])
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)
    assert set(after) == set(state)
    with pytest.raises(ValueError, match="image"):
        model.apply(params, state, {"picture": images})
    with pytest.raises(ValueError, match=r"head\.bias"):
        model.apply({k: v for k, v in params.items() if k != "head.bias"}, state, [images])


def test_a_model_draws_the_noise_that_its_training_takes() -> None:
    program, weights = convolutional_net(), random_weights(convolutional_net())
    loaded = BACKEND.load(source_of(program))
    params, state = ({k: jnp.asarray(v, jnp.float32) for k, v in part.items()} for part in split(program, weights))
    model = loaded.TurnedNet()
    drawn = jax.jit(lambda key: model.draw_noise(key, len(IMAGES)))(jax.random.key(0))
    assert {name: array.shape for name, array in drawn.items()} == {"mask": MASK.shape}
    assert not np.array_equal(drawn["mask"], model.draw_noise(jax.random.key(1), len(IMAGES))["mask"])
    model.apply_train(params, state, [IMAGES], drawn)


def test_gradient_of_training_agrees_with_finite_differences_and_leaves_tables_alone() -> None:
    program, weights = convolutional_net(), random_weights(convolutional_net())
    loaded = BACKEND.load(source_of(program))
    params, state = split(program, weights)
    with jax.enable_x64(True):

        @jax.jit
        def loss(params: Any) -> Any:
            outputs, _ = loaded.apply_train(params, state, [IMAGES], [MASK])
            return jnp.sum(jnp.square(outputs))

        gradient = jax.jit(jax.grad(loss))(params)
        for path, array in params.items():
            step = np.random.default_rng(3).standard_normal(array.shape)
            up, down = (loss({**params, path: array + sign * 1e-5 * step}) for sign in (1, -1))
            assert float(np.vdot(gradient[path], step)) == pytest.approx(float(up - down) / 2e-5, rel=1e-5, abs=1e-7)

        model = loaded.TurnedNet(dtype=jnp.float64)
        by_filter = eqx.filter_jit(eqx.filter_grad(lambda model: jnp.sum(model(IMAGES))))(model)
        assert by_filter.first.index == model.first.index
        assert by_filter.temperature == model.temperature
        assert set(by_filter.parameters()) == set(params)
        assert not any(np.any(array) for array in by_filter.saved_state.values())


def test_forward_is_clean_under_jit_vmap_and_tree_functions() -> None:
    loaded = BACKEND.load(source_of(convolutional_net()))
    model = loaded.TurnedNet(seed=2)
    images = jnp.asarray(np.stack([IMAGES, 2.0 * IMAGES]), jnp.float32)
    mapped = eqx.filter_jit(eqx.filter_vmap(model))(images)
    np.testing.assert_allclose(mapped[1], model(images[1]), rtol=2e-4, atol=1e-5)
    other = loaded.TurnedNet(seed=3)
    average = jax.tree_util.tree_map(lambda a, b: 0.5 * (a + b), model, other)
    assert jax.tree_util.tree_structure(average) == jax.tree_util.tree_structure(model)
    np.testing.assert_allclose(average.head.weight, 0.5 * (model.head.weight + other.head.weight), rtol=1e-6)


def test_exports_with_a_symbolic_batch() -> None:
    model = BACKEND.load(source_of(convolutional_net())).TurnedNet(seed=2)
    (batch,) = jax.export.symbolic_shape("b")
    exported = jax.export.export(jax.jit(lambda images: model(images)))(
        jax.ShapeDtypeStruct((batch, 1, 8, 8), jnp.float32)
    )
    again = jax.export.deserialize(exported.serialize())
    for count in (1, 3):
        images = jnp.asarray(IMAGES[:count], jnp.float32)
        np.testing.assert_allclose(again.call(images), model(images), rtol=2e-4, atol=1e-5)


def test_weights_file_is_read_back_and_by_safetensors(tmp_path: Path) -> None:
    program, weights = convolutional_net(), random_weights(convolutional_net())
    path = source_of(program)
    model = BACKEND.instantiate(program, path, weights)
    file = tmp_path / "weights.safetensors"
    model.module.save_weights(file)
    saved = load_file(file)
    assert set(saved) == set(weights)
    fresh = BACKEND.load(path).TurnedNet(seed=8).load_weights(file)
    assert eqx.tree_equal(fresh, model.module)
    np.testing.assert_array_equal(fresh(IMAGES.astype(np.float32)), model.module(IMAGES.astype(np.float32)))
    save_file({**saved, "stranger": np.zeros(1)}, file)
    with pytest.raises(ValueError, match="stranger"):
        fresh.load_weights(file)
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(ValueError, match="cut short"):
        fresh.load_weights(file)


def test_torch_and_jax_read_each_others_weights_and_agree(tmp_path: Path) -> None:
    from symdsl.backends.torch.backend import BACKEND as TORCH

    program, weights = convolutional_net(), random_weights(convolutional_net())
    path = cache_source(TORCH.emit(program), stored_constants(program), "torch")
    torch_model = TORCH.instantiate(program, path, weights, dtype="float64")
    jax_model = BACKEND.instantiate(program, source_of(program), dtype="float64")
    torch_model.module.save_weights(tmp_path / "torch.safetensors")
    jax_model.set_weights(load_file(tmp_path / "torch.safetensors"))
    (one,), (two,) = torch_model.call("forward", IMAGES), jax_model.call("forward", IMAGES)
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-13)
    (one,), (two,) = (model.call("forward_train", IMAGES, MASK) for model in (torch_model, jax_model))
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-13)
    for name, array in torch_model.weights().items():
        np.testing.assert_allclose(jax_model.weights()[name], array, rtol=1e-12, err_msg=name)
    with jax.enable_x64(True):
        jax_model.module.save_weights(tmp_path / "jax.safetensors")
    torch_model.module.load_weights(tmp_path / "jax.safetensors")
    (one,), (two,) = torch_model.call("forward", IMAGES), jax_model.call("forward", IMAGES)
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-13)


def test_stored_constants_lie_beside_the_source_and_other_entry_points_run() -> None:
    basis = np.random.default_rng(0).standard_normal((2, 64))
    program = stored_table_net(basis)
    model = BACKEND.instantiate(program, source_of(program), seed=6, dtype="float64")
    x = np.random.default_rng(1).standard_normal((3, 64))
    (found,) = model.call("forward", x)
    np.testing.assert_allclose(found, x @ basis.T * draw_parameters(program.root, 6)["energy"], rtol=1e-12)
    energy, size = model.call("energy", x)
    np.testing.assert_allclose(energy, np.square(x).sum(1), rtol=1e-12)
    np.testing.assert_allclose(size, np.linalg.norm(x, axis=1), rtol=1e-12)
    with pytest.raises(KeyError):
        model.call("log_prob", x)
    assert isinstance(model, JaxModel)


def test_several_outputs_have_names_and_awkward_inputs_work() -> None:
    program = awkward_net()
    model = BACKEND.instantiate(program, source_of(program), dtype="float64")
    arrays = [np.ones((3, 2)), np.full((3, 2), 2.0), np.array([0, 1, 5]), np.full((3, 2), 3.0)]
    found = model.call("forward", *arrays)
    wanted, _ = interpret(program.root, "forward", arrays, {}, {})
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)
    outputs = model.module(*map(np.float32, arrays[:2]), arrays[2], np.float32(arrays[3]))
    assert outputs._fields == ("total", "place")
    assert outputs.total.dtype == np.float32


def test_source_can_take_its_parameters_from_the_file_beside_it() -> None:
    program, weights = convolutional_net(), random_weights(convolutional_net())
    path = cache_source(BACKEND.emit(program, weights), weights, "jax")
    with jax.enable_x64(True):
        model = BACKEND.load(path).TurnedNet(dtype=jnp.float64)
        for name, array in {**model.parameters(), **model.saved_state}.items():
            assert np.array_equal(np.asarray(array), weights[name]), name


def test_weights_of_another_model_are_refused() -> None:
    program = perceptron()
    model = BACKEND.instantiate(program, source_of(program))
    weights = model.weights()
    for wrong in ({**weights, "extra": np.zeros(1)}, {}, {**weights, "layer0.bias": np.zeros(3)}):
        with pytest.raises(ValueError):
            model.set_weights(wrong)


def test_missing_jax_is_exit_code_4(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Requirements(("jax_that_is_not_there",), 'pip install "symdsl[jax]"')
    monkeypatch.setattr(JaxBackend, "requirements", property(lambda self: missing))
    with pytest.raises(SymdslError) as caught:
        BACKEND.load(source_of(perceptron()))
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics[0].hint == 'run: pip install "symdsl[jax]"'
