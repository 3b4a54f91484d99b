"""The weights file of an emitted model: what is written is read, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from symdsl.backends.backend import Backend, CompiledModel, stored_constants
from symdsl.backends.source_cache import cache_source
from symdsl.backends.torch.backend import BACKEND
from tests.unit.backends.torch.sample_plans import convolution_program, perceptron


def build(program: Any, **options: Any) -> Any:
    path = cache_source(BACKEND.emit(program), stored_constants(program), "torch")
    return getattr(BACKEND.load(path), program.root.class_name)(**options)


@pytest.fixture
def model() -> Any:
    return build(convolution_program(), seed=3)


def test_what_is_saved_is_loaded(model: Any, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    model(torch.randn(4, 1, 12, 12))
    model.save_weights(path)
    assert load_file(path).keys() == model.state_dict().keys()
    for other in (build(convolution_program(), weights=path), build(convolution_program())):
        other.load_weights(path)
        for name, value in model.state_dict().items():
            assert torch.equal(other.state_dict()[name], value)


def test_half_precision_is_saved_too(tmp_path: Path) -> None:
    model = build(convolution_program()).bfloat16()
    model.save_weights(tmp_path / "weights.safetensors")
    other = build(convolution_program(), dtype=torch.bfloat16, weights=tmp_path / "weights.safetensors")
    assert torch.equal(other.weight, model.weight)


@pytest.mark.parametrize("fault", ["missing", "unknown", "shape"])
def test_weights_of_another_model_are_refused(model: Any, tmp_path: Path, fault: str) -> None:
    arrays = {name: value.numpy().copy() for name, value in model.state_dict().items()}
    if fault == "missing":
        del arrays["norm1.mean"]
    elif fault == "unknown":
        arrays["norm9.mean"] = np.zeros(3, dtype=np.float32)
    else:
        arrays["bias"] = np.zeros(11, dtype=np.float32)
    save_file(arrays, tmp_path / "weights.safetensors")
    before = model.weight.detach().clone()
    with pytest.raises(ValueError, match={"missing": "norm1.mean", "unknown": "norm9.mean", "shape": "bias"}[fault]):
        model.load_weights(tmp_path / "weights.safetensors")
    assert torch.equal(model.weight, before)


@pytest.mark.parametrize("damage", ["empty", "short", "length", "json", "offset", "kind", "shape", "pickle", "deep"])
def test_a_damaged_file_is_refused(model: Any, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "weights.safetensors"
    model.save_weights(path)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    if damage in ("offset", "kind", "shape"):
        change = {"offset": ("data_offsets", [0, 10**9]), "kind": ("dtype", "P1"), "shape": ("shape", [99])}[damage]
        header["weight"][change[0]] = change[1]
        text = json.dumps(header).encode()
        content = len(text).to_bytes(8, "little") + text + content[8 + size :]
    else:
        content = {
            "empty": b"",
            "short": content[:-4],
            "length": (2**62).to_bytes(8, "little") + content[8:],
            "json": content[:8] + b"[" * size + content[8 + size :],
            "deep": (10**6).to_bytes(8, "little") + b'{"a":' * 200_000,
            "pickle": b"\x80\x04K\x01.",
        }[damage]
    path.write_bytes(content)
    with pytest.raises(ValueError):
        model.load_weights(path)


def test_stored_constants_lie_beside_the_source(tmp_path: Path) -> None:
    program = perceptron(70, (4,), 2)
    constants = stored_constants(program)
    assert set(constants) == {"offset", "order"}
    model = build(program, dtype=torch.float64)
    np.testing.assert_array_equal(model.offset.numpy(), constants["offset"])
    np.testing.assert_array_equal(build(program).double().offset.numpy(), constants["offset"])
    model.save_weights(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(load_file(tmp_path / "weights.safetensors")["offset"], constants["offset"])
    model.load_weights(tmp_path / "weights.safetensors")
    (tmp_path / "alone.py").write_text(BACKEND.emit(program))
    with pytest.raises(OSError):
        BACKEND.load(tmp_path / "alone.py").Perceptron()


def test_the_backend_is_a_backend() -> None:
    program = convolution_program()
    assert isinstance(BACKEND, Backend)
    path = cache_source(BACKEND.emit(program), {}, "torch")
    model = BACKEND.instantiate(program, path, seed=5, dtype="float64")
    assert isinstance(model, CompiledModel)
    x = np.random.default_rng(0).normal(size=(4, 1, 12, 12))
    labels = np.array([1, 2, 3, 4])
    (logits,) = model.call("forward", x)
    assert logits.dtype == np.float64
    (trained,) = model.call("forward_train", x)
    (loss,) = model.call("objective", x, labels)
    shifted = trained - trained.max(1, keepdims=True)
    expected = np.log(np.exp(shifted).sum(1)) - shifted[np.arange(4), labels]
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    assert not np.allclose(model.weights()["norm1.mean"], 0)
    copied = BACKEND.instantiate(program, path, weights=model.weights(), dtype="float64")
    np.testing.assert_array_equal(copied.call("forward", x)[0], model.call("forward", x)[0])
    with pytest.raises(KeyError):
        model.call("energy", x)
    with pytest.raises(ValueError, match="takes 1 arrays"):
        model.call("forward", x, x)


def test_source_with_weights_starts_from_the_file_beside_it(model: Any, tmp_path: Path) -> None:
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    (tmp_path / "model.py").write_text(BACKEND.emit(convolution_program(), weights))
    model.save_weights(tmp_path / "model.safetensors")
    made = BACKEND.load(tmp_path / "model.py").RotatedNet()
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in made.state_dict().items())
