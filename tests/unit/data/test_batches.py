import numpy as np
import pytest

from symdsl.data.batches import batch_count, shuffled_batches


@pytest.mark.parametrize(("count", "size"), [(10, 3), (12, 3), (5, 1), (7, 6)])
def test_an_epoch_goes_once_through_everything(count, size):
    batches = list(shuffled_batches(count, size, seed=0, epoch=4))
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(count))
    assert len(batches) == batch_count(count, size)
    assert all(len(batch) == size for batch in batches[:-1])


def test_the_smaller_last_batch_can_be_dropped():
    batches = list(shuffled_batches(10, 4, seed=0, epoch=0, last="drop"))
    assert [len(batch) for batch in batches] == [4, 4]
    assert batch_count(10, 4, "drop") == 2


@pytest.mark.parametrize("last", ["keep", "drop"])
def test_a_full_batch_is_one_batch_in_order(last):
    (batch,) = shuffled_batches(5, 8, seed=0, epoch=3, last=last)
    np.testing.assert_array_equal(batch, np.arange(5))
    assert batch_count(5, 8, last) == 1


def test_order_depends_on_seed_and_epoch_alone():
    def first(seed, epoch):
        return next(iter(shuffled_batches(100, 10, seed, epoch)))

    np.testing.assert_array_equal(first(1, 2), first(1, 2))
    assert not np.array_equal(first(1, 2), first(1, 3))
    assert not np.array_equal(first(1, 2), first(2, 2))
