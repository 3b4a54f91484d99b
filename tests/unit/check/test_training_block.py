"""The train block, and that every option of it is one of the trainer's."""

from __future__ import annotations

import pytest

from symdsl.training.options import read_options

DATA = "x: vector(3)\ny: scalar"


def test_only_what_is_written_is_handed_on(checked) -> None:
    model = checked(DATA, "predict y from x\ntrain { epochs = 2 * 5, batch = full, split = [0.5, 0.25, 0.25] }").model()
    assert dict(model.training) == {"epochs": 10, "batch": "full", "split": (0.5, 0.25, 0.25)}
    assert checked(DATA).model().training == {}


def test_the_trainer_takes_every_option(checked) -> None:
    text = "optimiser = adamw, epsilon = 1e-6, beta = [0.9, 0.99], last_batch = drop, schedule = cosine, seed = 3"
    training = checked(DATA, f"predict y from x\ntrain {{ {text} }}").model().training
    options = read_options(training)
    assert (options.optimiser, options.epsilon, options.beta, options.seed) == ("adamw", 1e-6, (0.9, 0.99), 3)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("epochs = 0", "SYM0502"),
        ("epochs = 2.5", "SYM0501"),
        ("batch = many", "SYM0501"),
        ("split = [0.5, 0.5, 0.5]", "SYM1203"),
        ("split = [0, 0.5, 0.5]", "SYM1203"),
        ("momentum = 0.9", "SYM0513"),
        ("optimiser = sgd, beta = [0.9, 0.99]", "SYM0513"),
        ("schedule = cosine, decay = 0.5", "SYM0513"),
        ("schedule = one_cycle, warmup = 2", "SYM0513"),
        ("min_delta = 0.1", "SYM0513"),
        ("stop_after = 3, split = [0.9, 0, 0.1]", "SYM1206"),
        ("clip = 0", "SYM0502"),
        ("ema = 1", "SYM0502"),
        ("beta = [0.9]", "SYM0502"),
        ("precision = half", "SYM0501"),
        ("loss = cross_entropy", "SYM1205"),
        ("rate = 1", "SYM0205"),
    ],
)
def test_faults(checked, option: str, code: str) -> None:
    assert [error.code for error in checked(DATA, f"predict y from x\ntrain {{ {option} }}").errors] == [code]
