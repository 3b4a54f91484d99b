"""Predictions: batch by batch the same as at once, labels with probabilities, memory bounded by a batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symdsl.data.match import FieldArrays
from symdsl.inference.predict import batch_size, predict, softmax, write_predictions
from symdsl.pipeline import prepare
from symdsl.session import Session
from tests.models.specs import INERTIA, SMALL_IMAGE

IMAGES = SMALL_IMAGE.format(channels=1, size=9, group="C(4)")


def collected(parts) -> dict[str, np.ndarray]:
    found = list(parts)
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_batches_are_the_whole(backend: str) -> None:
    compilation = prepare(INERTIA, Session(backend=backend, dtype="float64"))
    model = compilation.instantiate()
    generator = np.random.default_rng(0)
    arrays = {"m": generator.standard_normal((7, 3)), "r": generator.standard_normal((7, 3, 3))}
    data = FieldArrays("test", arrays, 7, {})

    def call(inputs):
        return model.call("forward", *inputs)

    (whole,) = call([arrays["m"], arrays["r"]])
    for batch in (1, 3, 7, None):
        np.testing.assert_allclose(collected(predict(compilation.spec, call, data, batch))["I"], whole, atol=1e-14)


def test_labels_have_a_class_and_probabilities(tmp_path: Path) -> None:
    compilation = prepare(IMAGES, Session(backend="torch"))
    model = compilation.instantiate()
    data = FieldArrays("test", {"x": np.random.default_rng(0).standard_normal((5, 1, 9, 9))}, 5, {})
    write_predictions(
        compilation.spec, lambda inputs: model.call("forward", *inputs), data, "float32", str(tmp_path / "a.npz"), 2
    )
    (logits,) = model.call("forward", data.arrays["x"])
    with np.load(tmp_path / "a.npz") as found:
        assert found["y"].dtype == np.int64
        np.testing.assert_array_equal(found["y"], logits.argmax(axis=1))
        np.testing.assert_allclose(found["y_probability"].sum(axis=1), 1.0, atol=1e-6)
        np.testing.assert_allclose(found["y_probability"], softmax(logits), atol=1e-7)


def test_softmax_is_safe() -> None:
    np.testing.assert_array_equal(softmax(np.array([[1e4, 0.0], [0.0, 0.0]])), [[1, 0], [0.5, 0.5]])


def test_large_samples_come_in_small_batches() -> None:
    small = prepare(IMAGES, Session(backend="torch")).spec
    large = prepare(IMAGES.replace("[9, 9]", "[1001, 1001]"), Session(backend="torch")).spec
    assert batch_size(small) == 1024
    assert batch_size(large) == 4


def test_numbers_that_are_not_finite_are_counted(tmp_path: Path) -> None:
    spec = prepare(INERTIA, Session(backend="torch")).spec
    arrays = {"m": np.zeros((4, 3)), "r": np.zeros((4, 3, 3))}

    def call(inputs):
        output = np.zeros((len(inputs[0]), 3, 3))
        output[0, 0] = np.nan
        return (output,)

    found = write_predictions(
        spec, call, FieldArrays("test", arrays, 4, {}), "float64", str(tmp_path / "a.csv"), batch=2
    )
    assert (found.samples, found.not_finite) == (4, 6)
