import numpy as np
import pytest

from symdsl.check.training_options import TrainingOptions
from symdsl.training.optimiser import optax_direction, torch_optimiser

CASES = [
    {"optimiser": "adam"},
    {"optimiser": "adam", "weight_decay": 0.1},
    {"optimiser": "adam", "beta": (0.5, 0.8), "epsilon": 1e-3},
    {"optimiser": "adamw", "weight_decay": 0.1},
    {"optimiser": "sgd"},
    {"optimiser": "sgd", "momentum": 0.0},
    {"optimiser": "rmsprop"},
    {"optimiser": "rmsprop", "alpha": 0.5, "epsilon": 1e-3, "weight_decay": 0.1},
    {"optimiser": "sgd", "momentum": 0.0, "weight_decay": 0.1},
    {"optimiser": "sgd", "momentum": 0.7, "weight_decay": 0.1},
]


def slope(x):
    """The gradient of a function whose minimum is not at 0 and which is not quadratic."""
    return 4 * (x - 1) ** 3 + np.array([0.3, -2.0, 5.0])


@pytest.mark.parametrize("options", CASES)
def test_torch_and_optax_give_the_same_twenty_updates(options):
    import jax
    import torch

    settings = TrainingOptions(learning_rate=0.02, **options)
    start = np.array([0.5, -1.0, 2.0])
    parameter = torch.nn.Parameter(torch.tensor(start))
    optimiser = torch_optimiser(settings, [parameter])
    for step in range(20):
        optimiser.param_groups[0]["lr"] = 0.02 / (1 + step)
        parameter.grad = torch.tensor(slope(parameter.detach().numpy()))
        optimiser.step()
    with jax.enable_x64(True):
        values = jax.numpy.asarray(start)
        direction = optax_direction(settings)
        moments = direction.init(values)
        for step in range(20):
            change, moments = direction.update(jax.numpy.asarray(slope(np.asarray(values))), moments, values)
            values = values - 0.02 / (1 + step) * change
    np.testing.assert_allclose(parameter.detach().numpy(), np.asarray(values), rtol=0, atol=1e-10)
    assert np.abs(parameter.detach().numpy() - start).max() > 0.01


def test_decay_of_adam_is_in_the_gradient_and_of_adamw_is_not():
    """With no gradient at all, Adam's first step is the rate in the direction of the weight, AdamW's rate * decay."""
    import torch

    for kind, expected in (("adam", 1 - 0.01), ("adamw", 1 - 0.01 * 0.1)):
        parameter = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
        settings = TrainingOptions(optimiser=kind, weight_decay=0.1, learning_rate=0.01)
        optimiser = torch_optimiser(settings, [parameter])
        parameter.grad = torch.zeros_like(parameter)
        optimiser.step()
        assert float(parameter.detach()) == pytest.approx(expected, abs=1e-8)


def test_without_optax_the_message_has_the_command(monkeypatch):
    import sys

    from symdsl.diagnostics.diagnostic import SymdslError

    monkeypatch.setitem(sys.modules, "optax", None)
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        optax_direction(TrainingOptions())
    assert caught.value.exit_code == 4
