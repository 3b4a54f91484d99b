import pytest

from symdsl.check.training_options import TrainingOptions
from symdsl.training.patience import standing_after


def judged(losses, **options):
    return standing_after([{"validation.loss": loss} for loss in losses], TrainingOptions(**options))


def test_the_best_loss_and_the_evaluations_since():
    standing = judged([3.0, 2.0, 2.5, 2.0, 2.2])
    assert (standing.best, standing.waited) == (2.0, 3)
    assert judged([3.0, 2.0, 1.0]).waited == 0


@pytest.mark.parametrize(
    ("losses", "over"), [([3, 2, 2.1], False), ([3, 2, 2.1, 2.2], True), ([3, 2, 2.1, 1.9], False)]
)
def test_stopping_after_two_evaluations_that_are_no_better(losses, over):
    options = TrainingOptions(stop_after=2)
    assert standing_after([{"validation.loss": loss} for loss in losses], options).is_over(options) is over
    assert not standing_after([{"validation.loss": loss} for loss in losses], options).is_over(TrainingOptions())


def test_a_gain_of_less_than_min_delta_is_none():
    assert judged([1.0, 0.95, 0.91], stop_after=5, min_delta=0.1).waited == 2
    assert judged([1.0, 0.95, 0.89], stop_after=5, min_delta=0.1).waited == 0


def test_plateaus_as_torch_counts_them():
    import torch

    losses = [5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3.5, 3, 2, 2, 2, 2]
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(()))], lr=1.0)
    # torch's patience is the number of evaluations that are endured, ours that of the one that decays
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=2, threshold=0)
    for count, loss in enumerate(losses, start=1):
        schedule.step(loss)
        decays = judged(losses[:count], schedule="plateau", plateau_after=3).decays
        assert optimiser.param_groups[0]["lr"] == 0.5**decays
    assert judged(losses, schedule="plateau", plateau_after=3).decays >= 3
