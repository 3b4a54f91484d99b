from types import SimpleNamespace

import numpy as np
import pytest

from symdsl.check.spec import Field
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import Span
from symdsl.training.metrics import evaluate, score

SPAN = Span("model.sym", 1, 1, 1, 2)
LABEL = Field("y", "label", SPAN, classes=3)
VECTOR = Field("v", "vector", SPAN, own_shape=(2,), dimension=2)


def test_cross_entropy_and_accuracy_are_those_of_torch():
    import torch

    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(50, 3)) * 30, random.integers(0, 3, 50)
    found = score([logits], [labels], [LABEL])
    expected = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels))
    assert found["loss"] == pytest.approx(float(expected), rel=1e-12)
    assert found["accuracy"] == np.mean(logits.argmax(1) == labels) == 1 - found["error"]


def test_huge_logits_do_not_overflow():
    found = score([np.array([[1e5, 0.0, -1e5]])], [np.array([2])], [LABEL])
    assert found["loss"] == 2e5


def test_mean_squared_and_absolute_errors_are_over_batch_and_coordinates():
    output, target = np.array([[1.0, 2.0], [0.0, 0.0]]), np.zeros((2, 2))
    assert score([output], [target], [VECTOR]) == {"loss": 1.25, "mse": 1.25}
    assert score([output], [target], [VECTOR], "mean_absolute_error") == {"loss": 0.75, "mae": 0.75}


def test_several_outputs_are_named_and_their_losses_added():
    found = score([np.ones((1, 2)), np.zeros((1, 3))], [np.zeros((1, 2)), np.array([0])], [VECTOR, LABEL])
    assert found["loss"] == pytest.approx(1 + np.log(3))
    assert set(found) == {"loss", "v.mse", "y.accuracy", "y.error"}


@pytest.mark.parametrize("batch", [1, 3, 10, 64])
def test_evaluation_in_batches_is_evaluation_at_once(batch):
    random = np.random.default_rng(1)
    x, target = random.normal(size=(10, 2)), random.normal(size=(10, 2))
    sizes = []

    def forward(inputs):
        sizes.append(len(inputs[0]))
        return (2 * inputs[0],)

    data = FieldArrays("made", {"x": x, "v": target}, 10, {})
    model = SimpleNamespace(fields={"v": VECTOR}, inputs=("x",), outputs=("v",), training={})
    samples = np.array([9, 1, 2, 3, 4, 5, 6, 7, 0])
    found = evaluate(forward, data, model, samples, batch=batch)
    assert found["mse"] == pytest.approx(np.mean((2 * x - target)[samples] ** 2), rel=1e-12)
    assert max(sizes) <= batch
