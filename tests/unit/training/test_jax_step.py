import numpy as np

from symdsl.training.jax_step import fill_up


def test_an_update_is_compiled_once_for_each_batch_size(monkeypatch):
    from symdsl.training.jax_step import JaxStepper
    from tests.unit.training import linear_classifier

    made = []
    whole = JaxStepper.__init__

    def remember(stepper, *arguments):
        whole(stepper, *arguments)
        made.append(stepper)

    monkeypatch.setattr(JaxStepper, "__init__", remember)
    linear_classifier.Trainer("jax")(epochs=3)
    assert made[0]._update._cache_size() == 1
    assert made[0].counter == 15


def test_samples_that_fill_a_batch_up_are_the_last_one():
    np.testing.assert_array_equal(fill_up(np.array([[1], [2]]), 4), [[1], [2], [2], [2]])
    np.testing.assert_array_equal(fill_up(np.array([1, 2]), 2), [1, 2])
