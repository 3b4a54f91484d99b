"""Clipping, averaging, early stopping, mixed precision: what they do, and that both backends do the same."""


import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from tests.unit.training import linear_classifier
from tests.unit.training.linear_classifier import FIRST, FakeModel, Trainer
from tests.unit.training.test_loop import same

OPTIMISERS = [
    {"optimiser": "adam", "weight_decay": 0.01},
    {"optimiser": "adamw", "weight_decay": 0.01},
    {"optimiser": "sgd"},
    {"optimiser": "rmsprop", "weight_decay": 0.01},
]
SCHEDULES = [{}, {"schedule": "one_cycle"}, {"schedule": "plateau", "plateau_after": 1, "warmup": 1.5}]


@pytest.fixture
def _no_dropout(monkeypatch):
    """The noise of the backends differs."""
    monkeypatch.setattr(linear_classifier, "KEEP", 1.0)


@pytest.mark.usefixtures("_no_dropout")
@pytest.mark.parametrize(
    ("optimiser", "clip", "ema"),
    [(optimiser, *options) for optimiser in OPTIMISERS for options in ((None, None), (0.05, 0.9))],
    ids=str,
)
def test_both_backends_take_the_same_steps(optimiser, clip, ema):
    for schedule in SCHEDULES:
        options = {"epochs": 3, "clip": clip, "ema": ema, **optimiser, **schedule}
        first, second = (Trainer(backend)(**options) for backend in ("torch", "jax"))
        for name in first.weights:
            np.testing.assert_allclose(first.weights[name], second.weights[name], rtol=0, atol=1e-12)
        assert np.abs(first.weights["weight"] - FIRST["weight"]).max() > 1e-3
        assert [record["learning_rate"] for record in first.history] == [
            record["learning_rate"] for record in second.history
        ]


@pytest.mark.usefixtures("_no_dropout")
def test_averages_by_hand(trainer):
    """One step an epoch: the weights after each are those of shorter runs, and a = 0.7 a + 0.3 w."""
    options = {"batch": "full", "optimiser": "sgd"}
    average = FIRST["weight"]
    for epochs in range(1, 5):
        average = 0.7 * average + 0.3 * trainer(epochs=epochs, **options).weights["weight"]
        found = trainer(epochs=epochs, ema=0.7, **options)
        np.testing.assert_allclose(found.weights["weight"], average, rtol=0, atol=1e-14)
    # the state is that of the last step
    assert found.weights["steps"] == 4
    # and the metrics are those of the averages
    x = trainer.data.arrays["x"][found.split.test]
    logits = x @ average.T + found.weights["bias"]
    accuracy = np.mean(logits.argmax(1) == trainer.data.arrays["y"][found.split.test])
    assert found.metrics["test.accuracy"] == accuracy


@pytest.mark.usefixtures("_no_dropout")
def test_a_clipped_step_is_as_long_as_the_bound(trainer):
    options = {"epochs": 1, "batch": "full", "optimiser": "sgd", "momentum": 0.0, "learning_rate": 1.0}

    def change(**more):
        found = trainer(**options, **more).weights
        return np.concatenate([(found[name] - FIRST[name]).ravel() for name in ("weight", "bias")])

    free = change()
    length = np.linalg.norm(free)
    assert np.linalg.norm(change(clip=length / 3)) == pytest.approx(length / 3, rel=1e-12)
    np.testing.assert_allclose(change(clip=length / 3), free / 3, rtol=1e-12)
    np.testing.assert_array_equal(change(clip=2 * length), free)


def test_clipping_is_that_of_torch():
    import torch

    from symdsl.training.optimiser import clip_gradient

    random = np.random.default_rng(0)
    ours = [torch.nn.Parameter(torch.zeros(shape, dtype=torch.float64)) for shape in ((3, 2), (4,), ())]
    for each in ours:
        each.grad = torch.tensor(random.normal(size=each.shape))
    theirs = [torch.nn.Parameter(each.detach().clone()) for each in ours]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.grad is not None
        other.grad = mine.grad.clone()
    clip_gradient(ours, 0.5)
    torch.nn.utils.clip_grad_norm_(theirs, 0.5)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.grad, other.grad, rtol=1e-5)


def test_the_run_stops_after_two_evaluations_that_are_no_better(trainer):
    free = trainer(epochs=40, learning_rate=0.5)
    losses = [record["validation.loss"] for record in free.history]
    best, waited, stop = np.inf, 0, None
    for epoch, loss in enumerate(losses, start=1):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == 2:
            stop = epoch
            break
    assert stop is not None
    assert stop < 40
    stopped = trainer(epochs=40, learning_rate=0.5, stop_after=2)
    assert (stopped.epochs, stopped.history) == (stop, free.history[:stop])
    kept = trainer(epochs=40, learning_rate=0.5, stop_after=2, keep="best")
    assert kept.metrics["validation.loss"] == pytest.approx(min(losses[:stop]), rel=1e-12)
    assert stopped.metrics["validation.loss"] > kept.metrics["validation.loss"]
    assert same(kept.weights, trainer(epochs=stop - 2, learning_rate=0.5).weights)


def test_a_stopped_run_is_over(trainer, tmp_path):
    options = {"epochs": 40, "learning_rate": 0.5, "stop_after": 2}
    stopped = trainer(tmp_path / "run", **options)
    again = trainer(tmp_path / "run", resume=True, **options)
    assert (again.epochs, again.history) == (stopped.epochs, stopped.history)
    assert same(again.weights, stopped.weights)


def test_what_heeds_validation_needs_some(trainer):
    with pytest.raises(SymdslError, match="SYM1206"):
        trainer(split=(0.9, 0.0, 0.1), stop_after=3)


def test_mixed_precision_learns_with_float32_weights_and_coarser_steps(trainer):
    trainer.dtype = "float32"
    full, mixed = trainer(epochs=30), trainer(epochs=30, precision="mixed")
    assert {array.dtype for array in mixed.weights.values()} == {np.dtype("float32")}
    assert mixed.metrics["train.loss"] == pytest.approx(full.metrics["train.loss"], rel=0.05)
    difference = np.abs(mixed.weights["weight"] - full.weights["weight"]).max()
    assert 1e-5 < difference < 0.1
    # the state counts in float32, where bfloat16 would stop at 256
    long = trainer(epochs=60, precision="mixed")
    assert long.weights["steps"] == 300


def test_mixed_precision_of_float64_is_refused(trainer):
    with pytest.raises(SymdslError, match="SYM1207"):
        trainer(precision="mixed")


def test_the_model_holds_the_kept_weights(trainer):
    model = FakeModel(trainer.backend, trainer.dtype)
    result = trainer(model=model, ema=0.9, keep="best")
    assert same(model.weights(), result.weights)
