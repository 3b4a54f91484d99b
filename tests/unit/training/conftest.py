"""The trainers that the tests share."""

import pytest

from tests.unit.training.linear_classifier import Trainer


@pytest.fixture(params=["torch", "jax"])
def trainer(request):
    return Trainer(request.param)


@pytest.fixture
def torch_trainer():
    return Trainer("torch")
