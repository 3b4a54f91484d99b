import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.training.checkpoint import Checkpoint, LossTally, data_hash, read_checkpoint, write_checkpoint

IDENTITY = {"spec": "abc", "options": {"epochs": 3}}


def test_round_trip(tmp_path):
    weights = {"layer.weight": np.arange(6.0).reshape(2, 3), "optimiser.gain": np.ones(2, np.float32)}
    state = {"step:layer.weight": np.array(3.0, np.float32), "noise": np.arange(4, dtype=np.uint8)}
    best = {"layer.weight": np.full((2, 3), 1 / 7)}
    tally = LossTally()
    for loss in (9.0, 8.0, 0.1, 1 / 3):
        tally.add(loss)
    write_checkpoint(tmp_path / "c", Checkpoint(40, 3, weights, state, IDENTITY, tally, best))
    found = read_checkpoint(tmp_path / "c", IDENTITY)
    assert (found.step, found.records, found.losses) == (40, 3, tally)
    assert list(found.losses.recent) == [8.0, 0.1, 1 / 3]
    for stated, read in ((weights, found.weights), (state, found.optimiser), (best, found.best)):
        assert set(stated) == set(read)
        for name, array in stated.items():
            np.testing.assert_array_equal(array, read[name])
            assert array.dtype == read[name].dtype
            assert array.shape == read[name].shape


def test_a_tally_is_the_mean_in_order_and_begins_anew():
    tally = LossTally()
    for loss in (1e16, 1.0, -1e16):
        tally.add(loss)
    assert tally.take_mean() == ((1e16 + 1.0) - 1e16) / 3
    tally.add(0.5)
    assert tally.take_mean() == 0.5
    assert list(tally.recent) == [1.0, -1e16, 0.5]


def test_what_differs_is_a_table(tmp_path):
    write_checkpoint(tmp_path / "c", Checkpoint(1, 1, {"w": np.ones(1)}, {}, IDENTITY))
    with pytest.raises(SymdslError, match=r"SYM1204") as caught:
        read_checkpoint(tmp_path / "c", {**IDENTITY, "options": {"epochs": 4}, "weights": {"w": [2]}})
    assert caught.value.diagnostics[0].notes == (
        "what            then  now",
        "options.epochs  3     4",
        "weights.w       -     [2]",
    )


def test_data_hash_sees_names_values_shapes_and_dtypes_not_layout():
    x = np.arange(6.0).reshape(2, 3)
    assert data_hash({"a": x, "b": x}) == data_hash({"b": x, "a": np.asfortranarray(x)})
    others = [{"b": x}, {"a": x + 1}, {"a": x.reshape(3, 2)}, {"a": x.astype(np.int64)}]
    hashes = {data_hash({"a": x}), *(data_hash(each) for each in others)}
    assert len(hashes) == 5
