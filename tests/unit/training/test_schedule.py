"""The rates are those of torch's and Optax's schedules."""

import math

import numpy as np
import pytest
import torch

from symdsl.check.training_options import TrainingOptions
from symdsl.training.schedule import Clock, learning_rate

CLOCK = Clock(per_epoch=10, epochs=12)


def rates(clock=CLOCK, **options):
    settings = TrainingOptions(learning_rate=0.1, **options)
    return [learning_rate(settings, clock, step) for step in range(clock.total)]


def of_torch(kind, **arguments):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(()))], lr=0.1)
    schedule = getattr(torch.optim.lr_scheduler, kind)(optimiser, **arguments)
    found = []
    for _ in range(CLOCK.total):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return found


def test_constant():
    assert set(rates()) == {0.1}


@pytest.mark.parametrize(
    ("options", "kind", "arguments"),
    [
        ({"schedule": "cosine"}, "CosineAnnealingLR", {"T_max": 120}),
        ({"schedule": "step", "decay": 0.3, "decay_every": 2.5}, "StepLR", {"step_size": 25, "gamma": 0.3}),
        ({"schedule": "step"}, "StepLR", {"step_size": 40, "gamma": 0.1}),
        ({"schedule": "exponential", "decay": 0.5, "decay_every": 1}, "ExponentialLR", {"gamma": 0.5**0.1}),
        ({"warmup": 1.5}, "LambdaLR", {"lr_lambda": lambda step: min(1, (step + 1) / 15)}),
    ],
)
def test_torch(options, kind, arguments):
    np.testing.assert_allclose(rates(**options), of_torch(kind, **arguments), rtol=1e-12, atol=1e-16)


def test_optax():
    import optax

    for options, schedule in (
        ({"schedule": "cosine"}, optax.cosine_decay_schedule(0.1, 120)),
        ({"schedule": "one_cycle"}, optax.cosine_onecycle_schedule(120, 0.1)),
        ({"schedule": "exponential"}, optax.exponential_decay(0.1, 40, 0.1)),
    ):
        expected = [float(schedule(step)) for step in range(120)]
        np.testing.assert_allclose(rates(**options), expected, rtol=2e-5, atol=1e-8)


def test_one_cycle_rises_to_the_rate_and_falls_far_below_where_it_began():
    found = rates(schedule="one_cycle")
    assert found[0] == pytest.approx(0.1 / 25)
    assert (max(found), found.index(max(found))) == (0.1, 36)
    assert found[-1] < 1e-3 * found[0] * 25
    for total in range(1, 12):
        assert all(math.isfinite(rate) and rate > 0 for rate in rates(Clock(1, total), schedule="one_cycle"))


def test_what_follows_a_warm_up_begins_at_the_full_rate():
    found = rates(warmup=2, schedule="cosine")
    np.testing.assert_allclose(found[:20], 0.1 * np.arange(1, 21) / 20)
    assert found[20] == 0.1
    np.testing.assert_allclose(found[20:], 0.05 * (1 + np.cos(np.pi * np.arange(100) / 100)))


def test_every_plateau_is_one_factor():
    settings = TrainingOptions(learning_rate=0.1, schedule="plateau", decay=0.5, warmup=1)
    assert learning_rate(settings, CLOCK, 50, decays=3) == pytest.approx(0.0125)
    assert learning_rate(settings, CLOCK, 4, decays=0) == pytest.approx(0.05)
