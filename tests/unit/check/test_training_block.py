"""The train block, and that every option of it is one of the trainer's."""

from __future__ import annotations

import pytest

from symdsl.check.training import TrainOptions
from symdsl.training.options import TrainingOptions, read_options

DATA = "x: vector(3)\ny: scalar"


def test_only_what_is_written_is_handed_on(checked) -> None:
    model = checked(DATA, "predict y from x\ntrain { epochs = 2 * 5, batch = full, split = [0.5, 0.25, 0.25] }").model()
    assert dict(model.training) == {"epochs": 10, "batch": "full", "split": [0.5, 0.25, 0.25]}
    assert checked(DATA).model().training == {}


def test_the_trainer_takes_every_option(checked) -> None:
    assert set(TrainOptions.model_fields) <= set(TrainingOptions.model_fields)
    text = "optimiser = sgd, momentum = 0.5, beta = [0.9, 0.99], last_batch = drop, schedule = cosine, seed = 3"
    training = checked(DATA, f"predict y from x\ntrain {{ {text} }}").model().training
    options = read_options({**training, "beta": tuple(training["beta"])})
    assert (options.optimiser, options.momentum, options.seed) == ("sgd", 0.5, 3)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("epochs = 0", "SYM0502"),
        ("epochs = 2.5", "SYM0501"),
        ("batch = many", "SYM0501"),
        ("split = [0.5, 0.5, 0.5]", "SYM1203"),
        ("split = [0, 0.5, 0.5]", "SYM1203"),
        ("momentum = 0.9", "SYM0513"),
        ("loss = cross_entropy", "SYM1205"),
        ("rate = 1", "SYM0205"),
    ],
)
def test_faults(checked, option: str, code: str) -> None:
    assert [error.code for error in checked(DATA, f"predict y from x\ntrain {{ {option} }}").errors] == [code]
