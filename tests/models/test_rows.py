"""Models of rows, of which each sample has its own number: data, training and measurement on both backends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.backends.padding import fill_up_rows, places_for
from symdsl.check.spec import Model
from symdsl.data.dataset import Dataset
from symdsl.data.gather import gather_data
from symdsl.data.graphs import with_rows
from symdsl.data.match import match_fields
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.inference.predict import write_predictions
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.training.loop import train
from symdsl.training.options import read_options
from symdsl.verification.verify import VerifyOptions, verify

EACH = """
model each {
  data {
    axis bodies = any
    x: vector(2) per bodies
    y: scalar per bodies
  }
  symmetry relabel: S(bodies)
  predict y from x
  enforce relabel by mlp { hidden = [6] }
  train { epochs = 3; batch = 4; learning_rate = 0.05; split = [0.7, 0.1, 0.2] }
}
"""
GRAPH = """
model nodes {
  data { graph g { node h: vector(2); node y: scalar; edge e: scalar } }
  predict y from h
}
"""


def compilation(text: str, backend: str) -> Compilation:
    return prepare(text, Session(backend=backend, dtype="float64"))


def write_bodies(path: Path, samples: int = 21) -> NDArray[np.int64]:
    generator = np.random.default_rng(0)
    counts = generator.integers(1, 6, samples)
    x = generator.standard_normal((counts.sum(), 2))
    np.savez(path, x=x, y=x[:, 0] * x[:, 1], n_bodies=counts)
    return counts


def graphs(**changes: Any) -> Dataset:
    arrays = {
        "h": np.arange(10.0).reshape(5, 2), "y": np.arange(5.0), "e": np.array([7.0, 8.0, 9.0]),
        "n_node": np.array([2, 3]), "n_edge": np.array([1, 2]), "senders": np.array([0, 2, 1]),
        "receivers": np.array([1, 0, 0]), **changes,
    }  # fmt: skip
    return Dataset("graphs", {name: array for name, array in arrays.items() if array is not None})


def tied(model: Model, dataset: Dataset) -> dict[str, Any]:
    fields = [model.fields[name] for name in (*model.inputs, *model.outputs) if not model.fields[name].is_index]
    matched = match_fields(dataset, fields)
    return with_rows(model, matched.arrays, dict.fromkeys(matched.arrays, dataset), (*model.inputs, *model.outputs))


def test_a_batch_is_the_rows_of_its_samples_and_indices_count_within_it() -> None:
    arrays = tied(prepare(GRAPH).spec, graphs())
    both, turned = np.array([0, 1]), np.array([1, 0])
    np.testing.assert_array_equal(arrays["g_senders"][both], [0, 4, 3])
    np.testing.assert_array_equal(arrays["g_senders"][turned], [2, 1, 3])
    np.testing.assert_array_equal(arrays["g_receivers"][turned], [0, 0, 4])
    np.testing.assert_array_equal(arrays["sample_of_g_nodes"][turned], [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(arrays["y"][turned], [2, 3, 4, 0, 1])
    np.testing.assert_array_equal(arrays["n_g_nodes"][turned], [3, 2])


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"senders": np.array([0, 3, 1])}, "SYM0840", "node 3 in graph 1, which has 3"),
        ({"receivers": np.array([-1, 0, 0])}, "SYM0840", "node -1 in graph 0"),
        ({"n_node": None}, "SYM0841", "does not say how many rows"),
        ({"n_node": np.array([2, 4])}, "SYM0841", "counts add up to 6"),
        ({"n_edge": np.array([1, 1])}, "SYM0841", "2 edges are counted"),
        ({"n_node": np.array([5, 0])}, "SYM0841", "does not count rows"),
        ({"receivers": None}, "SYM0803", "receivers"),
        ({"senders": np.array([0.0, 2.0, 1.0])}, "SYM0809", "integers"),
    ],
)
def test_rows_that_do_not_fit_are_told(changes: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(SymdslError) as refusal:
        tied(prepare(GRAPH).spec, graphs(**changes))
    (fault,) = refusal.value.diagnostics
    assert fault.code == code
    assert words in fault.message


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_training_evaluation_and_prediction(backend: str, tmp_path: Path) -> None:
    counts = write_bodies(tmp_path / "bodies.npz")
    compiled = compilation(EACH, backend)
    data = gather_data(compiled.spec, str(tmp_path / "bodies.npz"))
    options = read_options(compiled.spec.training)
    model = compiled.instantiate()
    found = train(compiled, model, data, options, quiet=True)
    assert found.history[-1]["train.loss"] < found.history[0]["train.loss"]

    def call(inputs: Any) -> Any:
        return model.call("forward", *inputs)

    write_predictions(compiled.spec, call, data, "float64", str(tmp_path / "p.npz"), batch=5)
    written = np.load(tmp_path / "p.npz")
    np.testing.assert_array_equal(written["sample_of_bodies"], np.repeat(np.arange(len(counts)), counts))
    test = np.isin(written["sample_of_bodies"], found.split.test)
    error = np.mean((written["y"] - np.load(tmp_path / "bodies.npz")["y"])[test] ** 2)
    assert found.metrics["test.mse"] == pytest.approx(error, rel=1e-9)


def test_both_backends_take_the_same_steps(tmp_path: Path) -> None:
    """What jax fills batches up with changes no loss and no gradient."""
    write_bodies(tmp_path / "bodies.npz")
    weights = []
    for backend in ("torch", "jax"):
        compiled = compilation(EACH, backend)
        data = gather_data(compiled.spec, str(tmp_path / "bodies.npz"))
        options = read_options(compiled.spec.training)
        weights.append(train(compiled, compiled.instantiate(), data, options, quiet=True).weights)
    for name, array in weights[0].items():
        np.testing.assert_allclose(weights[1][name], array, rtol=1e-9, atol=1e-12)


def test_filled_batches_have_few_sizes() -> None:
    program = compilation(EACH, "jax").program
    method = program.root.method("forward")
    generator, sizes = np.random.default_rng(0), set()
    for _ in range(200):
        counts = generator.integers(1, 9, generator.integers(1, 33))
        arrays = [np.ones((counts.sum(), 2)), np.repeat(np.arange(len(counts)), counts), counts]
        x, owner, numbers = fill_up_rows(program, method, arrays)
        sizes.add((len(x), len(numbers)))
        assert owner[len(arrays[0]) :].tolist() == [len(counts)] * (len(x) - len(arrays[0]))
    assert len(sizes) <= 30, "6 sizes for up to 32 samples, and 5 for 1 to 8 rows a sample"
    assert [places_for(count, 1) for count in (0, 1, 3, 4)] == [1, 2, 4, 8]


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_renumbering_is_measured(backend: str) -> None:
    report = verify(compilation(EACH, backend), options=VerifyOptions(elements=4))
    assert report.passed
    assert {each.subject for each in report.measurements if each.quantity == "equivariance"} == {"relabel"}
