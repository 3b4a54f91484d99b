import numpy as np
import pytest

from symdsl.check.spec import Field
from symdsl.data.dataset import Dataset
from symdsl.data.lazy import CastArray, blocks
from symdsl.data.match import match_fields
from symdsl.diagnostics.diagnostic import Span, SymdslError
from symdsl.training.checkpoint import data_hash
from tests.unit.data.counted_array import CountedArray

SPAN = Span("model.sym", 2, 3, 2, 9)
V = Field("v", "vector", SPAN, own_shape=(3,), dimension=3)
Y = Field("y", "label", SPAN, classes=4)


def drawn(count=1000):
    random = np.random.default_rng(2)
    return {"v": random.normal(size=(count, 3)).astype(np.float32), "y": random.integers(0, 4, count).astype(np.uint8)}


def lazy(arrays):
    return {name: CountedArray(array) for name, array in arrays.items()}


INDICES = [slice(None), slice(3, 9), slice(9, 3), slice(20, 2, -3), np.array([5, 1, 5, -1]), np.arange(1000) % 7 == 0]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_indexing_means_what_it_means_in_numpy(index):
    array = drawn()["v"]
    np.testing.assert_array_equal(CountedArray(array)[index], array[index])
    cast = CastArray(CountedArray(array), np.dtype(np.float64))
    np.testing.assert_array_equal(cast[index], array[index].astype(np.float64))
    assert cast[index].dtype == np.float64


def test_single_samples_and_the_whole():
    array = drawn()["v"]
    one = CountedArray(array)
    np.testing.assert_array_equal(one[-1], array[-1])
    np.testing.assert_array_equal(np.asarray(one), array)
    assert (one.ndim, one.size, len(one)) == (2, 3000, 1000)
    with pytest.raises(IndexError):
        one[1000]


def test_blocks_go_once_through_all_samples():
    array = CountedArray(drawn()["v"])
    parts = list(blocks(array, 12 * 64))
    assert [start for start, _ in parts] == list(range(0, 1000, 64))
    np.testing.assert_array_equal(np.concatenate([block for _, block in parts]), array.array)
    assert array.largest == 64


def test_small_data_are_loaded_and_equal_what_stays_in_the_file():
    arrays = drawn()
    memory = match_fields(Dataset("d", arrays), (V, Y))
    loaded = match_fields(Dataset("d", lazy(arrays)), (V, Y))
    kept = match_fields(Dataset("d", lazy(arrays)), (V, Y), resident_bytes=8 * 4000 - 1)
    assert memory.resident
    assert loaded.resident
    assert not kept.resident
    assert match_fields(Dataset("d", lazy(arrays)), (V, Y), resident_bytes=8 * 4000).resident
    order = np.random.default_rng(0).permutation(1000)[:100]
    for name, dtype in (("v", np.float64), ("y", np.int64)):
        expected = memory.take(name, order)
        for data in (loaded, kept):
            taken = data.take(name, order)
            assert taken.dtype == dtype
            np.testing.assert_array_equal(taken, expected)
    assert data_hash(memory.arrays) == data_hash(loaded.arrays)


def test_matching_and_hashing_read_in_blocks_only():
    array = CountedArray(np.ones((200_000, 3)))
    names = match_fields(Dataset("d", {"v": array}), (V,), resident_bytes=0).arrays
    data_hash(names)
    assert array.read == 400_000
    assert array.largest * 24 <= 8 << 20


def test_the_hash_sees_every_value_and_does_not_depend_on_blocks():
    array = np.zeros((400_000, 3))
    first = data_hash({"v": CountedArray(array)})
    assert first == data_hash({"v": array})
    array[399_999, 2] = 1
    assert data_hash({"v": CountedArray(array)}) != first


@pytest.mark.parametrize(
    ("key", "value", "code", "where"),
    [("v", np.nan, "SYM0805", "v[999990, 1] is nan"), ("y", 9, "SYM0811", "(sample 999990)")],
)
def test_a_late_fault_is_placed(key, value, code, where):
    arrays = {"v": np.zeros((1_000_000, 3)), "y": np.zeros(1_000_000, int)}
    arrays[key][999_990:, ...] = 0 if key == "v" else value
    if key == "v":
        arrays[key][999_990, 1] = value
    with pytest.raises(SymdslError, match=code) as caught:
        match_fields(Dataset("d", lazy(arrays)), (V, Y), resident_bytes=0)
    assert where in caught.value.diagnostics[0].message
