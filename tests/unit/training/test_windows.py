"""Windows of trajectories: which states they hold, where they may start, and times that do not fit."""

import numpy as np
import pytest

from symdsl.check.training_options import TrainingOptions
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import prepare
from symdsl.training.options import with_options
from symdsl.training.windows import compared_data

TEXT = """
model driven {
  data {
    x: vector(1) over t
    m: scalar
    u: scalar over t
    dx: derivative(x)
  }
  predict dx from x, m, u by mlp { hidden = [4] }
  train { fit = trajectories, horizon = 2 }
}
"""
MODEL = prepare(TEXT).spec
POINTS = 5


def data(times=None, partition=None):
    states = np.arange(4.0 * POINTS)
    arrays = {"x": states[:, None], "m": np.repeat(np.arange(4.0), POINTS), "u": -states}
    times = np.tile(np.arange(float(POINTS)) / 2, (4, 1)) if times is None else times
    return FieldArrays("d.npz", arrays, 4 * POINTS, partition or {}, POINTS, times)


def options(**more):
    return TrainingOptions(**{"fit": "trajectories", "horizon": 2, "split": (0.5, 0.25, 0.25), **more})


def test_a_window_is_a_state_and_what_follows():
    found, split = compared_data(MODEL, data(), options())
    assert [len(part) for part in (split.train, split.validation, split.test)] == [6, 3, 3]
    x = found.arrays["x"][:, 0]
    np.testing.assert_array_equal(found.arrays["x_path"][:, :, 0], x[:, None] + [1, 2])
    # a control is that of the beginning of each step
    np.testing.assert_array_equal(found.arrays["u_path"], -x[:, None] - [0, 1])
    np.testing.assert_array_equal(found.arrays["m"], x // POINTS)
    np.testing.assert_array_equal(found.arrays["time_steps"], np.full((12, 2), 0.5))
    assert not set(x[split.train] // POINTS) & set(x[split.test] // POINTS)


def test_no_window_crosses_the_parts_of_a_published_split():
    parts = {"train": np.arange(8), "test": np.arange(8, 20)}
    found, split = compared_data(MODEL, data(partition=parts), options().model_copy(update={"split": None}))
    np.testing.assert_array_equal(found.arrays["x"][split.train, 0], [0, 1, 2, 5])
    np.testing.assert_array_equal(found.arrays["x"][split.test, 0], [10, 11, 12, 15, 16, 17])


def code_of(changed, **more):
    chosen = options(**more)
    model = with_options(MODEL, chosen)
    with pytest.raises(SymdslError) as caught:
        compared_data(model, changed, chosen)
    assert caught.value.exit_code == 2
    return caught.value.diagnostics[0].code


def test_times_must_be_known_and_rise():
    unknown = data()
    unknown = FieldArrays(unknown.name, unknown.arrays, unknown.count, {}, POINTS)
    assert code_of(unknown) == "SYM0813"
    stated, _ = compared_data(MODEL, unknown, options(time_step=0.25))
    np.testing.assert_array_equal(stated.arrays["time_steps"], 0.25)
    assert code_of(data(np.tile([0.0, 1, 1, 2, 3], (4, 1)))) == "SYM0818"


def test_uneven_steps_suit_runge_kutta_alone():
    times = np.tile([0.0, 1, 2, 4, 5], (4, 1))
    found, _ = compared_data(MODEL, data(times), options())
    assert {0.5, 1.0, 2.0} >= set(np.unique(found.arrays["time_steps"]))
    model = MODEL.__class__(**{**MODEL.__dict__, "training": {**MODEL.training, "integrator": "leapfrog"}})
    with pytest.raises(SymdslError) as caught:
        compared_data(model, data(times), options())
    assert caught.value.diagnostics[0].code == "SYM0818"


def test_trajectories_shorter_than_the_horizon_are_refused():
    assert code_of(data(), horizon=5) == "SYM0814"
