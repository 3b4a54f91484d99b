"""What torch users do with an emitted model: modes, copies, dtypes, export, weights files."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from symdsl.backends.backend import stored_constants
from symdsl.backends.source_cache import cache_source
from symdsl.backends.torch.backend import BACKEND
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import Program
from tests.unit.backends.torch.sample_plans import convolution_program, dropout_program, explicit_program, perceptron

PROGRAMS = {
    "convolution": convolution_program(),
    "perceptron": perceptron(3, (8, 8), 2),
    "stored": perceptron(70, (8,), 2),
    "dropout": dropout_program(),
}
INPUTS = {"convolution": (1, 12, 12), "perceptron": (3,), "stored": (70,), "dropout": (8,)}


def build(name: str, **options: Any) -> torch.nn.Module:
    program = PROGRAMS[name]
    path = cache_source(BACKEND.emit(program), stored_constants(program), "torch")
    source = BACKEND.load(path)
    root = getattr(source, program.root.class_name)
    return root(**options)


def example(name: str, batch: int = 5, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(batch, *INPUTS[name], generator=torch.Generator().manual_seed(0), dtype=dtype)


def first(result: Any) -> torch.Tensor:
    return result[0] if isinstance(result, tuple) else result


def perturb(model: torch.nn.Module) -> dict[str, NDArray[Any]]:
    """Random weights and random running statistics, by name."""
    generator = np.random.default_rng(1)
    with torch.no_grad():
        for value in model.state_dict().values():
            value.copy_(torch.from_numpy(generator.uniform(0.3, 1.5, tuple(value.shape))))
    return {name: value.numpy().astype(np.float64).copy() for name, value in model.state_dict().items()}


def split_state(program: Program, weights: dict[str, NDArray[Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = initial_state(program.root).keys()
    return {n: v for n, v in weights.items() if n not in names}, {n: v for n, v in weights.items() if n in names}


@pytest.mark.parametrize("name", ["convolution", "perceptron", "stored"])
@pytest.mark.parametrize("method", ["forward", "forward_train"])
def test_model_is_the_interpreter_in_both_modes(name: str, method: str) -> None:
    program, x = PROGRAMS[name], example(name, dtype=torch.float64)
    if all(known.name != method for known in program.root.methods):
        method = "forward"
    model = build(name, dtype=torch.float64).train(method == "forward_train")
    params, state = split_state(program, perturb(model))
    (expected,), updated = interpret(program.root, method, [x.numpy()], params, state)
    np.testing.assert_allclose(model(x).detach().numpy(), expected, rtol=1e-12, atol=1e-12)
    assert np.ptp(expected) > 1e-3
    for path, value in updated.items():
        np.testing.assert_allclose(model.state_dict()[path].numpy(), value, rtol=1e-12)


def test_modes_differ_and_the_state_dict_does_not() -> None:
    model = build("convolution")
    before = list(model.state_dict())
    x = example("convolution")
    trained = model(x)
    assert list(model.eval().state_dict()) == before
    assert not torch.allclose(model(x), trained)
    assert model.state_dict().keys() == draw_parameters(PROGRAMS["convolution"].root, 0).keys() | {
        "norm1.mean",
        "norm1.variance",
        "norm2.mean",
        "norm2.variance",
    }
    other = build("convolution", seed=1).eval()
    other.load_state_dict(model.state_dict(), strict=True)
    assert torch.equal(other(x), model(x))


def test_first_weights_are_those_drawn_in_numpy() -> None:
    model = build("convolution", seed=7, dtype=torch.float64)
    for name, value in draw_parameters(PROGRAMS["convolution"].root, 7).items():
        np.testing.assert_array_equal(model.get_parameter(name).detach().numpy(), value)
    single = build("convolution", seed=7)
    assert single.weight.dtype == torch.float32
    assert not torch.equal(build("convolution", seed=8).weight, single.weight)


def test_construction_is_fast() -> None:
    build("convolution")
    times = []
    for _ in range(9):
        start = time.perf_counter()
        build_again = type(build("convolution"))
        start = time.perf_counter()
        build_again()
        times.append(time.perf_counter() - start)
    assert sorted(times)[4] < 0.005


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiles_to_one_graph(name: str) -> None:
    torch._dynamo.reset()
    model = build(name).eval()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    x = example(name)
    torch.testing.assert_close(first(compiled(x)), first(model(x)))


def test_training_step_compiles_to_one_graph() -> None:
    torch._dynamo.reset()
    plain, other = build("convolution", dtype=torch.float64), build("convolution", dtype=torch.float64)
    compiled = torch.compile(other, fullgraph=True, backend="aot_eager")
    x = example("convolution", dtype=torch.float64)
    for model in (plain, compiled):
        model(x).square().sum().backward()
    for (name, ours), theirs in zip(plain.named_parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, msg=name)
    torch.testing.assert_close(plain.norm1.mean, other.norm1.mean)


@pytest.mark.parametrize("name", PROGRAMS)
def test_exports_with_a_dynamic_batch(name: str) -> None:
    model = build(name).eval()
    batch = torch.export.Dim("batch", min=2, max=4096)
    exported = torch.export.export(model, (example(name),), dynamic_shapes={"x": {0: batch}})
    x = example(name, batch=9)
    torch.testing.assert_close(first(exported.module()(x)), first(model(x)))


def test_double_does_not_keep_a_rounding_of_the_constants() -> None:
    converted, made = build("perceptron").double(), build("perceptron", dtype=torch.float64)
    assert torch.equal(converted.offset, made.offset)
    assert converted.bfloat16().offset.dtype == torch.bfloat16
    assert torch.equal(converted.double().offset, made.offset)
    assert not torch.equal(made.offset.float().double(), made.offset)
    assert converted.order.dtype == torch.int64
    assert "offset" not in made.state_dict()


def test_runs_under_bfloat16_autocast() -> None:
    model = build("convolution")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        result = model(example("convolution"))
        result.float().square().mean().backward()
    assert result.dtype == torch.bfloat16
    assert torch.isfinite(model.conv1.weight.grad).all()


def test_copies_and_pickles() -> None:
    for name in PROGRAMS:
        model, x = build(name).eval(), example(name)
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            assert torch.equal(first(other(x)), first(model(x)))


def test_another_process_unpickles(tmp_path: Path) -> None:
    model = build("perceptron").eval()
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
    text = (
        "import pickle, sys; sys.path.append(sys.argv[2]); print(type(pickle.load(open(sys.argv[1], 'rb'))).__name__)"
    )
    command = [sys.executable, "-c", text, str(tmp_path / "model.pickle"), os.environ["SYMDSL_CACHE"]]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == "Perceptron\n"


def test_file_runs_where_symdsl_is_not(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(BACKEND.emit(PROGRAMS["convolution"]))
    text = (
        "import sys, model, torch; assert not any(name.startswith('symdsl') for name in sys.modules);"
        "sys.modules['symdsl'] = None; print(tuple(model.RotatedNet()(torch.ones(2, 1, 12, 12)).shape))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=environment, capture_output=True, check=True, text=True
    )
    assert done.stdout == "(2, 10)\n"


def test_noise_is_drawn_only_in_training_and_only_if_not_given() -> None:
    model = build("dropout")
    x = example("dropout")
    noise = torch.rand(5, 8)
    assert torch.equal(model(x, noise).total, model(x, noise=noise).total)
    expected = torch.where(noise >= 0.25, torch.tanh(x) / 0.75, torch.zeros_like(x))
    assert torch.equal(model(x, noise).type, expected)
    model.generator = torch.Generator().manual_seed(3)
    drawn = model(x)
    model.generator.manual_seed(3)
    assert torch.equal(model(x).total, drawn.total)
    assert not torch.equal(model(x).total, drawn.total)
    assert torch.equal(model.eval()(x).type, torch.tanh(x))


def test_a_method_can_choose_a_mode_against_the_flag() -> None:
    program = explicit_program()
    path = cache_source(BACKEND.emit(program), {}, "torch")
    model = BACKEND.instantiate(program, path, dtype="float64")
    x = np.random.default_rng(0).normal(size=(6, 3, 4, 4))
    params, state = split_state(program, model.weights())
    for entry in program.entry_points:
        expected, updated = interpret(program.root, entry, [x], params, state)
        for ours, theirs in zip(model.call(entry, x), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(model.weights()["first.mean"], updated["first.mean"], rtol=1e-12)
        model.set_weights({**params, **state})


def test_reading_and_updating_one_state_in_one_method_is_refused() -> None:
    with pytest.raises(ValueError, match="reads the state of first and also updates it"):
        BACKEND.emit(explicit_program(frozen="first"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_inference_maps_over_samples(name: str) -> None:
    model, x = build(name).eval(), example(name)
    mapped = torch.vmap(lambda sample: first(model(sample.unsqueeze(0))).squeeze(0))(x)
    torch.testing.assert_close(mapped, first(model(x)))


def test_feature_maps_keep_their_channels_last() -> None:
    model, x = build("convolution"), example("convolution")
    for layer in (model.conv1, model.norm1, model.conv2, model.norm2):
        layer.register_forward_hook(lambda _layer, _given, made: layouts.append(made))
    layouts: list[torch.Tensor] = []
    model(x)
    model.eval()(x)
    assert len(layouts) == 8
    assert all(made.is_contiguous(memory_format=torch.channels_last) for made in layouts)
