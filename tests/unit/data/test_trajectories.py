"""Arrays of trajectories become states in a row, with their times."""

from dataclasses import replace

import numpy as np
import pytest

from symdsl.check.spec import Field
from symdsl.data.dataset import Dataset
from symdsl.data.gather import gather_data
from symdsl.data.match import match_fields
from symdsl.data.split import choose_split
from symdsl.diagnostics.diagnostic import Span, SymdslError
from symdsl.pipeline import prepare

SPAN = Span("model.sym", 2, 3, 2, 9)
Z = Field("z", "phase_space", SPAN, own_shape=(2, 1), dimension=1, over_time=True)
M = Field("m", "scalar", SPAN)
STATES = np.arange(24.0).reshape(3, 4, 2, 1)


def refusal(dataset: Dataset, *fields: Field) -> str:
    with pytest.raises(SymdslError) as caught:
        match_fields(dataset, fields)
    return caught.value.diagnostics[0].code


def test_states_are_samples_and_what_stays_is_repeated():
    found = match_fields(Dataset("d.npz", {"z": STATES, "m": np.arange(3.0), "t": np.arange(4.0)}), (Z, M))
    assert (found.count, found.points) == (12, 4)
    np.testing.assert_array_equal(found.arrays["z"], STATES.reshape(12, 2, 1))
    np.testing.assert_array_equal(found.arrays["m"], np.repeat(np.arange(3.0), 4))
    np.testing.assert_array_equal(found.times, np.tile(np.arange(4.0), (3, 1)))


def test_a_source_that_knows_its_trajectories_is_read_flat():
    flat = STATES.reshape(12, 2, 1)
    times = np.linspace(0, 1, 12)
    found = match_fields(Dataset("d", {"z": flat, "t": times}, partition={"train": np.arange(8)}, points=4), (Z,))
    assert found.points == 4
    np.testing.assert_array_equal(found.times, times.reshape(3, 4))
    np.testing.assert_array_equal(found.partition["train"], np.arange(8))
    states = Dataset("d", {"z": flat}, partition={"train": np.arange(8)}, points=4)
    alone = match_fields(states, (replace(Z, over_time=False),))
    assert alone.points == 1
    np.testing.assert_array_equal(alone.partition["train"], np.arange(8))


def test_wrong_shapes_are_refused():
    assert refusal(Dataset("d", {"z": STATES.reshape(12, 2, 1)}), Z) == "SYM0804"
    assert refusal(Dataset("d", {"z": STATES, "t": np.arange(5.0)}), Z) == "SYM0804"
    other = replace(Z, name="w")
    assert refusal(Dataset("d", {"z": STATES, "w": STATES[:, :3]}), Z, other) == "SYM0810"
    assert refusal(Dataset("d", {"z": STATES, "m": np.arange(2.0)}), Z, M) == "SYM0810"


def test_trajectories_stay_whole_in_a_split():
    split = choose_split(40, {}, (0.6, 0.2, 0.2), seed=3, points=4)
    for part, size in ((split.train, 24), (split.validation, 8), (split.test, 8)):
        assert len(part) == size
        assert all(len(set(row // 4)) == 1 for row in part.reshape(-1, 4))


def test_two_sources_of_one_model(tmp_path):
    np.savez(tmp_path / "a.npz", z=STATES, t=np.arange(4.0))
    np.savez(tmp_path / "b.npz", m=np.arange(3.0))
    model = prepare(
        'model m { data { z: phase_space(dim = 1) over t from "a.npz:z"\n m: scalar from "b.npz:m"\n'
        "dz: derivative(z) }\n predict dz from z, m }"
    ).spec
    found = gather_data(model, folder=tmp_path, names=("z", "m"))
    assert (found.count, found.points) == (12, 4)
    np.testing.assert_array_equal(found.arrays["m"], np.repeat(np.arange(3.0), 4))
    assert found.times is not None
